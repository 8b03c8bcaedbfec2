"""What may happen only now and then, as this process remembers it."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.ports import Clock

REMEMBERED = 10_000


class Throttle:
    """At most once in `every` for each key."""

    def __init__(self, clock: Clock, every: timedelta) -> None:
        self._clock = clock
        self._every = every
        self._last: dict[str, datetime] = {}

    def left(self, key: str) -> timedelta:
        """How long to wait; nothing where it may happen now."""
        last = self._last.get(key)
        passed = self._every if last is None else self._clock.now() - last
        return max(timedelta(), self._every - passed)

    def is_soon(self, key: str) -> bool:
        """Whether it is too soon."""
        return self.left(key) > timedelta()

    def take(self, key: str) -> bool:
        """Whether it may happen now; if so it counts as happened."""
        if self.is_soon(key):
            return False
        # The newest at the end, so that the oldest is forgotten first.
        self._last.pop(key, None)
        self._last[key] = self._clock.now()
        while len(self._last) > REMEMBERED:
            del self._last[next(iter(self._last))]
        return True
