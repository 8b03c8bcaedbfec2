"""The store of sessions: state, effects and timeline, changed in conditional transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from shared.domain.effects import Effect
from shared.domain.sessions import Session, VisitorPresence
from shared.domain.workflows import Definition


@dataclass(frozen=True)
class Cursor:
    """How far the thread was relayed: the sequence of the last message, and the time from which to list."""

    sequence: int = 0
    since: datetime | None = None


@dataclass(frozen=True)
class Lease:
    """Who works on a session, and until when. `clean`: left on purpose, so no effect of it is in doubt."""

    owner: str
    until: datetime
    clean: bool = False


@dataclass(frozen=True)
class RelayState:
    """The relay's bookkeeping of one session, saved in one row with it.

    `armed_until`: a watchdog message exists that comes no later. `recent` are ids of the last messages relayed,
    `recent_client_ids` those that the widget gave them, by which a message that was sent twice is known.
    `busy_since`: when the effects pending now began; `doubts`: how often effect `doubtful` was left in doubt.
    """

    cursor: Cursor = Cursor()
    lease: Lease | None = None
    nudged: bool = False
    armed_until: datetime | None = None
    next_effect: int = 1
    recent: tuple[str, ...] = ()
    recent_client_ids: tuple[str, ...] = ()
    busy_since: datetime | None = None
    doubtful: int = 0
    doubts: int = 0


@dataclass(frozen=True)
class PendingEffect:
    number: int
    effect: Effect


@dataclass(frozen=True)
class SessionRecord:
    """All rows of a session that the relay needs, read as one range.

    `read_until`: the agent has read what the customer wrote up to then; None where Teams has not said so.
    """

    session: Session
    definition: Definition
    relay: RelayState
    body_hash: str
    version: str
    effects: tuple[PendingEffect, ...] = ()
    presence: VisitorPresence | None = None
    read_until: datetime | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """One line of a session's timeline: what happened and its details, never a text of a person."""

    at: datetime
    what: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SessionChange:
    """One conditional transaction: the new state, effects added and done, an activity seen, timeline lines.

    `definition`: takes the place of the one that the session was opened with, after a transfer; the hash of the
    request that opened it, `body_hash`, is written with it.
    """

    session: Session
    relay: RelayState
    add: tuple[PendingEffect, ...] = ()
    done: tuple[int, ...] = ()
    seen: str | None = None
    timeline: tuple[TimelineEntry, ...] = ()
    definition: Definition | None = None
    body_hash: str = ""


class SessionStore(Protocol):
    async def create(self, session: Session, definition: Definition, relay: RelayState, body_hash: str) -> str:
        """Insert a session; the version. Raises AlreadyExists."""
        ...

    async def read(self, session_id: str) -> SessionRecord | None: ...

    async def save(self, session_id: str, version: str, change: SessionChange) -> str:
        """All or nothing; the new version. Raises VersionConflict, or AlreadyExists where `seen` was seen before."""
        ...

    async def sign_of_life(self, session_id: str, presence: VisitorPresence) -> None: ...

    async def agent_has_read(self, session_id: str, until: datetime) -> None:
        """Write down how far the agent has read, beside the session and without a new version of it."""
        ...

    async def timeline(self, session_id: str) -> Sequence[TimelineEntry]: ...

    async def add_to_index(self, thread_id: str, session_id: str) -> None: ...

    async def session_of_thread(self, thread_id: str) -> str | None: ...

    async def remove_from_index(self, thread_id: str) -> None:
        """Idempotent."""
        ...
