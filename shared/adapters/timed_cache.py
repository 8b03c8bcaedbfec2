"""Values that may be a little old: read once for everybody who asks at the same time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True)
class _Entry(Generic[Value]):
    reading: asyncio.Task[Value]
    until: float


class TimedCache(Generic[Key, Value]):
    """Keeps each value for `seconds` from the moment its reading began, and forgets the oldest beyond `capacity`.

    A reading that fails is not kept; all who waited for it get its exception.
    """

    def __init__(self, seconds: float, capacity: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._capacity = capacity
        self._monotonic = monotonic
        self._entries: dict[Key, _Entry[Value]] = {}

    async def get(self, key: Key, read: Callable[[], Awaitable[Value]]) -> Value:
        now = self._monotonic()
        entry = self._entries.get(key)
        if entry is None or entry.until <= now:
            entry = _Entry(asyncio.ensure_future(_awaited(read)), now + self._seconds)
            self._remember(key, entry)
        # Whoever gives up waiting must not take the reading from the others.
        return await asyncio.shield(entry.reading)

    def forget(self, key: Key) -> None:
        self._entries.pop(key, None)

    def _remember(self, key: Key, entry: _Entry[Value]) -> None:
        self._entries.pop(key, None)
        if len(self._entries) >= self._capacity:
            self._entries.pop(next(iter(self._entries)))
        self._entries[key] = entry
        entry.reading.add_done_callback(lambda reading: self._drop_failed(key, reading))

    def _drop_failed(self, key: Key, reading: asyncio.Task[Value]) -> None:
        if reading.cancelled() or reading.exception() is not None:
            entry = self._entries.get(key)
            if entry is not None and entry.reading is reading:
                del self._entries[key]


async def _awaited(read: Callable[[], Awaitable[Value]]) -> Value:
    return await read()
