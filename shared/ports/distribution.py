"""Who waits, and who could answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.distribution import AgentState
from shared.ports.agents import BotConversation


class QueueStore(Protocol):
    """Hints about who waits. Only a hint: the session's row owns the task."""

    async def insert(self, queue: str, queued_at: datetime, session_id: str) -> None:
        """Idempotent."""
        ...

    async def delete(self, queue: str, queued_at: datetime, session_id: str) -> None:
        """Idempotent."""
        ...

    async def first(self, queue: str, count: int) -> Sequence[tuple[datetime, str]]:
        """The longest waiting hints: (queued_at, session id)."""
        ...


@dataclass(frozen=True)
class AgentRecord:
    state: AgentState
    conversation: BotConversation | None
    version: str


class AgentStore(Protocol):
    """One row for each agent of a tenant."""

    async def read(self, tenant_id: str, user_id: str) -> AgentRecord | None: ...

    async def save(
        self, tenant_id: str, state: AgentState, conversation: BotConversation | None, version: str | None
    ) -> str:
        """Conditional write, or insert with version None; the new version. Raises VersionConflict."""
        ...
