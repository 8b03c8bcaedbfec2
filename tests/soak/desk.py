"""An agent's seat at the desk: what is shown in the window, and what the agent can do there."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.soak.stack import Stack

CALLS_AGAIN = 1.0
REAL_LIMITS = 1.0


class NothingToPressError(Exception):
    """The card does not show such a button any more."""


@dataclass
class Seat:
    """One user's window; `deliveries` is what became of the user's own messages."""

    stack: Stack
    user: str
    chat: str = ""
    deliveries: dict[str, str] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def install(self) -> None:
        """Add the app, which registers the agent with the bot."""
        answer = await self._control("install")
        self.chat = answer["conversationId"]
        if answer["delivery"] != "delivered":
            raise RuntimeError("the bot did not take an installation")

    async def shown(self) -> AsyncIterator[Mapping[str, Any]]:
        """Every message of the bot, when it is shown and when it changes."""
        async with self.stack.http.ws_connect(f"{self.stack.desk}/page/live?user={self.user}") as socket:
            async for frame in socket:
                event = json.loads(str(frame.data))
                if event["type"] == "message" and event["message"]["fromBot"]:
                    yield event["message"]
                elif event["type"] == "message":
                    self.deliveries[event["message"]["id"]] = event["message"]["delivery"]
                    self._changed.set()

    async def say(self, text: str) -> None:
        """Write to the bot; what was not delivered is sent again, until it is."""
        message_id = (await self._control("say", text=text, wait=False))["id"]
        while await self._outcome_of(message_id) == "failed":
            await asyncio.sleep(CALLS_AGAIN)
            self.deliveries[message_id] = "sending"
            await self._page("retry", chat=self.chat, message=message_id)

    async def command(self, text: str) -> None:
        """Write to the bot once."""
        await self._control("say", text=text, wait=False)

    async def press(self, message_id: str, verb: str) -> None:
        """Press the button of this card until the bot has answered; raises NothingToPressError."""
        while (await self._control("act", messageId=message_id, verb=verb))["outcome"] == "error":
            await asyncio.sleep(CALLS_AGAIN)

    async def press_action(self, message_id: str, action: Mapping[str, Any]) -> None:
        """Press one of several buttons with the same verb, once."""
        await self._page("press", chat=self.chat, message=message_id, action=dict(action))

    async def limit(self, factor: float) -> None:
        """Give the chat with the bot limits of its own."""
        body = {"user": self.user, "factor": factor}
        async with self.stack.http.put(f"{self.stack.desk}/_standin/limits", json=body) as answer:
            answer.raise_for_status()

    async def _outcome_of(self, message_id: str) -> str:
        while (outcome := self.deliveries.get(message_id, "sending")) == "sending":
            self._changed.clear()
            # What was missed meanwhile is seen at the next look.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), CALLS_AGAIN)
        return outcome

    async def _control(self, path: str, /, **body: Any) -> Mapping[str, Any]:
        return await self._post(f"_standin/{path}", body)

    async def _page(self, path: str, /, **body: Any) -> None:
        await self._post(f"page/{path}", body)

    async def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        while True:
            try:
                url = f"{self.stack.desk}/{path}"
                async with self.stack.http.post(url, json={"user": self.user, **body}) as response:
                    if response.status == 409:
                        raise NothingToPressError(await response.text())
                    response.raise_for_status()
                    return json.loads(await response.read() or b"{}")  # type: ignore[no-any-return]  # JSON of our own
            except (aiohttp.ClientConnectionError, TimeoutError):
                await asyncio.sleep(CALLS_AGAIN)
