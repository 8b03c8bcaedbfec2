"""Sessions in Table Storage: one partition for each, so that everything about one changes in one transaction.

    live:definition     what the session was opened with, and the hash of that request; replaced by a transfer only
    live:effect:{n}     to be done; deleted, with its text, when done
    live:presence       the visitor's last sign of life
    live:read           how far the agent has read
    live:state          session and relay; its ETag is the session's version
    seen:{activity}     an activity of the bot that was taken in
    timeline:{n}        what the n-th save added to the timeline

A read is the range of `live`; the others sort behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.adapters.documents import effect_from_json, from_json, to_json
from shared.adapters.rows import joined_text, key, part, prefix, text_properties
from shared.adapters.table_operations import Delete, Insert, Operation, Put
from shared.adapters.tables import INDEX, SESSIONS, Row, Tables
from shared.adapters.transactions import rows_of_effects
from shared.domain.errors import AlreadyExists
from shared.domain.sessions import Session, VisitorPresence
from shared.domain.workflows import Definition
from shared.ports import PendingEffect, RelayState, SessionChange, SessionRecord, TimelineEntry

LIVE = "live"
DEFINITION = key(LIVE, "definition")
PRESENCE = key(LIVE, "presence")
READ = key(LIVE, "read")
STATE = key(LIVE, "state")
REMEMBERED_THREADS = 10_000


@dataclass(frozen=True)
class _State:
    """The document of the state row."""

    session: Session
    relay: RelayState


@dataclass(frozen=True)
class _Lines:
    """The document of a timeline row."""

    entries: tuple[TimelineEntry, ...]


class TableSessionStore:
    """A version is the number of saves and the ETag of the state row, joined by a space."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._sessions_of_threads: dict[str, str] = {}

    async def create(self, session: Session, definition: Definition, relay: RelayState, body_hash: str) -> str:
        frozen = {**text_properties("data", to_json(definition)), "body_hash": body_hash}
        operations = (
            Insert(STATE, {**text_properties("data", to_json(_State(session, relay))), "saves": 0}),
            Insert(DEFINITION, frozen),
        )
        try:
            versions = await self._tables.write(SESSIONS, part(session.id), *operations)
        except AlreadyExists as error:
            raise AlreadyExists(session.id) from error
        return f"0 {versions[0]}"

    async def read(self, session_id: str) -> SessionRecord | None:
        found = await self._tables.between(SESSIONS, part(session_id), *prefix(LIVE))
        rows = {row.key: row for row in found}
        if STATE not in rows or DEFINITION not in rows:
            return None
        state = from_json(_State, _data(rows[STATE]))
        presence, read = rows.get(PRESENCE), rows.get(READ)
        start, before = prefix(LIVE, "effect")
        return SessionRecord(
            session=state.session,
            definition=from_json(Definition, _data(rows[DEFINITION])),
            relay=state.relay,
            body_hash=str(rows[DEFINITION].values["body_hash"]),
            version=f"{rows[STATE].values['saves']} {rows[STATE].version}",
            effects=tuple(
                PendingEffect(int(row.key.removeprefix(start)), effect_from_json(_data(row)))
                for row in found
                if start <= row.key < before
            ),
            presence=from_json(VisitorPresence, _data(presence)) if presence else None,
            read_until=from_json(datetime, _data(read)) if read else None,
        )

    async def save(self, session_id: str, version: str, change: SessionChange) -> str:
        count, _, etag = version.partition(" ")
        saves = int(count) + 1
        added, done = rows_of_effects(change)
        state = _State(change.session, change.relay)
        operations: list[Operation] = [Insert(key("seen", change.seen))] if change.seen is not None else []
        operations.append(Put(STATE, {**text_properties("data", to_json(state)), "saves": saves}, etag))
        operations += [Put(_effect(one.number), text_properties("data", to_json(one.effect))) for one in added]
        operations += [Delete(_effect(number)) for number in done]
        if change.definition is not None:
            frozen = {**text_properties("data", to_json(change.definition)), "body_hash": change.body_hash}
            operations.append(Put(DEFINITION, frozen))
        if change.timeline:
            lines = text_properties("data", to_json(_Lines(change.timeline)))
            operations.append(Put(key("timeline", f"{saves:010}"), lines))
        try:
            versions = await self._tables.write(SESSIONS, part(session_id), *operations)
        except AlreadyExists as error:
            raise AlreadyExists(change.seen or session_id) from error
        return f"{saves} {versions[0 if change.seen is None else 1]}"

    async def sign_of_life(self, session_id: str, presence: VisitorPresence) -> None:
        await self._tables.put(SESSIONS, part(session_id), PRESENCE, text_properties("data", to_json(presence)))

    async def agent_has_read(self, session_id: str, until: datetime) -> None:
        await self._tables.put(SESSIONS, part(session_id), READ, text_properties("data", to_json(until)))

    async def timeline(self, session_id: str) -> Sequence[TimelineEntry]:
        rows = await self._tables.between(SESSIONS, part(session_id), *prefix("timeline"))
        return [entry for row in rows for entry in from_json(_Lines, _data(row)).entries]

    async def add_to_index(self, thread_id: str, session_id: str) -> None:
        await self._tables.put(INDEX, part(thread_id), "session", {"session": session_id})

    async def session_of_thread(self, thread_id: str) -> str | None:
        if thread_id not in self._sessions_of_threads:
            row = await self._tables.get(INDEX, part(thread_id), "session")
            if row is None:
                return None
            if len(self._sessions_of_threads) >= REMEMBERED_THREADS:
                self._sessions_of_threads.pop(next(iter(self._sessions_of_threads)))
            self._sessions_of_threads[thread_id] = str(row.values["session"])
        return self._sessions_of_threads[thread_id]

    async def remove_from_index(self, thread_id: str) -> None:
        self._sessions_of_threads.pop(thread_id, None)
        await self._tables.remove(INDEX, part(thread_id), "session")


def _effect(number: int) -> str:
    return key(LIVE, "effect", f"{number:010}")


def _data(row: Row) -> str:
    return joined_text("data", row.values)
