"""Visitors, who behave like people: they write when they like, come again when there is no room, and leave."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from shared.application.admission import Caller
from shared.application.starts import Start
from shared.domain.errors import Busy, Conflict, InteractError, SessionEnded
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.parameters import Customer
from shared.domain.sessions import ContactKind, ContactReference
from tests.simulation.native import post
from tests.simulation.world import ORIGIN, HostDied, World

CALLER = Caller(ORIGIN)
FAILURES = (InteractError, HostDied)
LONGEST_WAIT = 7_200
"""Seconds after which a service that has no room must have lost a slot."""


@dataclass
class Visitor:
    """Starts a session and writes numbered messages; then ends it, or just goes away."""

    world: World
    number: int
    contact: ContactReference
    messages: int
    ends: bool
    names_a_topic: bool = False
    session_id: str = ""
    thread_id: str = ""
    written: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    async def live(self) -> None:
        random = self.world.random
        await asyncio.sleep(random.uniform(0, 30))
        await self._start()
        for index in range(1, self.messages):
            await asyncio.sleep(random.uniform(0.05, 8))
            await self._write(index)
        if self.ends:
            await asyncio.sleep(random.uniform(0, 20))
            await self.until_it_works(lambda app: app.sessions.end(self.session_id, self._token, CALLER))

    async def _start(self) -> None:
        text = f"v{self.number}.0"
        customer = Customer(f"Visitor {self.number}", f"visitor{self.number}@example.org")
        began = self.world.clock.now()
        for attempt in itertools.count():
            key = f"key-{self.number}-{attempt}"
            start = Start("widget-key-of-lunifico", self.contact, INSTANT_MESSAGING.id, customer, text, key)
            try:
                started = await self.until_it_works(lambda app, start=start: app.sessions.start(start, CALLER))
                break
            except (Conflict, SessionEnded):
                # It was over before its answer had arrived: the page tries anew, as a new conversation.
                continue
            except Busy:
                if (self.world.clock.now() - began).total_seconds() > LONGEST_WAIT:
                    raise
                await asyncio.sleep(self.world.random.uniform(3, 15))
        self.session_id, self._token = started.record.session.id, started.token
        self.thread_id = started.record.session.chat.thread_id
        self.visitor_id = started.record.session.chat.visitor_id
        self.written.append(text)
        asyncio.ensure_future(self._beat())  # noqa: RUF006 (lives as long as the loop)
        if self.world.is_native:
            return
        for message in self.world.messaging.threads[self.thread_id]:
            self.world.publish(self.thread_id, message.id, message.created_on)

    async def _beat(self) -> None:
        """The page's first sign of life, without which nobody is asked."""
        await self.until_it_works(
            lambda app: app.sessions.heartbeat(self.session_id, self._token, CALLER, leaving=False)
        )
        if self.names_a_topic:
            topic = {"topic": f"v{self.number}"}
            await self.until_it_works(
                lambda app: app.sessions.set_parameters(self.session_id, self._token, CALLER, topic)
            )

    @property
    def proof(self) -> tuple[str, str, Caller]:
        return self.session_id, self._token, CALLER

    async def _write(self, index: int) -> None:
        if self.visitor_id not in self.world.messaging.participants[self.thread_id]:
            return
        text = f"v{self.number}.{index}"
        if self.world.is_native:
            return await post(self, text)
        self.written.append(text)
        times = 2 if self.world.random.random() < self.world.faults.unknown else 1
        for _ in range(times):
            # An impatient network: the page sends the same message again, with the same client id.
            self.world.customer_writes(self.thread_id, self.visitor_id, text, text)

    async def until_it_works(self, work: Any) -> Any:
        while True:
            try:
                return await self.world.on_some_host(work)
            except (Conflict, SessionEnded, Busy):
                raise
            except FAILURES:
                await asyncio.sleep(self.world.random.uniform(0.5, 3))


def service_contact(name: str) -> ContactReference:
    return ContactReference(ContactKind.SERVICE, name)


def user_contact(number: int) -> ContactReference:
    return ContactReference(ContactKind.USER, f"agent-{number}")
