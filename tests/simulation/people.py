"""Visitors and agents, who behave like people: they write when they like, decline, do not answer, and leave."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from shared.application.admission import Caller
from shared.application.agents import Activity
from shared.application.starts import Start
from shared.domain.errors import Conflict, InteractError, SessionEnded
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.parameters import Customer
from shared.domain.sessions import ContactKind, ContactReference
from shared.ports import BotConversation, InvitationView
from tests.simulation.tenant import TENANT_ID
from tests.simulation.world import ORIGIN, HostDied, World

CALLER = Caller(ORIGIN)
FAILURES = (InteractError, HostDied)


@dataclass
class Visitor:
    """Starts a session and writes numbered messages; then ends it, or just goes away."""

    world: World
    number: int
    contact: ContactReference
    messages: int
    ends: bool
    session_id: str = ""
    thread_id: str = ""
    written: list[str] = field(default_factory=list)

    async def live(self) -> None:
        random = self.world.random
        await asyncio.sleep(random.uniform(0, 30))
        await self._start()
        for index in range(1, self.messages):
            await asyncio.sleep(random.uniform(0.05, 8))
            self._write(index)
        if self.ends:
            await asyncio.sleep(random.uniform(0, 20))
            await self._until_it_works(lambda app: app.sessions.end(self.session_id, self._token, CALLER))

    async def _start(self) -> None:
        text = f"v{self.number}.0"
        customer = Customer(f"Visitor {self.number}", f"visitor{self.number}@example.org")
        for attempt in itertools.count():
            key = f"key-{self.number}-{attempt}"
            start = Start("widget-key-of-lunifico", self.contact, INSTANT_MESSAGING.id, customer, text, key)
            try:
                started = await self._until_it_works(lambda app, start=start: app.sessions.start(start, CALLER))
                break
            except (Conflict, SessionEnded):
                # It was over before its answer had arrived: the page tries anew, as a new conversation.
                continue
        self.session_id, self._token = started.record.session.id, started.token
        self.thread_id = started.record.session.chat.thread_id
        self._visitor = started.record.session.chat.visitor_id
        self.written.append(text)
        asyncio.ensure_future(self._beat())  # noqa: RUF006 (lives as long as the loop)
        for message in self.world.messaging.threads[self.thread_id]:
            self.world.publish(self.thread_id, message.id, message.created_on)

    async def _beat(self) -> None:
        """The page's first sign of life, without which nobody is asked."""
        await self._until_it_works(
            lambda app: app.sessions.heartbeat(self.session_id, self._token, CALLER, leaving=False)
        )

    def _write(self, index: int) -> None:
        if self._visitor not in self.world.messaging.participants[self.thread_id]:
            return
        text = f"v{self.number}.{index}"
        self.written.append(text)
        times = 2 if self.world.random.random() < self.world.faults.unknown else 1
        for _ in range(times):
            # An impatient network: the page sends the same message again, with the same client id.
            self.world.customer_writes(self.thread_id, self._visitor, text, text)

    async def _until_it_works(self, work: Any) -> Any:
        while True:
            try:
                return await self.world.on_some_host(work)
            except (Conflict, SessionEnded):
                raise
            except FAILURES:
                await asyncio.sleep(self.world.random.uniform(0.5, 3))


@dataclass
class AgentPerson:
    """Answers invitations; in a conversation writes numbered messages, and sometimes ends it."""

    world: World
    number: int
    messages: int
    sent: dict[str, list[str]] = field(default_factory=dict)
    uncertain: set[str] = field(default_factory=set)
    _known: set[str] = field(default_factory=set)
    _activities: int = 0

    @property
    def user_id(self) -> str:
        return f"agent-{self.number}"

    @property
    def conversation(self) -> BotConversation:
        return BotConversation("https://smba.example/", self.user_id)

    async def install(self) -> None:
        await self._until_it_works(lambda app: app.conversations.register(self._activity()))

    def invited(self, view: InvitationView) -> None:
        asyncio.ensure_future(self._answer(view))  # noqa: RUF006 (lives as long as the loop)

    async def _answer(self, view: InvitationView) -> None:
        random = self.world.random
        mood = random.random()
        await asyncio.sleep(random.uniform(0.5, 17))
        activity = self._activity()
        if mood < 0.65:
            answer = await self._until_it_works(
                lambda app: app.conversations.accept(activity, view.session_id, view.offer_id)
            )
            if answer.outcome == "accepted" and view.session_id not in self._known:
                self._known.add(view.session_id)
                await self._talk(view.session_id)
        elif mood < 0.85:
            await self._until_it_works(lambda app: app.conversations.decline(activity, view.session_id, view.offer_id))
        else:
            await asyncio.sleep(random.uniform(20, 60))
            await self._until_it_works(lambda app: app.duty.available(activity))

    async def _talk(self, session_id: str) -> None:
        random = self.world.random
        for index in range(self.messages):
            await asyncio.sleep(random.uniform(0.1, 6))
            if not await self._say(session_id, f"{self.user_id}.{session_id[:4]}.{index}"):
                return
        if random.random() < 0.5:
            await asyncio.sleep(random.uniform(0, 15))
            activity = self._activity()
            await self._until_it_works(lambda app: app.conversations.end(activity, session_id))

    async def _say(self, session_id: str, text: str) -> bool:
        """Teams repeats the same activity until it is accepted, and only then sends the next one."""
        activity = self._activity()
        tries = 0
        while True:
            try:
                answer = await self.world.on_some_host(lambda app: app.conversations.reply(activity, session_id, text))
            except FAILURES:
                tries += 1
                await asyncio.sleep(2)
                continue
            if answer.outcome == "sent":
                self.sent.setdefault(session_id, []).append(text)
                return True
            if tries:
                # The session ended between two attempts: the first one may have counted.
                self.uncertain.add(text)
            return False

    def _activity(self) -> Activity:
        self._activities += 1
        return Activity(f"{self.user_id}-{self._activities}", TENANT_ID, self.user_id, self.conversation)

    async def _until_it_works(self, work: Any) -> Any:
        while True:
            try:
                return await self.world.on_some_host(work)
            except FAILURES:
                await asyncio.sleep(2)


def service_contact() -> ContactReference:
    return ContactReference(ContactKind.SERVICE, "support")


def user_contact(number: int) -> ContactReference:
    return ContactReference(ContactKind.USER, f"agent-{number}")
