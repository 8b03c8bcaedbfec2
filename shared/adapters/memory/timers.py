"""Timers that come due when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, order=True)
class WakeUp:
    due: datetime
    session_id: str
    reason: str


class MemoryTimers:
    """`due` holds what was asked for and has not been taken, `turns` (due, tenant id, turn) of looks at presence."""

    def __init__(self) -> None:
        self.due: list[WakeUp] = []
        self.turns: list[tuple[datetime, str, int]] = []

    async def wake(self, session_id: str, due: datetime, reason: str) -> None:
        self.due.append(WakeUp(due, session_id, reason))

    async def look_at_presence(self, tenant_id: str, turn: int, due: datetime) -> None:
        self.turns.append((due, tenant_id, turn))

    def take(self, now: datetime) -> list[WakeUp]:
        """Remove and return what has come due, earliest first."""
        ready = sorted(wake_up for wake_up in self.due if wake_up.due <= now)
        self.due = [wake_up for wake_up in self.due if wake_up.due > now]
        return ready
