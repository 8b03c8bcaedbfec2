"""The queue: who is offered a task. The session's row owns the task; an agent's ring counts only while that says so.

The steps carry the numbers of docs/architecture.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.distribution import (
    AGENTS_AT_ONCE,
    AgentState,
    Distribution,
    LeftOut,
    Ring,
    longest_idle_first,
    unavailable,
)
from shared.domain.effects import ClaimAgent, FreeAgent, OfferTask, ReleaseAgent
from shared.domain.errors import VersionConflict
from shared.domain.events import AgentsReserved, Event
from shared.domain.licences import Licence
from shared.domain.parameters import Agent
from shared.domain.sessions import ContactKind, Phase, Session, TaskPhase
from shared.domain.users import User
from shared.ports import AgentRecord, Ports

FIRST = 4
"""At least so many of the longest waiting tasks are offered at the same time."""
TRIES = 8


class TaskQueue:
    """Reserves, claims and frees agents; every write is conditional and may be repeated."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def enter(self, session: Session, queued_at: datetime) -> None:
        await self._ports.queue.insert(_queue_of(session), queued_at, session.id)

    async def leave(self, session: Session, queued_at: datetime) -> None:
        await self._ports.queue.delete(_queue_of(session), queued_at, session.id)

    async def offer(self, session: Session, effect: OfferTask) -> tuple[Event, ...]:
        """Steps 2 and 4: reserve agents for this round; nothing where the round is over already."""
        task = session.task
        if task is None or task.phase is not TaskPhase.OFFERING or task.offer_id != effect.offer_id:
            return ()
        users, left_out = await self._candidates(session)
        if not await self._is_among_the_first(session, max(FIRST, len(users))):
            return (AgentsReserved(effect.offer_id, ()),)
        reserved: list[Agent] = []
        agents = await asyncio.gather(*(self._settled(session, user.id) for user in users.values()))
        free: list[AgentRecord] = []
        for record, user_id in zip(agents, users, strict=True):
            reason = await self._why_not(session, record, user_id, effect)
            if reason is not None:
                left_out.append((user_id, reason.value))
            elif record is not None:
                free.append(record)
        wanted = AGENTS_AT_ONCE[Distribution(effect.distribution)]
        by_user = {record.state.user_id: record for record in free}
        for state in longest_idle_first(record.state for record in free):
            if len(reserved) == wanted:
                break
            if await self._ring(session, by_user[state.user_id], effect):
                reserved.append(_as_agent(users[state.user_id]))
            else:
                left_out.append((state.user_id, LeftOut.TAKEN_MEANWHILE.value))
        return (AgentsReserved(effect.offer_id, tuple(reserved), tuple(left_out)),)

    async def claim(self, session: Session, effect: ClaimAgent) -> None:
        """The ring becomes a conversation, unless the session has ended meanwhile."""

        def change(state: AgentState) -> AgentState:
            ring = None if state.ring is not None and state.ring.session_id == session.id else state.ring
            if session.phase is not Phase.CONNECTED:
                return replace(state, ring=ring)
            others = tuple(c for c in state.conversations if c != session.id)
            return replace(state, ring=ring, conversations=(*others, session.id))

        await self._change(session, effect.agent_id, change)

    async def release(self, session: Session, effect: ReleaseAgent) -> None:
        """End the ring of this offer; one that was not answered takes the agent out until reset (RONA)."""

        def change(state: AgentState) -> AgentState:
            if state.ring is None or state.ring.offer_id != effect.offer_id:
                return state
            return replace(state, ring=None, missed=effect.offer_id if effect.missed else state.missed)

        await self._change(session, effect.agent_id, change)
        if not effect.missed:
            await self.wake_waiting(session)

    async def free(self, session: Session, effect: FreeAgent) -> None:
        """The conversation is over: the agent is idle from now on, and whoever waits is looked at."""
        now = self._ports.clock.now()

        def change(state: AgentState) -> AgentState:
            ring = None if state.ring is not None and state.ring.session_id == session.id else state.ring
            left = tuple(c for c in state.conversations if c != session.id)
            idle_since = now if session.id in state.conversations else state.idle_since
            return replace(state, ring=ring, conversations=left, idle_since=idle_since)

        await self._change(session, effect.agent_id, change)
        await self.wake_waiting(session)

    async def wake_waiting(self, session: Session) -> None:
        """An agent of this queue may be free: look at the longest waiting."""
        now = self._ports.clock.now()
        for _, waiting in await self._ports.queue.first(_queue_of(session), FIRST):
            if waiting != session.id:
                await self._ports.timers.wake(waiting, now, "agent_freed")

    async def _candidates(self, session: Session) -> tuple[dict[str, User], list[tuple[str, str]]]:
        """Members with an Instant Messaging licence, or the user who is addressed; the others with their reasons."""
        left_out: list[tuple[str, str]] = []
        config, tenant_id = self._ports.config, session.tenant_id
        if session.contact.kind is ContactKind.USER:
            user = await config.user(tenant_id, session.contact.id)
            if user is None:
                return {}, [(session.contact.id, LeftOut.UNKNOWN_USER.value)]
            return {user.id: user}, left_out
        contact = await config.contact(tenant_id, session.contact, session.modality)
        members = contact.service.members if contact is not None and contact.service is not None else ()
        users: dict[str, User] = {}
        found = await asyncio.gather(*(config.user(tenant_id, member) for member in members))
        for member, user in zip(members, found, strict=True):
            if user is None:
                left_out.append((member, LeftOut.UNKNOWN_USER.value))
            elif Licence.INSTANT_MESSAGING not in user.licences:
                left_out.append((member, LeftOut.NO_LICENCE.value))
            else:
                users[member] = user
        return users, left_out

    async def _is_among_the_first(self, session: Session, count: int) -> bool:
        """Step 2. Hints of sessions that do not wait any more are deleted on the way."""
        queue = _queue_of(session)
        hints = await self._ports.queue.first(queue, count)
        if any(waiting == session.id for _, waiting in hints) or len(hints) < count:
            return True
        for queued_at, other in hints:
            record = await self._ports.sessions.read(other)
            if record is None or not _waits(record.session):
                await self._ports.queue.delete(queue, queued_at, other)
        hints = await self._ports.queue.first(queue, count)
        return any(waiting == session.id for _, waiting in hints) or len(hints) < count

    async def _settled(self, session: Session, user_id: str) -> AgentRecord | None:
        """An agent's row whose ring, if there is one, is really ringing: anything else is settled first.

        A row that stays contended is given as it is; a ring in it counts for now.
        """
        record = None
        for _ in range(TRIES):
            record = await self._ports.agent_store.read(session.tenant_id, user_id)
            if record is None or record.state.ring is None:
                return record
            new_state = await self._settle(record.state, record.state.ring)
            if new_state is None:
                return record
            try:
                await self._write(session.tenant_id, record, new_state)
            except VersionConflict:
                continue
        return record

    async def _settle(self, state: AgentState, ring: Ring) -> AgentState | None:
        """What the ring has become according to its session; None while it rings."""
        other = await self._ports.sessions.read(ring.session_id)
        if other is not None:
            session, task = other.session, other.session.task
            if session.phase is Phase.CONNECTED and session.agent is not None and session.agent.id == state.user_id:
                others = tuple(c for c in state.conversations if c != session.id)
                return replace(state, ring=None, conversations=(*others, session.id))
            if task is not None and task.offer_id == ring.offer_id:
                is_offered = task.phase is TaskPhase.OFFERED and task.invitation(state.user_id) is not None
                if task.phase is TaskPhase.OFFERING or is_offered:
                    return None
        return replace(state, ring=None)

    async def _why_not(
        self, session: Session, record: AgentRecord | None, user_id: str, effect: OfferTask
    ) -> LeftOut | None:
        if record is None:
            return LeftOut.NOT_REGISTERED
        if user_id in effect.passed_over:
            return LeftOut.DECLINED
        ring = record.state.ring
        if ring is not None and ring.offer_id != effect.offer_id:
            return LeftOut.RINGING
        tenant = await self._ports.config.tenant(session.tenant_id)
        return unavailable(record.state, tenant.conversations_per_agent if tenant else 1)

    async def _ring(self, session: Session, record: AgentRecord, effect: OfferTask) -> bool:
        """Step 4's conditional write; a ring of this very offer was set by a host that died, and counts."""
        if record.state.ring is not None and record.state.ring.offer_id == effect.offer_id:
            return True
        until = self._ports.clock.now() + timedelta(seconds=effect.ring_seconds)
        ringing = replace(record.state, ring=Ring(session.id, effect.offer_id, until))
        try:
            await self._write(session.tenant_id, record, ringing)
        except VersionConflict:
            return False
        return True

    async def _change(self, session: Session, agent_id: str, change: Callable[[AgentState], AgentState]) -> None:
        for attempt in range(TRIES):
            record = await self._ports.agent_store.read(session.tenant_id, agent_id)
            if record is None:
                return
            new_state = change(record.state)
            if new_state == record.state:
                return
            try:
                await self._write(session.tenant_id, record, new_state)
            except VersionConflict:
                await self._ports.clock.sleep(0.02 * (attempt + 1))
            else:
                return
        raise VersionConflict(f"agent {agent_id} stays contended")

    async def _write(self, tenant_id: str, record: AgentRecord, state: AgentState) -> None:
        await self._ports.agent_store.save(tenant_id, state, record.conversation, record.version)


def _queue_of(session: Session) -> str:
    return f"{session.tenant_id}:{session.contact.key}"


def _waits(session: Session) -> bool:
    waiting = (TaskPhase.WAITING, TaskPhase.OFFERING, TaskPhase.OFFERED)
    return session.phase is not Phase.ENDED and session.task is not None and session.task.phase in waiting


def _as_agent(user: User) -> Agent:
    return Agent(user.id, user.display_name, user.first_name, user.last_name, user.upn)
