"""Agents' rows: the one place where they are changed, conditionally and as often as it takes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from shared.domain.distribution import AgentState, Ring
from shared.domain.errors import VersionConflict
from shared.domain.sessions import Phase, TaskPhase
from shared.ports import AgentRecord, BotConversation, Ports

TRIES = 8

Change = Callable[[AgentState], AgentState]


class AgentRows:
    """Every write is conditional and may be repeated."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def change(
        self, tenant_id: str, user_id: str, change: Change, conversation: BotConversation | None = None
    ) -> AgentState | None:
        """Change a row that is there; a given `conversation` is where the agent can be written to from now on.

        None where there is no row. Raises VersionConflict where the row stays contended.
        """
        for attempt in range(TRIES):
            record = await self._ports.agent_store.read(tenant_id, user_id)
            if record is None:
                return None
            state = change(record.state)
            if state == record.state and conversation in (None, record.conversation):
                return state
            try:
                await self.write(tenant_id, record, state, conversation)
            except VersionConflict:
                await self._pause(attempt)
            else:
                return state
        raise VersionConflict(f"agent {user_id} stays contended")

    async def register(self, tenant_id: str, user_id: str, conversation: BotConversation) -> None:
        """Make the row, or mark the one that is there. Raises VersionConflict where it stays contended."""
        for attempt in range(TRIES):
            known = await self.change(tenant_id, user_id, lambda state: replace(state, registered=True), conversation)
            if known is not None:
                return
            try:
                new = AgentState(user_id, registered=True)
                await self._ports.agent_store.save(tenant_id, new, conversation, None)
            except VersionConflict:
                await self._pause(attempt)
            else:
                return
        raise VersionConflict(f"agent {user_id} stays contended")

    async def write(
        self, tenant_id: str, record: AgentRecord, state: AgentState, conversation: BotConversation | None = None
    ) -> None:
        """One conditional write; raises VersionConflict."""
        kept = conversation or record.conversation
        await self._ports.agent_store.save(tenant_id, state, kept, record.version)

    async def settled(self, tenant_id: str, user_id: str) -> AgentRecord | None:
        """An agent's row whose ring, if there is one, is really ringing: anything else is settled first.

        A row that stays contended is given as it is; a ring in it counts for now.
        """
        record = None
        for _ in range(TRIES):
            record = await self._ports.agent_store.read(tenant_id, user_id)
            if record is None or record.state.ring is None:
                return record
            state = await self._settle(record.state, record.state.ring)
            if state is None:
                return record
            try:
                await self.write(tenant_id, record, state)
            except VersionConflict:
                continue
        return record

    async def _settle(self, state: AgentState, ring: Ring) -> AgentState | None:
        """What the ring has become according to its session; None while it rings."""
        other = await self._ports.sessions.read(ring.session_id)
        if other is not None:
            session, task = other.session, other.session.task
            if session.phase is Phase.CONNECTED and session.agent is not None and session.agent.id == state.user_id:
                return with_conversation(state, session.id)
            if ring.picked_up and task is not None and task.phase is TaskPhase.WAITING:
                return None if self._ports.clock.now() < ring.until else replace(state, ring=None)
            if task is not None and task.offer_id == ring.offer_id:
                is_offered = task.phase is TaskPhase.OFFERED and task.invitation(state.user_id) is not None
                if task.phase is TaskPhase.OFFERING or is_offered:
                    return None
        return replace(state, ring=None)

    async def _pause(self, attempt: int) -> None:
        await self._ports.clock.sleep(0.02 * (attempt + random.random()))  # noqa: S311 (jitter)


def with_conversation(state: AgentState, session_id: str) -> AgentState:
    """The ring, if there was one, has become a conversation."""
    others = tuple(conversation for conversation in state.conversations if conversation != session_id)
    return replace(without_ring(state, session_id), conversations=(*others, session_id))


def without_offer(state: AgentState, offer_id: str) -> AgentState:
    """The state without a ring of this very offer, which keeps nobody from getting it."""
    rings = state.ring is not None and state.ring.offer_id == offer_id
    return replace(state, ring=None) if rings else state


def without_ring(state: AgentState, session_id: str) -> AgentState:
    rings = state.ring is not None and state.ring.session_id == session_id
    return replace(state, ring=None) if rings else state
