"""HTTP/1.1 passed on message by message; it looks no deeper than to know where a message ends."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from local.serving import LOOPBACK

HEAD_END = b"\r\n\r\n"
LONGEST_HEAD = 1 << 18
KEPT_SECONDS = 2.0
"""An idle connection is used again so long: servers close theirs after 5 s, just when somebody writes."""
WITHOUT_BODY = frozenset({204, 304})


class NotReachedError(Exception):
    """Nobody listens there: nothing was sent."""


@dataclass(frozen=True)
class HttpMessage:
    """A request or a response, byte for byte; `line` is its first line."""

    line: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def method(self) -> str:
        return self.line.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.line.split(" ")[1].partition("?")[0]

    @property
    def closes(self) -> bool:
        return self.headers.get("connection", "").lower() == "close"


Answer = Callable[[HttpMessage], Awaitable[bytes | None]]
"""The response to a request; None breaks the connection off."""


class Upstream:
    """A server on this machine, with the connections to it that are idle."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def exchange(self, request: HttpMessage) -> HttpMessage:
        """Pass a request on; raises NotReachedError, or ConnectionError where the answer does not come."""
        reader, writer = await self._connection()
        try:
            writer.write(request.raw)
            await writer.drain()
            response = await read_message(reader, request.method)
        except BaseException:
            writer.close()
            raise
        if response is None:
            writer.close()
            raise ConnectionResetError("the server has closed the connection")
        if response.closes:
            writer.close()
        else:
            self._idle.append((time.monotonic(), reader, writer))
        return response

    def close(self) -> None:
        for _, _, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            since, reader, writer = self._idle.pop()
            if time.monotonic() - since < KEPT_SECONDS and not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        try:
            return await asyncio.open_connection(LOOPBACK, self._port, limit=LONGEST_HEAD)
        except OSError as error:
            raise NotReachedError(str(error)) from error


@contextlib.asynccontextmanager
async def piped(answer: Answer, port: int = 0) -> AsyncIterator[int]:
    """Serve until the block is left; the port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await _serve(reader, writer, answer)
        writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, port, limit=LONGEST_HEAD)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer) -> None:
    while (request := await read_message(reader)) is not None:
        response = await answer(request)
        if response is None:
            return
        writer.write(response)
        await writer.drain()
        if request.closes:
            return


async def read_message(reader: asyncio.StreamReader, answered_method: str = "") -> HttpMessage | None:
    """The next message, None at the end; `answered_method`: it is the response to such a request.

    Raises ConnectionError where the connection ends in the middle.
    """
    try:
        head = await reader.readuntil(HEAD_END)
        line, headers = _parsed(head)
        return HttpMessage(line, headers, head + await _body(reader, line, headers, answered_method))
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise ConnectionResetError("the connection ended within a message") from error
        return None


def response(status: str, body: bytes, content_type: str, *headers: str) -> bytes:
    """A whole response, `status` like "503 Service Unavailable"."""
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


def _parsed(head: bytes) -> tuple[str, Mapping[str, str]]:
    line, *others = head.decode("latin-1").rstrip().split("\r\n")
    pairs = (other.partition(":") for other in others)
    return line, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, line: str, headers: Mapping[str, str], answered_method: str) -> bytes:
    if answered_method and (answered_method == "HEAD" or int(line.split(" ")[1]) in WITHOUT_BODY):
        return b""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read() if answered_method else b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while True:
        size = await reader.readuntil(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        parts += [size, await reader.readexactly(length + 2)]
        if length == 0:
            return b"".join(parts)
