"""Visitors, as the widget plays them: start, sign of life, write, read, end; everything again until it has worked."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local import demo
from tests.soak.ledger import Conversation, Ledger, token_in
from tests.soak.plan import Plan
from tests.soak.stack import Stack
from tests.soak.threads import AcsThread, AgainError, GoneError, NativeThread, VisitorThread, called

READ_EVERY = 2.5
HEARTBEAT = 25.0
BEFORE_ANYBODY_IS_THERE = 2
"""Messages that a visitor may write while waiting; they have to be shown on Accept."""
LONGEST_PAUSE = 12.0


@dataclass
class Visitor:
    """One visitor; `live` returns when the conversation is over."""

    stack: Stack
    plan: Plan
    ledger: Ledger
    conversation: Conversation
    chance: random.Random
    _session: Mapping[str, Any] = field(default_factory=dict)

    async def live(self) -> None:
        """From the form to the end of the conversation."""
        await self._start()
        thread = self._thread()
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(self._beat())
            reading = group.create_task(self._read(thread))
            await self._write_all(thread)
            await self._finish()
            reading.cancel()
            beating.cancel()

    async def _start(self) -> None:
        conversation = self.conversation
        token = f"c{conversation.number}n0"
        body = {
            "widgetKey": demo.WIDGET_KEY,
            "serviceId": conversation.service_id,
            "modality": "instantMessaging",
            "customer": {"displayName": conversation.customer, "email": "carla@example.org"},
            "message": token,
            "idempotencyKey": secrets.token_hex(16),
        }
        url = f"{self.stack.functions}/api/widget/v1/sessions"
        self._session = await self._until_it_works(lambda: called(self.stack.http, "POST", url, self._origin, body))
        conversation.session_id = self._session["sessionId"]
        conversation.thread_id = self._session["messaging"]["threadId"]
        conversation.is_native = self._session["messaging"]["kind"] == "native"
        conversation.written.append(token)
        self.ledger.at_work[conversation.session_id] = conversation
        if conversation.is_limited and not conversation.is_native:
            limits = f"{self.stack.acs}/_standin/threads/{conversation.thread_id}/limits"
            async with self.stack.http.put(limits, json={"factor": 1.0}) as answer:
                answer.raise_for_status()

    def _thread(self) -> VisitorThread:
        if self.conversation.is_native:
            return NativeThread(self.stack.http, self._url, self._proof)
        return AcsThread(self.stack.http, self._session["messaging"], self.conversation.customer)

    async def _beat(self) -> None:
        with contextlib.suppress(GoneError):
            while True:
                await self._until_it_works(lambda: self._call("POST", "/heartbeat", {"leaving": False}))
                await asyncio.sleep(HEARTBEAT)

    async def _read(self, thread: VisitorThread) -> None:
        with contextlib.suppress(GoneError):
            while True:
                for text, metadata in await self._until_it_works(thread.read):
                    if metadata.get("kind") == "agent":
                        self.conversation.read.add(token_in(text))
                await asyncio.sleep(READ_EVERY)

    async def _write_all(self, thread: VisitorThread) -> None:
        conversation, early = self.conversation, self.chance.randint(0, BEFORE_ANYBODY_IS_THERE)
        for index in range(1, self.plan.messages):
            if index > early:
                await self._patiently(conversation.accepted.wait(), "nobody has accepted")
            # With real limits nobody makes a pause: the limits are to be met.
            await asyncio.sleep(0.2 if conversation.is_limited else self.chance.uniform(0.2, self.plan.pause))
            await self._write(thread, f"c{conversation.number}n{index}")
        conversation.all_written.set()

    async def _write(self, thread: VisitorThread, token: str) -> None:
        """As the widget does it: the same client id again; some look first whether it had worked."""
        client_id = f"{token}-{secrets.token_hex(12)}"
        while True:
            try:
                await thread.write(token, client_id)
            except AgainError as again:
                await self._wait(again)
                if self.chance.random() < 0.5 and await self._is_there(thread, client_id):
                    break
            else:
                break
        self.conversation.written.append(token)

    async def _is_there(self, thread: VisitorThread, client_id: str) -> bool:
        there = await self._until_it_works(thread.read)
        return any(metadata.get("clientMessageId") == client_id for _, metadata in there)

    async def _finish(self) -> None:
        conversation = self.conversation
        await self._patiently(conversation.all_answered.wait(), "the agent has not written all")
        await self._patiently(_until(lambda: conversation.is_complete), "somebody was not shown all")
        if conversation.customer_ends:
            await self._until_it_works(lambda: self._call("POST", "/end", {}))
            conversation.ended.set()
        await self._patiently(conversation.ended.wait(), "the agent has not ended it")
        await self._patiently(self._until_ended(), "the session does not end")

    async def _until_ended(self) -> None:
        while (await self._until_it_works(lambda: self._call("GET", "")))["state"] != "ended":
            await asyncio.sleep(READ_EVERY)

    async def _patiently(self, waiting: Awaitable[object], complaint: str) -> None:
        """Wait, but not for ever: what does not come is noted, and the run goes on."""
        try:
            await asyncio.wait_for(waiting, self.plan.patience)
        except TimeoutError:
            self.conversation.trouble.append(complaint)

    async def _until_it_works(self, call: Callable[[], Awaitable[Any]]) -> Any:
        while True:
            try:
                return await call()
            except AgainError as again:
                await self._wait(again)

    async def _wait(self, again: AgainError) -> None:
        await asyncio.sleep(min(again.seconds, LONGEST_PAUSE) + self.chance.uniform(0, 1))

    async def _call(self, method: str, path: str, body: object = None) -> Any:
        return await called(self.stack.http, method, f"{self._url}{path}", self._proof, body)

    @property
    def _url(self) -> str:
        return f"{self.stack.functions}/api/widget/v1/sessions/{self._session['sessionId']}"

    @property
    def _origin(self) -> Mapping[str, str]:
        return {"Origin": self.stack.functions}

    @property
    def _proof(self) -> Mapping[str, str]:
        return {**self._origin, "Authorization": f"Bearer {self._session['sessionToken']}"}


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.25)
