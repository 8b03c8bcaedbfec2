"""Time and chance."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time now, with time zone UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Ids(Protocol):
    def new(self) -> str:
        """A random id of at least 128 bits."""
        ...


class Timers(Protocol):
    async def wake(self, session_id: str, due: datetime, reason: str) -> None:
        """Look at the session again, never before `due`. Repeats are harmless."""
        ...

    async def look_at_presence(self, tenant_id: str, turn: int, due: datetime) -> None:
        """Take this turn of looking at what is watched of the tenant, up to a second before `due`."""
        ...
