"""A running stand-in, a publisher, and the real client in Node."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest

from local.serving import serving
from local.signalr import SignalROptions, create_app

ACCESS_KEY = "local-signalr-access-key-of-some-length"
HUB = "interact"
PACKAGE_FILE = Path(__file__).parents[3] / "local" / "package.json"
CLIENT = Path(__file__).with_name("client.mjs")


def sign(audience: str, *, lifetime: float = 300, key: str = ACCESS_KEY, **claims: Any) -> str:
    return jwt.encode({"aud": audience, "exp": time.time() + lifetime, **claims}, key, algorithm="HS256")


@dataclass
class Service:
    """A running stand-in as a publisher sees it."""

    url: str

    def client_url(self, hub: str = HUB) -> str:
        return f"{self.url}/client/?hub={hub}"

    def client_token(self, user: str, lifetime: float = 300) -> str:
        return sign(self.client_url(), lifetime=lifetime, nameid=user)

    async def call(
        self, method: str, path: str = "", body: Any = None, *, token: str | None = None, query: str = ""
    ) -> int:
        """One REST call below the hub, with the right token unless another is given."""
        url = f"{self.url}/api/v1/hubs/{HUB}{path}"
        headers = {"Authorization": f"Bearer {token or sign(url)}"}
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, url + query, json=body, headers=headers) as response,
        ):
            return response.status

    async def nudge(self, path: str, *values: Any, query: str = "") -> int:
        return await self.call("POST", path, {"target": "nudge", "arguments": list(values)}, query=query)

    async def standin(self, method: str, path: str, body: Any = None) -> Any:
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, f"{self.url}/_standin/{path}", json=body) as response,
        ):
            assert response.status < 300
            text = await response.text()
            return json.loads(text) if text else None


@dataclass
class Client:
    """The real client in a process of its own."""

    process: asyncio.subprocess.Process
    heard: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n".encode())

    async def hear(self, event: str) -> dict[str, Any]:
        """The next event of this name; what comes before it is kept in `heard`."""
        assert self.process.stdout is not None
        while True:
            line = await asyncio.wait_for(self.process.stdout.readline(), 15)
            assert line, f"the client ended without {event}; it said {self.heard}"
            said: dict[str, Any] = json.loads(line)
            self.heard.append(said)
            if said["event"] == event:
                return said

    async def start(self) -> str:
        self.tell("start")
        return str((await self.hear("started"))["connectionId"])


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with serving(create_app(SignalROptions(ACCESS_KEY, ping_seconds=0.2))) as server:
        yield Service(server.url)


StartClient = Callable[[str, str], Any]


@pytest.fixture
async def new_client() -> AsyncIterator[StartClient]:
    """Start a client for a URL and a token; all of them end with the test."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("Node.js is not installed: these tests drive the real SignalR client with it")
    async with contextlib.AsyncExitStack() as stack:

        async def start(url: str, token: str) -> Client:
            process = await asyncio.create_subprocess_exec(
                node,
                str(CLIENT),
                str(PACKAGE_FILE),
                url,
                token,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            stack.push_async_callback(_end, process)
            return Client(process)

        yield start


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), 5)
    except TimeoutError:
        process.kill()
        await process.wait()
