"""Values that may be a little old: read once for everybody who asks at the same time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

MISSES = 1_000


@dataclass(frozen=True)
class _Entry(Generic[Value]):
    reading: asyncio.Task[Value]
    until: float


class TimedCache(Generic[Key, Value]):
    """Keeps each value for `seconds` from the moment its reading began, and forgets the oldest beyond `capacity`.

    None, which says that there is nothing, has a room of its own for `misses` of them: whoever asks for what does not
    exist pushes out nothing that does. A reading that fails is not kept; all who waited for it get its exception.
    """

    def __init__(
        self, seconds: float, capacity: int, monotonic: Callable[[], float] = time.monotonic, misses: int = MISSES
    ) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._readings: dict[Key, _Entry[Value]] = {}
        self._values: _Room[Key, Value] = _Room(capacity)
        self._misses: _Room[Key, Value] = _Room(misses)

    async def get(self, key: Key, read: Callable[[], Awaitable[Value]]) -> Value:
        now = self._monotonic()
        entry = self._readings.get(key) or self._values.get(key) or self._misses.get(key)
        if entry is None or entry.until <= now:
            entry = _Entry(asyncio.ensure_future(_awaited(read)), now + self._seconds)
            self._begin(key, entry)
        # Whoever gives up waiting must not take the reading from the others.
        return await asyncio.shield(entry.reading)

    def forget(self, key: Key) -> None:
        for room in (self._readings, self._values, self._misses):
            room.pop(key, None)

    def _begin(self, key: Key, entry: _Entry[Value]) -> None:
        self.forget(key)
        self._readings[key] = entry
        entry.reading.add_done_callback(lambda _: self._keep(key, entry))

    def _keep(self, key: Key, entry: _Entry[Value]) -> None:
        if self._readings.get(key) is not entry:
            return  # forgotten meanwhile, or read anew
        del self._readings[key]
        if not entry.reading.cancelled() and entry.reading.exception() is None:
            room = self._misses if entry.reading.result() is None else self._values
            room.put(key, entry)


class _Room(dict[Key, _Entry[Value]]):
    """At most `capacity` entries; the oldest goes first."""

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self._capacity = capacity

    def put(self, key: Key, entry: _Entry[Value]) -> None:
        if len(self) >= self._capacity:
            del self[next(iter(self))]
        self[key] = entry


async def _awaited(read: Callable[[], Awaitable[Value]]) -> Value:
    return await read()
