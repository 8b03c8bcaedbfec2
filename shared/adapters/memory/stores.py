"""Sessions, queue hints and agents in dicts, with the conditional writes of the real tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.adapters.transactions import rows_of_effects
from shared.domain.distribution import AgentState
from shared.domain.effects import Effect
from shared.domain.errors import AlreadyExists, InvalidRequest, VersionConflict
from shared.domain.sessions import ContactKind, ContactReference, Session, VisitorPresence
from shared.domain.workflows import Definition
from shared.ports import (
    AgentPage,
    AgentRecord,
    BotConversation,
    PendingEffect,
    RecentWait,
    RelayState,
    Running,
    RunningPage,
    SessionChange,
    SessionRecord,
    Slot,
    TimelineEntry,
)


@dataclass
class SessionRows:
    """The partition of one session."""

    session: Session
    definition: Definition
    relay: RelayState
    body_hash: str
    version: int = 1
    effects: dict[int, Effect] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    timeline: list[TimelineEntry] = field(default_factory=list)
    presence: VisitorPresence | None = None
    read_until: datetime | None = None


class MemorySessionStore:
    """`rows` by session id, `index` thread id → session id."""

    def __init__(self) -> None:
        self.rows: dict[str, SessionRows] = {}
        self.index: dict[str, str] = {}

    async def create(self, session: Session, definition: Definition, relay: RelayState, body_hash: str) -> str:
        if session.id in self.rows:
            raise AlreadyExists(session.id)
        self.rows[session.id] = SessionRows(session, definition, relay, body_hash)
        return "1"

    async def read(self, session_id: str) -> SessionRecord | None:
        rows = self.rows.get(session_id)
        if rows is None:
            return None
        return SessionRecord(
            session=rows.session,
            definition=rows.definition,
            relay=rows.relay,
            body_hash=rows.body_hash,
            version=str(rows.version),
            effects=tuple(PendingEffect(number, rows.effects[number]) for number in sorted(rows.effects)),
            presence=rows.presence,
            read_until=rows.read_until,
        )

    async def save(self, session_id: str, version: str, change: SessionChange) -> str:
        added, done = rows_of_effects(change)
        rows = self.rows.get(session_id)
        if rows is not None and change.seen is not None and change.seen in rows.seen:
            raise AlreadyExists(change.seen)
        if rows is None or str(rows.version) != version or any(number not in rows.effects for number in done):
            raise VersionConflict(f"session {session_id} is not at version {version}")
        rows.session, rows.relay = change.session, change.relay
        rows.version += 1
        rows.effects.update({pending.number: pending.effect for pending in added})
        for number in done:
            del rows.effects[number]
        if change.seen is not None:
            rows.seen.add(change.seen)
        if change.definition is not None:
            rows.definition, rows.body_hash = change.definition, change.body_hash
        rows.timeline.extend(change.timeline)
        return str(rows.version)

    async def sign_of_life(self, session_id: str, presence: VisitorPresence) -> None:
        if session_id in self.rows:
            self.rows[session_id].presence = presence

    async def agent_has_read(self, session_id: str, until: datetime) -> None:
        if session_id in self.rows:
            self.rows[session_id].read_until = until

    async def timeline(self, session_id: str) -> Sequence[TimelineEntry]:
        return tuple(self.rows[session_id].timeline) if session_id in self.rows else ()

    async def add_to_index(self, thread_id: str, session_id: str) -> None:
        self.index[thread_id] = session_id

    async def session_of_thread(self, thread_id: str) -> str | None:
        return self.index.get(thread_id)

    async def remove_from_index(self, thread_id: str) -> None:
        self.index.pop(thread_id, None)


class MemoryQueueStore:
    """`hints` maps queue → set of (queued_at, session id), `waits` and `taken` queue → number → wait or slot, and
    `places` queue → session id → slot.
    """

    def __init__(self) -> None:
        self.waits: dict[str, dict[int, RecentWait]] = {}
        self.taken: dict[str, dict[int, Slot]] = {}
        self.places: dict[str, dict[str, Slot]] = {}
        self.hints: dict[str, set[tuple[datetime, str]]] = {}

    async def insert(self, queue: str, queued_at: datetime, session_id: str) -> None:
        self.hints.setdefault(queue, set()).add((queued_at, session_id))

    async def delete(self, queue: str, queued_at: datetime, session_id: str) -> None:
        self.hints.get(queue, set()).discard((queued_at, session_id))

    async def first(self, queue: str, count: int) -> Sequence[tuple[datetime, str]]:
        return sorted(self.hints.get(queue, set()))[:count]

    async def remember_wait(self, queue: str, number: int, wait: RecentWait) -> None:
        self.waits.setdefault(queue, {})[number] = wait

    async def recent_waits(self, queue: str) -> Sequence[RecentWait]:
        return tuple(self.waits.get(queue, {}).values())

    async def slots(self, queue: str) -> Mapping[int, Slot]:
        return dict(self.taken.get(queue, {}))

    async def take_slot(self, queue: str, number: int, slot: Slot) -> None:
        taken = self.taken.setdefault(queue, {})
        if number in taken:
            raise AlreadyExists(f"slot {number}")
        taken[number] = slot

    async def keep_place(self, queue: str, slot: Slot) -> None:
        self.places.setdefault(queue, {})[slot.session_id] = slot

    async def running(
        self, tenant_id: str, contact: ContactReference | None, after: str | None, count: int
    ) -> RunningPage:
        if after is not None and not (after.isascii() and after.isdecimal() and len(after) < 10):
            raise InvalidRequest("is not the `next` of a page", "after")
        begin = f"{tenant_id}:" if contact is None else f"{tenant_id}:{contact.key}"
        queues = sorted({*self.taken, *self.places})
        found = [
            Running(ContactReference(ContactKind(queue.split(":", 2)[1]), queue.split(":", 2)[2]), slot)
            for queue in queues
            if queue.startswith(begin) and (contact is None or queue == begin)
            for slot in (*self.taken.get(queue, {}).values(), *self.places.get(queue, {}).values())
        ]
        start, end = int(after or 0), int(after or 0) + count
        return RunningPage(tuple(found[start:end]), str(end) if end < len(found) else None)

    async def free_slot(self, queue: str, session_id: str) -> None:
        taken = self.taken.get(queue, {})
        for number in [number for number, slot in taken.items() if slot.session_id == session_id]:
            del taken[number]
        self.places.get(queue, {}).pop(session_id, None)


class MemoryAgentStore:
    """`records` by (tenant id, user id)."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], AgentRecord] = {}

    async def read(self, tenant_id: str, user_id: str) -> AgentRecord | None:
        return self.records.get((tenant_id, user_id))

    async def list(self, tenant_id: str, after: str | None, count: int) -> AgentPage:
        if after is not None and not (after.isascii() and after.isdecimal() and len(after) < 10):
            raise InvalidRequest("is not the `next` of a page", "after")
        found = [record for (tenant, _), record in sorted(self.records.items()) if tenant == tenant_id]
        start, end = int(after or 0), int(after or 0) + count
        return AgentPage(tuple(found[start:end]), str(end) if end < len(found) else None)

    async def save(
        self, tenant_id: str, state: AgentState, conversation: BotConversation | None, version: str | None
    ) -> str:
        key = (tenant_id, state.user_id)
        stored = self.records.get(key)
        if (stored.version if stored else None) != version:
            raise VersionConflict(f"agent {state.user_id} is not at version {version}")
        record = AgentRecord(state, conversation, version=str(int(version or "0") + 1))
        self.records[key] = record
        return record.version

    def change(self, tenant_id: str, user_id: str, **changes: object) -> None:
        """For tests: put an agent's state as it is wanted, as another writer would."""
        record = self.records[(tenant_id, user_id)]
        state = replace(record.state, **changes)  # type: ignore[arg-type]  # the names are those of AgentState
        self.records[(tenant_id, user_id)] = AgentRecord(state, record.conversation, str(int(record.version) + 1))
