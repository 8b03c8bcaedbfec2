"""What was found out a moment ago: asked once for everybody who asks at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from shared.ports import Clock

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

REMEMBERED = 1_000


class Recently(Generic[Key, Value]):
    """Keeps each answer for `life` from the moment at which it was asked for; one that fails is not kept."""

    def __init__(self, clock: Clock, life: timedelta) -> None:
        self._clock = clock
        self._life = life
        self._answers: dict[Key, tuple[datetime, asyncio.Task[Value]]] = {}

    async def get(self, key: Key, ask: Callable[[], Awaitable[Value]]) -> Value:
        now = self._clock.now()
        known = self._answers.get(key)
        if known is None or known[0] <= now or _is_of_no_use(known[1]):
            known = self._answers[key] = (now + self._life, asyncio.ensure_future(_awaited(ask)))
            while len(self._answers) > REMEMBERED:
                del self._answers[next(iter(self._answers))]
        # Whoever gives up waiting must not take the answer from the others.
        return await asyncio.shield(known[1])

    def forget(self, key: Key) -> None:
        self._answers.pop(key, None)


def _is_of_no_use(asking: asyncio.Task[Value]) -> bool:
    return asking.done() and (asking.cancelled() or asking.exception() is not None)


async def _awaited(ask: Callable[[], Awaitable[Value]]) -> Value:
    return await ask()
