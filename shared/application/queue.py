"""The queue: who is offered a task. The session's row owns the task; an agent's ring counts only while that says so.

The steps carry the numbers of docs/architecture.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shared.application.agent_rows import AgentRows, with_conversation, without_offer, without_ring
from shared.application.members import Candidates, Members
from shared.application.occasions import AGENT_FREED
from shared.application.waiting import Waiting, queue_of
from shared.domain.availability import TeamsPresence, not_selectable
from shared.domain.distribution import (
    AGENTS_AT_ONCE,
    REMEMBERED_CONVERSATIONS,
    AgentState,
    Distribution,
    LeftOut,
    Ring,
    longest_idle_first,
)
from shared.domain.effects import ClaimAgent, FreeAgent, OfferTask, ReleaseAgent
from shared.domain.errors import VersionConflict
from shared.domain.events import AgentsReserved, Event
from shared.domain.parameters import Agent
from shared.domain.sessions import Phase, Session, TaskPhase
from shared.domain.users import User
from shared.ports import AgentRecord, Ports
from shared.workflow.offers import LOOK_AGAIN

FIRST = 4
"""At least so many of the longest waiting tasks are offered at the same time."""

SOON = timedelta(seconds=1)
"""An offer to ten releases nine agents one after the other: who waits is looked at once for all of them."""


class TaskQueue:
    """Reserves, claims and frees agents; every write is conditional and may be repeated."""

    def __init__(self, ports: Ports, rows: AgentRows, waiting: Waiting) -> None:
        self._ports = ports
        self._rows = rows
        self._waiting = waiting
        self._members = Members(ports)

    async def offer(self, session: Session, effect: OfferTask) -> tuple[Event, ...]:
        """Steps 2 and 4: reserve agents for this round; nothing where the round is over already."""
        task = session.task
        if task is None or task.phase is not TaskPhase.OFFERING or task.offer_id != effect.offer_id:
            return ()
        candidates = await self._members.candidates(session.tenant_id, session.contact)
        if not await self._waiting.is_among_the_first(session, max(FIRST, len(candidates.users))):
            return (AgentsReserved(effect.offer_id, ()),)
        free, left_out = await self._free(session, candidates, effect)
        left_out = [*candidates.left_out, *left_out]
        reserved: list[Agent] = []
        wanted = AGENTS_AT_ONCE[Distribution(effect.distribution)]
        in_turn = [state.user_id for state in longest_idle_first(record.state for record in free.values())]
        while in_turn and len(reserved) < wanted:
            several, in_turn = in_turn[: wanted - len(reserved)], in_turn[wanted - len(reserved) :]
            rings = await asyncio.gather(*(self._ring(session, free[user_id], effect) for user_id in several))
            outcomes = list(zip(several, rings, strict=True))
            reserved += [as_agent(candidates.users[user_id]) for user_id, has_rung in outcomes if has_rung]
            left_out += [(user_id, LeftOut.TAKEN_MEANWHILE) for user_id, has_rung in outcomes if not has_rung]
        reasons = tuple((user_id, reason.value) for user_id, reason in left_out)
        return (AgentsReserved(effect.offer_id, tuple(reserved), reasons),)

    async def claim(self, session: Session, effect: ClaimAgent) -> None:
        """The ring becomes a conversation, unless the session has ended meanwhile."""

        def change(state: AgentState) -> AgentState:
            if session.phase is not Phase.CONNECTED:
                return without_ring(state, session.id)
            return with_conversation(state, session.id)

        await self._rows.change(session.tenant_id, effect.agent_id, change)

    async def release(self, session: Session, effect: ReleaseAgent) -> None:
        """End the ring of this offer; one that was not answered takes the agent out until reset (RONA)."""

        def change(state: AgentState) -> AgentState:
            if state.ring is None or state.ring.offer_id != effect.offer_id:
                return state
            return replace(state, ring=None, missed=effect.offer_id if effect.missed else state.missed)

        await self._rows.change(session.tenant_id, effect.agent_id, change)
        if not effect.missed:
            await self._waiting.wake_for(session.tenant_id, effect.agent_id, besides=session, within=SOON)

    async def free(self, session: Session, effect: FreeAgent) -> None:
        """The conversation is over: the agent is idle from now on or has after-call work, and whoever waits is told."""
        now = self._ports.clock.now()
        until = now + timedelta(seconds=effect.after_call_work) if effect.after_call_work else None

        def change(state: AgentState) -> AgentState:
            left = tuple(c for c in state.conversations if c != session.id)
            if session.id not in state.conversations:
                return replace(without_ring(state, session.id), conversations=left)
            has_work_until = max(filter(None, (until, state.after_call_until)), default=None)
            ended = (*(one for one in state.ended if one != session.id), session.id)[-REMEMBERED_CONVERSATIONS:]
            idle = replace(state, conversations=left, idle_since=now, after_call_until=has_work_until, ended=ended)
            return without_ring(idle, session.id)

        await self._rows.change(session.tenant_id, effect.agent_id, change)
        await self._waiting.wake_for(session.tenant_id, effect.agent_id, besides=session)
        if until is not None:
            await self._waiting.wake_for(session.tenant_id, effect.agent_id, besides=session, at=until)

    async def _free(
        self, session: Session, candidates: Candidates, effect: OfferTask
    ) -> tuple[Mapping[str, AgentRecord], list[tuple[str, LeftOut]]]:
        """Who can be offered the task, and why the others cannot."""
        tenant_id = session.tenant_id
        settling = (self._rows.settled(tenant_id, user_id) for user_id in candidates.users)
        presences, records = await asyncio.gather(
            self._members.presences(tenant_id, candidates), asyncio.gather(*settling)
        )
        free: dict[str, AgentRecord] = {}
        left_out: list[tuple[str, LeftOut]] = []
        ready: list[datetime] = []
        for user_id, record in zip(candidates.users, records, strict=True):
            reason = LeftOut.DECLINED if user_id in effect.passed_over else None
            if reason is None:
                state = without_offer(record.state, effect.offer_id) if record else None
                presence = presences.get(user_id, TeamsPresence.UNKNOWN)
                reason = not_selectable(state, presence, candidates.rules, self._ports.clock.now())
            if reason is not None:
                left_out.append((user_id, reason))
            elif record is not None:
                free[user_id] = record
            if reason is LeftOut.AFTER_CALL_WORK and record is not None and record.state.after_call_until is not None:
                ready.append(record.state.after_call_until)
        if ready and not free:
            await self._look_when_work_is_over(session, min(ready))
        return free, left_out

    async def _look_when_work_is_over(self, session: Session, at: datetime) -> None:
        """A task that began to wait during the work is not in those that were woken for its end beforehand."""
        if at < self._ports.clock.now() + LOOK_AGAIN:
            await self._ports.timers.wake(session.id, at, AGENT_FREED)

    async def _ring(self, session: Session, record: AgentRecord, effect: OfferTask) -> bool:
        """Step 4's conditional write; a ring of this very offer was set by a host that died, and counts."""
        if record.state.ring is not None and record.state.ring.offer_id == effect.offer_id:
            return True
        until = self._ports.clock.now() + timedelta(seconds=effect.ring_seconds)
        ringing = replace(record.state, ring=Ring(session.id, effect.offer_id, until))
        try:
            await self._rows.write(session.tenant_id, record, ringing)
        except VersionConflict:
            return False
        return True


def as_agent(user: User) -> Agent:
    return Agent(user.id, user.display_name, user.first_name, user.last_name, user.upn)


__all__ = ["TaskQueue", "as_agent", "queue_of"]
