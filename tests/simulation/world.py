"""A world of several hosts, Event Grid and timers, all of them unreliable but for the rules they keep."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.adapters.memory import (
    CountingIds,
    MemoryAgents,
    MemoryConfigStore,
    MemoryIdentity,
    MemoryMessaging,
    MemoryPresence,
    MemoryQueueStore,
    MemoryRealtime,
    MemoryThreadStore,
    memory_ports,
)
from shared.adapters.native_messaging import NativeIdentity
from shared.application import Application, assemble
from shared.application.occasions import Nudge, Wake
from shared.domain.domain_templates import parse_origin
from shared.domain.errors import InteractError, Unauthenticated
from shared.ports import BotConversation, Identity, InvitationView, SessionClaims
from tests.simulation import tenant as demo
from tests.simulation.faults import Faults, FaultyPort, Host, Network
from tests.simulation.native import NativeThreads
from tests.simulation.promises import WatchedAgents, WatchedSessions
from tests.simulation.virtual_time import VirtualClock

TRIES = 4
PUT_OFF = 30.0
"""As in functions/timers.py: a message that fails so often is put off, not poisoned."""
MOST_TIMERS = 100
"""More timer messages of one session at a time can only be a chain that multiplies."""
INVISIBLE = 600.0
EVENT_RETRIES = (10, 30, 60, 300, 600)
HOSTS = 2
"""Instances of the app at once, where nobody asks for more."""
ORIGIN = parse_origin("https://lunifico.example")


class PlainTokens:
    """Session tokens without a signature: nobody forges anything here."""

    def issue(self, claims: SessionClaims, expires: datetime) -> str:
        return "|".join((claims.session_id, claims.tenant_id, claims.contact_key, claims.origin))

    def verify(self, token: str, now: datetime) -> SessionClaims:
        parts = token.split("|")
        if len(parts) != 4:
            raise Unauthenticated("session_token_invalid", "not a token")
        return SessionClaims(*parts)

    def session_id(self, tenant_id: str, contact_key: str, origin: str, idempotency_key: str) -> str:
        return hashlib.sha256(f"{tenant_id}|{contact_key}|{origin}|{idempotency_key}".encode()).hexdigest()[:16]


class Timers:
    """A queue whose messages come back: after a failure soon, after the death of their host late."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def wake(self, session_id: str, due: datetime, reason: str) -> None:
        delay = max(0.0, (due - self._world.clock.now()).total_seconds())
        self._world.timer_is_set(session_id)
        asyncio.get_running_loop().call_later(delay, self._world.timer_comes_due, session_id, reason, 1)


class WatchedChats(MemoryAgents):
    """Sees each invitation at the moment at which it reaches the agent."""

    def __init__(self, on_invitation: Callable[[str, InvitationView], None]) -> None:
        super().__init__()
        self._on_invitation = on_invitation

    async def invite(self, to: BotConversation, view: InvitationView) -> str:
        self._on_invitation(to.conversation_id, view)
        return await super().invite(to, view)


