"""Agents, who behave like people: they answer or do not, take from the list, go off duty, talk, and end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.application.agents import Activity
from shared.ports import BotConversation, InvitationView
from tests.simulation.people import FAILURES
from tests.simulation.tenant import TENANT_ID
from tests.simulation.world import World

WORKDAY = timedelta(hours=1)
"""Long after every visitor should have been served; a story in which somebody was forgotten must end as well."""


@dataclass
class AgentPerson:
    """Answers invitations and looks at the list; in a conversation writes numbered messages, and sometimes ends it."""

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

    async def work(self) -> None:
        """Until nobody is there any more: take tasks from the list, go off duty for a while, end after-call work."""
        random, scene = self.world.random, self.world.scene
        home = self.world.clock.now() + WORKDAY
        while self.world.clock.now() < home:
            await asyncio.sleep(random.uniform(2, 12))
            if self.world.is_over():
                return
            mood = random.random()
            if scene.has_lists and mood < 0.7:
                await self._take_from_the_list()
            elif mood < 0.75:
                await self._until_it_works(lambda app: app.duty.set_duty(self._activity(), on=False))
                await asyncio.sleep(random.uniform(1, 40))
                await self._until_it_works(lambda app: app.duty.set_duty(self._activity(), on=True))
            elif scene.after_call_work and mood < 0.8:
                await self._until_it_works(lambda app: app.duty.ready(self._activity()))

    async def _take_from_the_list(self) -> None:
        activity = self._activity()
        tasks = await self._until_it_works(lambda app: app.tasks.waiting(activity))
        if not tasks:
            return
        await asyncio.sleep(self.world.random.uniform(0, 3))
        session_id = self.world.random.choice(tasks).session_id
        answer = await self._until_it_works(lambda app: app.tasks.pick_up(activity, session_id))
        if answer.outcome == "accepted":
            self._begin(session_id)

    def _begin(self, session_id: str) -> None:
        if session_id not in self._known:
            self._known.add(session_id)
            asyncio.ensure_future(self._talk(session_id))  # noqa: RUF006 (lives as long as the loop)

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
            if answer.outcome == "accepted":
                self._begin(view.session_id)
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
