"""ASGI in and out, with the conversions of the real host that an app can observe."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

BODY_LIMIT = 104_857_600
"""Bytes of a request's body: the default of the Functions host, 100 MB."""

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class BodyTooLargeError(Exception):
    """The request's body is above the host's limit."""


@dataclass(frozen=True)
class Request:
    """A request; header names are lower case, repeated headers and query values joined by commas, empty ones gone."""

    method: str
    scheme: str
    path: str
    """As it came, percent-encoded."""
    query_string: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    receive: Receive

    @classmethod
    def of(cls, scope: Mapping[str, Any], receive: Receive) -> Request:
        query_string = scope["query_string"].decode("latin-1")
        parsed = parse_qsl(query_string, keep_blank_values=True)
        return cls(
            method=scope["method"].upper(),
            scheme=scope["scheme"],
            path=scope["raw_path"].decode("latin-1"),
            query_string=query_string,
            query={name: value for name, value in _joined(parsed).items() if value},
            headers=_joined(
                (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]
            ),
            receive=receive,
        )

    @property
    def url(self) -> str:
        query = f"?{self.query_string}" if self.query_string else ""
        return f"{self.scheme}://{self.headers.get('host', 'localhost')}{self.path}{query}"

    @property
    def content_length(self) -> int:
        """As the header says; 0 where there is none, so that a chunked body counts as none, as with the real host."""
        length = self.headers.get("content-length", "0")
        return int(length) if length.isdigit() else 0

    async def body(self) -> bytes:
        """Read the body; raises BodyTooLargeError."""
        if self.content_length > BODY_LIMIT:
            raise BodyTooLargeError
        if self.content_length == 0:
            return b""
        chunks = []
        while True:
            message = await self.receive()
            chunks.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(chunks)


@dataclass(frozen=True)
class Response:
    """A response; header values are ASCII."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def json(cls, status: int, document: object) -> Response:
        return cls(status, json.dumps(document).encode(), (("content-type", "application/json"),))

    @classmethod
    def text(cls, status: int, text: str) -> Response:
        return cls(status, text.encode(), (("content-type", "text/plain; charset=utf-8"),))

    async def send(self, send: Send) -> None:
        bodiless = self.status in (204, 304)
        headers = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in self.headers]
        if not bodiless:
            headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if bodiless else self.body})


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
