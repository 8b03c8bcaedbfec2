"""A running desk with a fake bot."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from local.desk import DeskOptions, DeskUser, create_app
from local.serving import serving
from tests.local.desk.fake_bot import ConnectorClient, FakeBot

BOT_ID = "11111111-1111-4111-8111-111111111111"
TENANT_ID = "22222222-2222-4222-8222-222222222222"
SECRET = "desk-secret"
MARIO = DeskUser("a0000000-0000-4000-8000-000000000001", "Mario", "mario@lunifico.example")
LUISA = DeskUser("a0000000-0000-4000-8000-000000000002", "Luisa", "luisa@lunifico.example")
GUEST = DeskUser("a0000000-0000-4000-8000-000000000003", "Interact Guest", "guest@lunifico.example", guest=True)


@dataclass
class RunningDesk:
    """A desk that serves, its bot, the bot's connector client and the control path."""

    url: str
    bot: FakeBot
    connector: ConnectorClient
    options: DeskOptions

    async def standin(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = await self.standin_status(method, path, body)
        assert status < 300, answer
        return answer

    async def standin_status(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, f"{self.url}/_standin/{path}", json=body) as response,
        ):
            text = await response.text()
            return response.status, await response.json() if text else None

    async def install(self, user: DeskUser = MARIO) -> str:
        """Install the app; the id of the conversation."""
        answer = await self.standin("POST", "install", {"user": user.id})
        return str(answer["conversationId"])

    async def messages(self, user: DeskUser = MARIO) -> list[dict[str, Any]]:
        answer: dict[str, Any] = await self.standin("GET", f"conversations/{user.id}")
        return list(answer["messages"])

    async def counts(self) -> dict[str, int]:
        answer: dict[str, Any] = await self.standin("GET", "log")
        return dict(answer["counts"])


async def wait_until(condition: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


def free_port() -> int:
    """A port that nobody uses; the desk must know its own address before it starts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.asynccontextmanager
async def running_desk(data_directory: Path | None = None, **changed: Any) -> AsyncIterator[RunningDesk]:
    """A desk with the bot, changed from the defaults of these tests."""
    port = free_port()
    url = f"http://localhost:{port}"
    bot = FakeBot(BOT_ID, url)
    options = DeskOptions(
        users=(MARIO, LUISA, GUEST),
        bot_id=BOT_ID,
        tenant_id=TENANT_ID,
        client_secret=SECRET,
        bot_endpoint=f"{url}/api/messages",
        public_url=url,
        limit_factor=100,
        retry_delays=(0.01, 0.01, 0.01),
        data_directory=data_directory,
    )
    options = replace(options, **changed)
    async with serving(_side_by_side(bot.app, create_app(options)), port=port):
        connector = ConnectorClient(url, TENANT_ID, BOT_ID, SECRET)
        await connector.sign_in()
        yield RunningDesk(url, bot, connector, options)


def _side_by_side(bot: ASGIApp, desk: ASGIApp) -> ASGIApp:
    """Both on one server, because each server takes a third of a second to stop."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (bot if scope.get("path") == "/api/messages" else desk)(scope, receive, send)

    return app


@pytest.fixture
async def desk() -> AsyncIterator[RunningDesk]:
    async with running_desk() as running:
        yield running
