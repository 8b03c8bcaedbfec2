"""Lunifico in memory: its visitors, agents and timers, and ports that can be looked into."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared.adapters.memory import (
    CountingIds,
    ManualClock,
    MemoryAgents,
    MemoryAgentStore,
    MemoryChallenges,
    MemoryConfigStore,
    MemoryHistory,
    MemoryIdentity,
    MemoryMessaging,
    MemoryPresence,
    MemoryQueueStore,
    MemoryRealtime,
    MemorySessionStore,
    MemoryTimers,
    WakeUp,
    memory_ports,
)
from shared.application import Application, assemble
from shared.application.agents import Activity
from shared.application.occasions import Nudge, Wake
from shared.application.sessions import Started
from shared.domain.errors import OutcomeUnknown, PortError, Rejected
from shared.domain.sessions import Session
from shared.domain.users import User
from shared.ports import BotConversation, ThreadMessage
from tests.application.company import HOME, LUISA, MARIO, SERVICE, TENANT, WORKFLOW, form
from tests.application.faults import Around, Call, watched
from tests.simulation.world import PlainTokens

POISON_AFTER, REPEATED_AFTER = 5, timedelta(seconds=5)
"""How often the queue delivers a message that fails, and after what time."""


@dataclass
class World:
    """All ports, to be looked into and changed by tests.

    `calls` lists those that were made since it was cleared; what is `away` answers nothing, like `agents.relay`, and
    what is in `refusing` says no for good.
    """

    clock: ManualClock = field(default_factory=ManualClock)
    calls: list[str] = field(default_factory=list)
    away: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    poisoned: list[WakeUp] = field(default_factory=list)
    _dequeued: Counter[tuple[str, str]] = field(default_factory=Counter)
    _activities: int = 0

    def __post_init__(self) -> None:
        self.config = MemoryConfigStore(TENANT, WORKFLOW, SERVICE, MARIO, LUISA)
        self.sessions, self.queue, self.agent_store = MemorySessionStore(), MemoryQueueStore(), MemoryAgentStore()
        self.identity, self.agents = MemoryIdentity(self.clock), MemoryAgents()
        self.messaging = MemoryMessaging(self.clock, self.identity)
        self.timers, self.realtime, self.presence = MemoryTimers(), MemoryRealtime(), MemoryPresence()
        self.challenges, self.history = MemoryChallenges(), MemoryHistory()
        self.ports = memory_ports(
            clock=self.clock,
            ids=CountingIds(),
            config=self.config,
            sessions=self.sessions,
            queue=self.queue,
            agent_store=self.agent_store,
            identity=self.identity,
            messaging=self.messaging,
            agents=self.agents,
            timers=self.timers,
            realtime=self.realtime,
            presence=self.presence,
            tokens=PlainTokens(),
            challenges=self.challenges,
            history=self.history,
        )
        self.app = self.host(self.count)

    def host(self, around: Around) -> Application:
        """A process of its own over the same ports."""
        return assemble(watched(self.ports, around))

    async def count(self, name: str, call: Call) -> Any:
        self.calls.append(name)
        if name in self.away:
            raise OutcomeUnknown(f"{name} answers nothing")
        if name in self.refusing:
            raise Rejected(f"{name} says no", "Forbidden")
        return await call()

    # --- visitors ----------------------------------------------------------------------------------------------------

    async def starts(self, key: str = "key-1", **changes: Any) -> Started:
        return await self.app.sessions.start(form(key, **changes), HOME)

    async def opens(self, key: str = "key-1", **changes: Any) -> str:
        """A visitor starts, the page gives its first sign of life, and the workflow has begun; the session's id."""
        started = await self.starts(key, **changes)
        return await self.is_there(started)

    async def is_there(self, started: Started) -> str:
        """The page gives a sign of life; the session's id."""
        session_id = started.record.session.id
        await self.app.sessions.heartbeat(session_id, started.token, HOME, leaving=False)
        return session_id

    def thread(self, session_id: str) -> list[ThreadMessage]:
        return self.messaging.threads[self.messaging.thread_of_session[session_id]]

    def read_by_customer(self, session_id: str) -> list[str]:
        """What others wrote to the customer."""
        return [message.text for message in self.thread(session_id) if "effectId" in message.metadata]

    def writes(self, session_id: str, text: str, client_id: str | None = None) -> Nudge:
        """The customer writes; the event that tells of it."""
        chat = self.session(session_id).chat
        assert chat is not None
        metadata = {"clientMessageId": client_id or text}
        message = self.messaging.post(chat.thread_id, chat.visitor_id, "Carla Customer", text, metadata)
        return Nudge(message.id, message.created_on, TENANT.id)

    # --- agents ------------------------------------------------------------------------------------------------------

    def activity(self, user: User = MARIO, activity_id: str | None = None) -> Activity:
        self._activities += 1
        chat = BotConversation("https://smba.example", f"chat-{user.id}")
        return Activity(activity_id or f"activity-{self._activities}", TENANT.id, user.id, chat)

    async def registers(self, *users: User) -> None:
        for user in users:
            await self.app.conversations.register(self.activity(user))

    async def accepts(self, user: User, session_id: str) -> str:
        offer_id = self.task(session_id).offer_id or ""
        return (await self.app.conversations.accept(self.activity(user), session_id, offer_id)).outcome

    async def connected(self, key: str = "key-1", user: User = MARIO) -> str:
        """A visitor talks with an agent, who was the only one registered; the session's id."""
        if ("lunifico", user.id) not in self.agent_store.records:
            await self.registers(user)
        session_id = await self.opens(key)
        assert await self.accepts(user, session_id) == "accepted"
        return session_id

    def shown(self, user: User = MARIO, what: str = "relay") -> list[str]:
        return [sent.text for sent in self.agents.of(f"chat-{user.id}", what)]

    # --- time and state ----------------------------------------------------------------------------------------------

    async def wakes(self, session_id: str, reason: str = "watchdog") -> None:
        await self.app.relay.look(session_id, Wake(reason))

    async def passes(self, seconds: float) -> None:
        """Let time pass; timer messages are delivered when they come due, and as the platform does, again."""
        until = self.clock.time.timestamp() + seconds
        while waiting := [w for w in self.timers.due if w.due.timestamp() <= until]:
            self.clock.time = max(self.clock.time, min(w.due for w in waiting))
            for wake_up in self.timers.take(self.clock.time):
                await self._deliver(wake_up)
        self.clock.advance(max(0.0, until - self.clock.time.timestamp()))

    async def _deliver(self, wake_up: WakeUp) -> None:
        message = (wake_up.session_id, wake_up.reason)
        try:
            await self.wakes(*message)
            self._dequeued[message] = 0
        except PortError:
            self._dequeued[message] += 1
            if self._dequeued[message] == POISON_AFTER:
                self.poisoned.append(wake_up)
            else:
                self.timers.due.append(replace(wake_up, due=self.clock.time + REPEATED_AFTER))

    def session(self, session_id: str) -> Session:
        return self.sessions.rows[session_id].session

    def task(self, session_id: str) -> Any:
        task = self.session(session_id).task
        assert task is not None
        return task

    def happened(self, session_id: str, what: str) -> list[dict[str, Any]]:
        """The details of all timeline entries of one kind, without the way through the workflow and the effects."""
        found = [entry.details for entry in self.sessions.rows[session_id].timeline if entry.what == what]
        return [{name: one for name, one in each.items() if name not in ("way", "effects")} for each in found]
