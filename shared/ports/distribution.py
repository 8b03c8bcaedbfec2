"""Who waits, and who could answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.distribution import AgentState
from shared.domain.sessions import ContactReference
from shared.ports.agents import BotConversation


@dataclass(frozen=True)
class RecentWait:
    """How long a task waited until an agent took it, and from which place in the queue it began."""

    connected_at: datetime
    seconds: float
    position: int


@dataclass(frozen=True)
class Slot:
    """One of the places that a service has for tasks at the same time; `customer` is the digest of the address."""

    session_id: str
    taken_at: datetime
    customer: str = ""


@dataclass(frozen=True)
class Running:
    """A session that runs, as its slot says, and with which contact."""

    contact: ContactReference
    slot: Slot


@dataclass(frozen=True)
class RunningPage:
    """In the order of contacts; `next` is where to go on."""

    items: tuple[Running, ...]
    next: str | None = None


class QueueStore(Protocol):
    """Hints about who waits, and slots. Only hints: the session's row owns the task.

    A queue's name is its tenant's id, a colon, and the contact's key.
    """

    async def insert(self, queue: str, queued_at: datetime, session_id: str) -> None:
        """Idempotent."""
        ...

    async def delete(self, queue: str, queued_at: datetime, session_id: str) -> None:
        """Idempotent."""
        ...

    async def first(self, queue: str, count: int) -> Sequence[tuple[datetime, str]]:
        """The longest waiting hints: (queued_at, session id)."""
        ...

    async def remember_wait(self, queue: str, number: int, wait: RecentWait) -> None:
        """Put a recent wait in the place of this number."""
        ...

    async def recent_waits(self, queue: str) -> Sequence[RecentWait]:
        """A handful, in no order."""
        ...

    async def slots(self, queue: str) -> Mapping[int, Slot]:
        """All slots that are taken."""
        ...

    async def take_slot(self, queue: str, number: int, slot: Slot) -> None:
        """Raises AlreadyExists where it is taken."""
        ...

    async def keep_place(self, queue: str, slot: Slot) -> None:
        """Note that a session runs with a contact that has no cap; idempotent. `free_slot` takes it away."""
        ...

    async def running(
        self, tenant_id: str, contact: ContactReference | None, after: str | None, count: int
    ) -> RunningPage:
        """Sessions of a tenant, or of one contact, that have a slot; raises InvalidRequest for a wrong `after`."""
        ...

    async def free_slot(self, queue: str, session_id: str) -> None:
        """Free what this session has taken; idempotent."""
        ...


@dataclass(frozen=True)
class AgentRecord:
    state: AgentState
    conversation: BotConversation | None
    version: str


@dataclass(frozen=True)
class AgentPage:
    """In the order of ids; `next` is where to go on."""

    records: tuple[AgentRecord, ...]
    next: str | None = None


class AgentStore(Protocol):
    """One row for each agent of a tenant."""

    async def read(self, tenant_id: str, user_id: str) -> AgentRecord | None: ...

    async def list(self, tenant_id: str, after: str | None, count: int) -> AgentPage:
        """Agents of a tenant, so many at most; raises InvalidRequest where `after` is not the `next` of a page."""
        ...

    async def save(
        self, tenant_id: str, state: AgentState, conversation: BotConversation | None, version: str | None
    ) -> str:
        """Conditional write, or insert with version None; the new version. Raises VersionConflict."""
        ...
