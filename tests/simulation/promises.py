"""Stores that look at every write: what must never be so, not even for a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from shared.adapters.memory import MemoryAgentStore, MemoryQueueStore, MemorySessionStore
from shared.domain.distribution import AgentState
from shared.domain.sessions import ContactKind, ContactReference, Phase, Session
from shared.domain.workflows import Definition
from shared.ports import BotConversation, RelayState, SessionChange
from shared.workflow.transfers import MOST_TRANSFERS
from tests.simulation.tenant import TENANT_ID, Scene

ORDER = list(Phase)
Tell = Callable[[str], None]


class WatchedSessions(MemorySessionStore):
    """One accepter for each task, nobody beyond the capacity, and no service beyond its cap."""

    def __init__(self, scene: Scene, queue: MemoryQueueStore, tell: Tell) -> None:
        super().__init__()
        self._scene, self._queue, self._tell = scene, queue, tell

    async def create(self, session: Session, definition: Definition, relay: RelayState, body_hash: str) -> str:
        version = await super().create(session, definition, relay, body_hash)
        self._look_at_the_service(session)
        return version

    async def save(self, session_id: str, version: str, change: SessionChange) -> str:
        before = self.rows[session_id].session if session_id in self.rows else None
        saved = await super().save(session_id, version, change)
        if before is not None:
            self._compare(before, change.session)
        return saved

    def _compare(self, before: Session, after: Session) -> None:
        if ORDER.index(after.phase) < ORDER.index(before.phase):
            self._tell(f"{after.id} goes back from {before.phase} to {after.phase}")
        if before.agent is not None and after.agent != before.agent:
            self._tell(f"{after.id} was accepted by {before.agent.id} and by {after.agent and after.agent.id}")
        if after.phase is Phase.CONNECTED and before.phase is not Phase.CONNECTED and after.agent is not None:
            self._look_at_the_agent(after.agent.id)
        if after.transfers > MOST_TRANSFERS:
            self._tell(f"{after.id} was transferred {after.transfers} times")
        if after.contact != before.contact and after.phase is not Phase.ENDED:
            self._look_at_the_service(after)

    def _look_at_the_agent(self, agent_id: str) -> None:
        talking = [
            session.id
            for session in self._all()
            if session.phase is Phase.CONNECTED and session.agent is not None and session.agent.id == agent_id
        ]
        if len(talking) > self._scene.capacity:
            self._tell(f"{agent_id} talks with {talking}, more than {self._scene.capacity}")

    def _look_at_the_service(self, session: Session) -> None:
        if session.contact.kind is not ContactKind.SERVICE:
            return
        there = [one.id for one in self._all() if one.contact == session.contact and one.phase is not Phase.ENDED]
        if len(there) > self._scene.cap:
            self._tell(f"{session.contact.id} has {there}, more than {self._scene.cap}")
        if session.id not in self.holders(session.contact):
            self._tell(f"{session.id} is in {session.contact.id} without a slot")

    def holders(self, contact: ContactReference) -> set[str]:
        """The sessions that hold slots of a service."""
        return {slot.session_id for slot in self._queue.taken.get(f"{TENANT_ID}:{contact.key}", {}).values()}

    def _all(self) -> list[Session]:
        return [rows.session for rows in self.rows.values()]


class WatchedAgents(MemoryAgentStore):
    """Nobody rings who is not selectable at that moment."""

    def __init__(self, scene: Scene, now: Callable[[], datetime], tell: Tell) -> None:
        super().__init__()
        self._scene, self._now, self._tell = scene, now, tell

    async def save(
        self, tenant_id: str, state: AgentState, conversation: BotConversation | None, version: str | None
    ) -> str:
        known = self.records.get((tenant_id, state.user_id))
        saved = await super().save(tenant_id, state, conversation, version)
        if known is not None and state.ring is not None and state.ring != known.state.ring:
            self._look_at(known.state)
        return saved

    def _look_at(self, before: AgentState) -> None:
        has_work = before.after_call_until is not None and self._now() < before.after_call_until
        is_full = len(before.conversations) >= self._scene.capacity
        reasons: dict[str, Any] = {
            "off duty": not before.on_duty,
            "missed": before.missed,
            "has after-call work": has_work,
            "at capacity": is_full,
        }
        for reason in (name for name, holds in reasons.items() if holds):
            self._tell(f"{before.user_id} rings although {reason}")
