"""Counts the requests to Table and Queue Storage at the wire: two loopback proxies between the host and Azurite.

Every request to the table endpoint is one transaction, as Azure bills it, however many rows it changes. Requests are
named by what they do and to which table, so that a surplus can be told. The polls of the queue listener, which are
there whether or not anything happens, are counted apart.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from yarl import URL

from local.azurite import ACCOUNT, StoragePorts
from local.serving import LOOPBACK, serving

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
TABLE_PATH = re.compile(rf"/{ACCOUNT}/(\$?\w+)(\(.*)?")
ROW_IN_BATCH = re.compile(rb"(?:POST|PUT|PATCH|MERGE|DELETE) \S*/" + ACCOUNT.encode() + rb"/(\w+)")
VERBS = {"GET": "read", "POST": "insert into", "PUT": "write", "PATCH": "merge", "MERGE": "merge", "DELETE": "delete"}
PUT, POLL, RECEIVE, FINISH = "put", "poll", "receive", "finish"


@dataclass
class StorageMeter:
    """Requests since the start, by name; `queue_in_hand` are the timer messages that the host is working on."""

    tables: Counter[str] = field(default_factory=Counter)
    queue: Counter[str] = field(default_factory=Counter)
    queue_in_hand: int = 0

    def note_table(self, method: str, path: str, body: bytes) -> None:
        self.tables[_table_operation(method, path, body)] += 1

    def note_queue(self, method: str, path: str, answer: bytes) -> None:
        operation = _queue_operation(method, path)
        received = answer.count(b"<QueueMessage>") if operation == POLL else 0
        self.queue[RECEIVE if received else operation] += 1
        self.queue_in_hand += received - (operation == FINISH)


@contextlib.asynccontextmanager
async def metered(ports: StoragePorts, meter: StorageMeter) -> AsyncIterator[StoragePorts]:
    """Ports that lead to the storage at `ports` and are counted; the blobs, which nobody uses, are not."""
    async with aiohttp.ClientSession(auto_decompress=False, connector=aiohttp.TCPConnector(limit=0)) as session:
        table, queue = (_proxy(session, port, meter, kind) for port, kind in ((ports.table, "t"), (ports.queue, "q")))
        async with serving(table) as table_server, serving(queue) as queue_server:
            yield StoragePorts(blob=ports.blob, queue=queue_server.port, table=table_server.port)


def _proxy(session: aiohttp.ClientSession, port: int, meter: StorageMeter, kind: str) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        if kind == "t":
            meter.note_table(request.method, request.url.path, body)
        response = await _forward(session, port, request, body)
        if kind == "q":
            meter.note_queue(request.method, request.url.path, bytes(response.body))
        await response(scope, receive, send)

    return answer


async def _forward(session: aiohttp.ClientSession, port: int, request: Request, body: bytes) -> Response:
    """The same request, byte for byte where it is signed; 503 where the storage does not listen (yet)."""
    query = request.scope["query_string"].decode()
    target = request.scope["raw_path"].decode() + (f"?{query}" if query else "")
    headers = [(name, value) for name, value in request.headers.items() if name not in HOP_BY_HOP]
    skipped = ("Content-Type", "User-Agent", "Accept", "Accept-Encoding")
    try:
        async with session.request(
            request.method,
            URL(f"http://{LOOPBACK}:{port}{target}", encoded=True),
            data=body or None,
            headers=headers,
            skip_auto_headers=skipped,
        ) as answer:
            response = Response(await answer.read(), answer.status)
            response.raw_headers = [
                (name.lower(), value) for name, value in answer.raw_headers if name.lower().decode() not in HOP_BY_HOP
            ]
    except aiohttp.ClientConnectionError:
        return Response(status_code=503)
    response.headers["content-length"] = str(len(response.body))
    return response


def _table_operation(method: str, path: str, body: bytes) -> str:
    """Such as "read agents", "range of sessions", "transaction on sessions"."""
    found = TABLE_PATH.match(path)
    table, row = (found[1], found[2] or "") if found else (path, "")
    if table == "$batch":
        first = ROW_IN_BATCH.search(body)
        return f"transaction on {first[1].decode() if first else '?'}"
    if table == "Tables":
        return "make a table"
    if method == "GET" and row in ("", "()"):
        return f"range of {table}"
    return f"{VERBS.get(method, method)} {table}"


def _queue_operation(method: str, path: str) -> str:
    _, _, below = path.partition("/messages")
    if "/messages" not in path:
        return "make a queue"
    if method == "GET":
        return POLL
    if method == "POST":
        return PUT
    return FINISH if method == "DELETE" and below else "hide longer"


async def _lifespan(receive: Receive, send: Send) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
