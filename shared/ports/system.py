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
