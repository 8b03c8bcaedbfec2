"""Push to widgets, in a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.availability import ContactState
from shared.ports import (
    RealtimeAccess,
)


@dataclass(frozen=True)
class Nudge:
    session_id: str
    state: str


class MemoryRealtime:
    """`nudges`, `presences` by key, and sessions with an agent `typing`, in order; `url` None: there is no push."""

    def __init__(self, url: str | None = "memory://realtime") -> None:
        self.url = url
        self.nudges: list[Nudge] = []
        self.presences: list[tuple[str, ContactState]] = []
        self.presence_times: list[datetime] = []
        self.typing: list[str] = []

    async def access(self, session_id: str) -> RealtimeAccess | None:
        return RealtimeAccess(self.url, f"realtime-{session_id}") if self.url else None

    async def nudge(self, session_id: str, state: str) -> None:
        self.nudges.append(Nudge(session_id, state))

    async def show_typing(self, session_id: str) -> None:
        self.typing.append(session_id)

    async def presence_access(self, key: str) -> RealtimeAccess | None:
        return RealtimeAccess(self.url, f"presence-{key}") if self.url else None

    async def publish_presence(self, key: str, state: ContactState, at: datetime) -> None:
        self.presences.append((key, state))
        self.presence_times.append(at)