@dataclass
class World:
    """Seeded: the same seed plays the same story. `violations` are broken promises seen on the way."""

    seed: int
    faults: Faults
    scene: demo.Scene
    recovery_timeout: int = 300
    transport: str = "acs"
    instances: int = HOSTS
    violations: list[str] = field(default_factory=list)
    on_invitation: Callable[[str, InvitationView], None] = lambda agent, view: None
    is_over: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self._tasks: set[asyncio.Task[None]] = set()
        self.pending_timers: Counter[str] = Counter()
        self.clock = VirtualClock()
        self.network = Network(self.random, self.faults)
        tenant = demo.tenant(self.scene, self.recovery_timeout)
        self.config = MemoryConfigStore(tenant, *self.scene.documents())
        self.queue = MemoryQueueStore()
        self.sessions = WatchedSessions(self.scene, self.queue, self.violations.append)
        self.agent_store = WatchedAgents(self.scene, self.clock.now, self.violations.append)
        self.threads = MemoryThreadStore(self.clock)
        self.identity: Identity = MemoryIdentity(self.clock)
        self.messaging: MemoryMessaging | NativeThreads = MemoryMessaging(self.clock)
        if self.is_native:
            self.identity, self.messaging = NativeIdentity(self.threads, self.clock), NativeThreads(self.threads)
        self.agents = WatchedChats(lambda agent, view: self.on_invitation(agent, view))
        self.realtime, self.timers, self.ids = MemoryRealtime(), Timers(self), CountingIds()
        self.presence = MemoryPresence()
        self.hosts = [Host(f"host {number}") for number in range(1, self.instances + 1)]
        self.applications = {host.name: self._application(host) for host in self.hosts}

    @property
    def is_native(self) -> bool:
        return self.transport == "native"

    def _application(self, host: Host) -> Application:
        """One process: its ports are the world's, seen over an unreliable network."""

        def faulty(name: str, port: object) -> Any:
            return FaultyPort(self.network, host, name, port)

        return assemble(
            memory_ports(
                clock=self.clock,
                ids=self.ids,
                config=self.config,
                sessions=faulty("sessions", self.sessions),
                queue=faulty("queue", self.queue),
                agent_store=faulty("agent_store", self.agent_store),
                identity=faulty("identity", self.identity),
                messaging=faulty("messaging", self.messaging),
                threads=faulty("threads", self.threads),
                agents=faulty("agents", self.agents),
                timers=faulty("timers", self.timers),
                realtime=self.realtime,
                presence=self.presence,
                tokens=PlainTokens(),
            )
        )

    # --- hosts -------------------------------------------------------------------------------------------------------

    def schedule_kills(self, within: float) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(self.faults.kills):
            loop.call_later(self.random.uniform(0, within), self._kill, self.random.choice(self.hosts))

    def _kill(self, host: Host) -> None:
        host.kill()
        asyncio.get_running_loop().call_later(self.random.uniform(0.5, 6), self._restart, host)

    def _restart(self, host: Host) -> None:
        host.up = True
        # A new process: nothing that was remembered in memory is left.
        self.applications[host.name] = self._application(host)

    async def on_some_host(self, work: Callable[[Application], Coroutine[Any, Any, Any]]) -> Any:
        """Run on one of the hosts that are up; raises HostDied when it is killed meanwhile."""
        while not (up := [host for host in self.hosts if host.up]):
            await asyncio.sleep(0.5)
        host = self.random.choice(up)
        task = asyncio.ensure_future(work(self.applications[host.name]))
        host.tasks[task] = None
        task.add_done_callback(lambda done: host.tasks.pop(done, None))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise HostDied(host.name) from None
            raise

    # --- Event Grid and timers ---------------------------------------------------------------------------------------

    def customer_writes(self, thread_id: str, visitor_id: str, text: str, client_id: str) -> None:
        assert isinstance(self.messaging, MemoryMessaging)
        message = self.messaging.post(thread_id, visitor_id, "Visitor", text, {"clientMessageId": client_id})
        self.publish(thread_id, message.id, message.created_on)

    def publish(self, thread_id: str, message_id: str, created_on: datetime) -> None:
        times = 2 if self.random.random() < self.faults.repeated_events else 1
        for _ in range(times):
            delay = self.random.uniform(0, self.faults.event_delay)
            asyncio.get_running_loop().call_later(delay, self._deliver, thread_id, message_id, created_on, 0)

    def _deliver(self, thread_id: str, message_id: str, created_on: datetime, attempt: int) -> None:
        async def handle(application: Application) -> None:
            session_id = await application.ports.sessions.session_of_thread(thread_id)
            if session_id is not None:
                await application.relay.look(session_id, Nudge(message_id, created_on, demo.TENANT_ID))

        async def deliver() -> None:
            try:
                await self.on_some_host(handle)
            except (InteractError, HostDied):
                delay = EVENT_RETRIES[min(attempt, len(EVENT_RETRIES) - 1)] * self.random.uniform(0.8, 1.2)
                loop = asyncio.get_running_loop()
                loop.call_later(delay, self._deliver, thread_id, message_id, created_on, attempt + 1)

        self._background(deliver())

    def timer_is_set(self, session_id: str) -> None:
        self.pending_timers[session_id] += 1
        if self.pending_timers[session_id] == MOST_TIMERS:
            self.violations.append(f"session {session_id} has {MOST_TIMERS} timer messages at a time")

    def timer_comes_due(self, session_id: str, reason: str, dequeued: int) -> None:
        async def fire() -> None:
            loop = asyncio.get_running_loop()
            try:
                await self.on_some_host(lambda application: application.relay.look(session_id, Wake(reason)))
            except HostDied:
                loop.call_later(INVISIBLE, self.timer_comes_due, session_id, reason, dequeued + 1)
            except InteractError:
                is_put_off = dequeued >= TRIES
                delay, again = (PUT_OFF, 1) if is_put_off else (5, dequeued + 1)
                loop.call_later(delay, self.timer_comes_due, session_id, reason, again)
            else:
                self.pending_timers[session_id] -= 1

        self._background(fire())

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.violations.append(f"unexpected {task.exception()!r}")


class HostDied(Exception):
    """The host was killed while it worked."""
