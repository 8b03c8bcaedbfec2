"""The real Teams adapters against the desk, with a bot that checks who calls it and keeps what it is told."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.desk import DeskOptions, DeskUser, create_app
from local.serving import LOOPBACK, serving
from shared.adapters.http_session import HttpSession
from shared.adapters.system import SystemClock
from shared.adapters.teams_auth import ConnectorAuthentication
from shared.adapters.teams_bot import TeamsBot
from shared.adapters.teams_token import BotToken
from shared.domain.errors import Unauthenticated
from shared.ports import BotConversation

BOT_ID = "11111111-1111-4111-8111-111111111111"
TENANT_ID = "22222222-2222-4222-8222-222222222222"
SECRET = "desk-secret"
LUISA = DeskUser("a0000000-0000-4000-8000-000000000002", "Luisa", "luisa@lunifico.example")


@dataclass
class Bot:
    """The messaging endpoint: `activities` that were proven, `refused` those that were not."""

    authentication: ConnectorAuthentication
    activities: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        activity = json.loads(await request.body())
        try:
            await self.authentication.check(request.headers.get("authorization", ""), activity)
        except Unauthenticated as refusal:
            self.refused.append(refusal.code)
            return Response(status_code=401)
        self.activities.append(activity)
        return Response(status_code=200)


@dataclass(frozen=True)
class Desk:
    """A running desk with Luisa at it."""

    url: str
    http: HttpSession
    bot: Bot
    agents: TeamsBot
    token_url: str
    after: int = 0

    async def cleaned(self) -> Desk:
        """The same desk for another test: no faults, nothing counted, nothing said, no token."""
        await self.standin("PUT", "faults", {})
        await self.standin("POST", "reset-counts")
        told = await self.standin("GET", f"conversations/{LUISA.id}")
        last = max((int(message["id"]) for message in told["messages"]), default=0)
        token = BotToken(self.http, SystemClock(), self.token_url, BOT_ID, SECRET)
        return replace(self, agents=TeamsBot(self.http, token), after=last)

    async def install(self) -> BotConversation:
        """Luisa installs the app; where her chat with the bot is."""
        answer = await self.standin("POST", "install", {"user": LUISA.id})
        return BotConversation(f"{self.url}/connector/", answer["conversationId"], BOT_ID)

    async def messages(self) -> list[dict[str, Any]]:
        """What Luisa sees of the bot, but for what earlier tests left."""
        answer = await self.standin("GET", f"conversations/{LUISA.id}?after={self.after}")
        return [message for message in answer["messages"] if message["from"] == "bot" and not message["event"]]

    async def counts(self) -> dict[str, int]:
        return dict((await self.standin("GET", "log"))["counts"])

    async def standin(self, method: str, path: str, body: Any = None) -> Any:
        async with self.http.open().request(method, f"{self.url}/_standin/{path}", json=body) as response:
            text = await response.text()
            assert response.status < 300, text
            return json.loads(text) if text else None


@contextlib.asynccontextmanager
async def running_desk() -> AsyncIterator[Desk]:
    with socket.socket() as held:
        held.bind((LOOPBACK, 0))
        port = held.getsockname()[1]
    url, http = f"http://localhost:{port}", HttpSession()
    bot = Bot(ConnectorAuthentication(http, BOT_ID, f"{url}/keys", ("localhost",)))
    endpoint = Starlette(routes=[Route("/api/messages", bot.receive, methods=["POST"])])
    async with serving(endpoint) as bot_server:
        endpoint_url = f"{bot_server.url}/api/messages"
        options = DeskOptions((LUISA,), BOT_ID, TENANT_ID, SECRET, endpoint_url, url, limit_factor=100)
        async with serving(create_app(options), port=port):
            token_url = f"{url}/{TENANT_ID}/oauth2/v2.0/token"
            token = BotToken(http, SystemClock(), token_url, BOT_ID, SECRET)
            try:
                yield Desk(url, http, bot, TeamsBot(http, token), token_url)
            finally:
                await http.close()
