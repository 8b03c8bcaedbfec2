"""Agents at the Teams stand-in, by its control paths."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.bench.stack import Stack

PATIENCE = 30.0
LOOK_EVERY = 0.03


class NothingToPress(Exception):
    """No card of the agent shows such a button."""


@dataclass
class Window:
    """An open window of the desk: tells when a text has arrived in it."""

    _awaited: dict[str, asyncio.Event] = field(default_factory=dict)

    def expect(self, text: str) -> asyncio.Event:
        """An event that is set when a message with this text is shown."""
        return self._awaited.setdefault(text, asyncio.Event())

    def shown(self, text: str) -> None:
        for awaited in [one for one in self._awaited if one in text]:
            self._awaited.pop(awaited).set()


@dataclass(frozen=True)
class Agent:
    """One agent; `user` is the id at the desk."""

    stack: Stack
    user: str

    async def install(self) -> None:
        """Add the app, which registers the agent with the bot."""
        await self._control("install")

    async def say(self, text: str, *, wait: bool = True) -> None:
        """Write to the bot; with `wait`, until the bot has answered the activity."""
        answer = await self._control("say", text=text, wait=wait)
        if wait and answer["delivery"] != "delivered":
            raise RuntimeError(f"the bot did not take a text: {answer}")

    async def press(self, verb: str, **inputs: str) -> None:
        """Press the newest button with this verb; raises NothingToPress."""
        answer = await self._control("act", verb=verb, inputs=inputs)
        if answer["outcome"] == "error":
            raise RuntimeError(f"the bot refused {verb}: {answer}")

    async def accept(self) -> None:
        """Wait for an invitation and accept it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(NothingToPress):
                    return await self.press("accept")
                await asyncio.sleep(LOOK_EVERY)

    @contextlib.asynccontextmanager
    async def window(self) -> AsyncIterator[Window]:
        """Look at the desk until the block is left."""
        window = Window()
        async with self.stack.http.ws_connect(f"{self.stack.desk}/page/live?user={self.user}") as socket:
            reading = asyncio.create_task(_read(socket, window))
            try:
                yield window
            finally:
                reading.cancel()
                await asyncio.wait([reading])

    async def _control(self, path: str, /, **body: Any) -> Mapping[str, Any]:
        url = f"{self.stack.desk}/_standin/{path}"
        async with self.stack.http.post(url, json={"user": self.user, **body}) as response:
            if response.status == 409:
                raise NothingToPress(await response.text())
            response.raise_for_status()
            answer: Mapping[str, Any] = await response.json()
            return answer


async def _read(socket: aiohttp.ClientWebSocketResponse, window: Window) -> None:
    async for frame in socket:
        event = json.loads(str(frame.data))
        if event.get("type") == "message" and event["message"]["fromBot"]:
            window.shown(event["message"]["text"])
