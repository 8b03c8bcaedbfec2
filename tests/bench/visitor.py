"""A visitor as the widget plays it: the widget API, ACS by its REST API with the visitor's own token, and push."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from local import demo
from local.acs.threads import API_VERSION
from tests.bench.stack import Stack
from tests.bench.times import CALL_FAILURES

RECORD_SEPARATOR = "\x1e"
INVOCATION = 1
HEARTBEAT = 60.0
"""Seconds, as in the widget."""
SERVICE = {"serviceId": demo.SERVICE_ID}


@dataclass
class OwnCalls:
    """Calls of ACS that visitors made themselves, by the stand-in's names: they are not the product's."""

    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Visitor:
    """A visitor with a session. All methods raise aiohttp.ClientError where a call is refused."""

    stack: Stack
    own_calls: OwnCalls
    session: Mapping[str, Any]

    @classmethod
    async def start(cls, stack: Stack, own_calls: OwnCalls, contact: Mapping[str, str] = SERVICE) -> Visitor:
        """Start a session with the contact, `{"serviceId"}` or `{"contactId"}`."""
        body = {
            "widgetKey": demo.WIDGET_KEY,
            **contact,
            "modality": "instantMessaging",
            "customer": {"displayName": "Carla Customer", "email": "carla@example.org"},
            "message": "Hello, I have a question.",
            "idempotencyKey": secrets.token_hex(16),
        }
        url = f"{stack.functions}/api/widget/v1/sessions"
        async with stack.http.post(url, json=body, headers={"Origin": stack.functions}) as response:
            response.raise_for_status()
            return cls(stack, own_calls, await response.json())

    @classmethod
    async def arrive(cls, stack: Stack, own_calls: OwnCalls, contact: Mapping[str, str] = SERVICE) -> Visitor:
        """Start, and give the first sign of life as the widget does: before that nobody is asked."""
        visitor = await cls.start(stack, own_calls, contact)
        await visitor.heartbeat()
        return visitor

    async def refresh(self) -> None:
        await self._call("token")

    async def heartbeat(self) -> None:
        await self._call("heartbeat", {"leaving": False})

    async def end(self) -> None:
        await self._call("end")

    async def say(self, text: str) -> None:
        """Write into the thread."""
        metadata = {"clientMessageId": secrets.token_hex(16)}
        body = {"content": text, "type": "text", "senderDisplayName": "Carla Customer", "metadata": metadata}
        self.own_calls.counts["sendMessage"] += 1
        async with self.stack.http.post(self._messages, json=body, headers=self._access) as response:
            response.raise_for_status()

    async def newest(self) -> list[str]:
        """The texts of the newest messages in the thread."""
        self.own_calls.counts["listMessages"] += 1
        async with self.stack.http.get(f"{self._messages}&maxPageSize=5", headers=self._access) as response:
            response.raise_for_status()
            return [message.get("content", {}).get("message", "") for message in (await response.json())["value"]]

    @contextlib.asynccontextmanager
    async def staying(self) -> AsyncIterator[None]:
        """Give signs of life until the block is left, as an open page does: without them the session ends."""

        async def beat() -> None:
            while True:
                await asyncio.sleep(HEARTBEAT)
                with contextlib.suppress(*CALL_FAILURES):
                    await self.heartbeat()

        beating = asyncio.create_task(beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait([beating])

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Event]:
        """Be connected to SignalR; the event is set whenever a nudge has come."""
        access, nudged = self.session["realtime"], asyncio.Event()
        url = f"{access['url']}&access_token={access['accessToken']}"
        async with self.stack.http.ws_connect(url) as socket:
            await socket.send_str(json.dumps({"protocol": "json", "version": 1}) + RECORD_SEPARATOR)
            reading = asyncio.create_task(_read(socket, nudged))
            try:
                yield nudged
            finally:
                reading.cancel()
                await asyncio.wait([reading])

    async def _call(self, verb: str, body: Mapping[str, Any] | None = None) -> None:
        url = f"{self.stack.functions}/api/widget/v1/sessions/{self.session['sessionId']}/{verb}"
        headers = {"Origin": self.stack.functions, "Authorization": f"Bearer {self.session['sessionToken']}"}
        async with self.stack.http.post(url, json=body or {}, headers=headers) as response:
            response.raise_for_status()
            await response.read()

    @property
    def _messages(self) -> str:
        messaging = self.session["messaging"]
        endpoint = messaging["endpoint"].rstrip("/")
        return f"{endpoint}/chat/threads/{messaging['threadId']}/messages?api-version={API_VERSION}"

    @property
    def _access(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.session['messaging']['token']}"}


async def _read(socket: aiohttp.ClientWebSocketResponse, nudged: asyncio.Event) -> None:
    async for frame in socket:
        for record in filter(None, str(frame.data).split(RECORD_SEPARATOR)):
            if json.loads(record).get("type") == INVOCATION:
                nudged.set()
