"""What the tests of the ACS stand-in share: a client that signs by itself, and a webhook that does as it is told."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import quote

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.acs.app import create_app
from local.acs.options import AcsOptions
from local.serving import serving

HOST = "localhost:7072"
IDENTITY = "api-version=2023-10-01"
CHAT = "api-version=2024-03-07"
Json = dict[str, Any]


async def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def signed_headers(key: str, method: str, target: str, body: bytes, date: float | None = None) -> dict[str, str]:
    """The headers of Microsoft's "Sign an HTTP request" page; `date` is seconds since 1970."""
    moment = formatdate(date, usegmt=True)
    content_hash = base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = f"{method}\n{target}\n{moment};{HOST};{content_hash}"
    signature = base64.b64encode(hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()).decode()
    return {
        "x-ms-date": moment,
        "x-ms-content-sha256": content_hash,
        "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
    }


@dataclass(frozen=True)
class ChatUser:
    id: str
    token: str


@dataclass(frozen=True)
class Acs:
    """A running stand-in, spoken to without sockets."""

    app: Starlette
    http: httpx.AsyncClient
    options: AcsOptions

    async def owner(self, method: str, path: str, body: Json | None = None) -> httpx.Response:
        """A request signed with the access key."""
        request = self.http.build_request(method, f"{path}?{IDENTITY}", json=body)
        target = request.url.raw_path.decode()
        request.headers.update(signed_headers(self.options.access_key, method, target, request.content))
        return await self.http.send(request)

    async def user(self, *scopes: str) -> ChatUser:
        answer = await self.owner("POST", "/identities", {"createTokenWithScopes": list(scopes)})
        assert answer.status_code == 201, answer.text
        return ChatUser(answer.json()["identity"]["id"], answer.json()["accessToken"]["token"])

    async def chat(
        self, user: ChatUser, method: str, path: str = "", body: Json | None = None, **headers: str
    ) -> httpx.Response:
        """A request of a user below `/chat/threads`; `path` may have a query."""
        target = path if path.startswith("http") else f"/chat/threads{path}{'&' if '?' in path else '?'}{CHAT}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.request(
            method, target, json=body, headers={"Authorization": f"Bearer {user.token}"} | named
        )

    async def thread(self, creator: ChatUser, *others: ChatUser) -> str:
        """The path of a new thread below `/chat/threads`."""
        answer = await self.chat(creator, "POST", "", {"topic": "Support", "participants": people(*others)})
        assert answer.status_code == 201, answer.text
        return "/" + quote(answer.json()["chatThread"]["id"])

    async def send(self, user: ChatUser, thread: str, text: str, **more: Any) -> str:
        answer = await self.chat(user, "POST", f"{thread}/messages", {"content": text, **more})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def messages(self, user: ChatUser, thread: str, query: str = "") -> list[Json]:
        answer = await self.chat(user, "GET", f"{thread}/messages{query}")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["value"])


def people(*users: ChatUser) -> list[Json]:
    return [{"communicationIdentifier": {"communicationUser": {"id": user.id}}} for user in users]


@contextlib.asynccontextmanager
async def running(options: AcsOptions | None = None) -> AsyncIterator[Acs]:
    chosen = options or AcsOptions()
    app = create_app(chosen)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=f"https://{HOST}") as http,
    ):
        yield Acs(app, http, chosen)


@dataclass
class Receiver:
    """A webhook: answers notifications with `statuses` in turn, and with 200 when they are used up.

    With `hold_first` it leaves the first notification without an answer until `release` is set.
    """

    statuses: list[int] = field(default_factory=list)
    refuse_validations: int = 0
    hold_first: bool = False
    release: asyncio.Event = field(default_factory=asyncio.Event)
    validations: int = 0
    batches: list[list[Json]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    @property
    def events(self) -> list[Json]:
        return [event for batch in self.batches for event in batch]

    def of_type(self, name: str) -> list[Json]:
        return [event for event in self.events if event["eventType"] == f"Microsoft.Communication.{name}"]

    async def answer(self, request: Request) -> Response:
        events = await request.json()
        if request.headers["aeg-event-type"] == "SubscriptionValidation":
            return self._answer_validation(events[0])
        self.batches.append(events)
        self.headers.append(dict(request.headers))
        if self.hold_first and len(self.batches) == 1:
            await self.release.wait()
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)

    def _answer_validation(self, event: Json) -> Response:
        self.validations += 1
        if self.validations <= self.refuse_validations:
            return Response(status_code=503)
        return JSONResponse({"validationResponse": event["data"]["validationCode"]})


@contextlib.asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[Receiver]:
    app = Starlette(routes=[Route("/events", receiver.answer, methods=["POST"])])
    async with serving(app) as server:
        receiver.url = f"http://127.0.0.1:{server.port}/events"
        yield receiver
