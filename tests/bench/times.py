"""Latencies under a closed load: so many workers, each of which asks again as soon as it was answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp

CALL_FAILURES = (aiohttp.ClientError, TimeoutError)


@dataclass(frozen=True)
class Times:
    """Latencies of single calls in seconds, and how long all calls took; `failures` are only counted."""

    latencies: Sequence[float]
    seconds: float
    failures: int = 0

    @property
    def p50(self) -> float:
        return self._percentile(0.50)

    @property
    def p95(self) -> float:
        return self._percentile(0.95)

    @property
    def p99(self) -> float:
        return self._percentile(0.99)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def __add__(self, other: Times) -> Times:
        """Two runs one after the other."""
        return Times([*self.latencies, *other.latencies], self.seconds + other.seconds, self.failures + other.failures)

    def _percentile(self, share: float) -> float:
        """The smallest latency that is not exceeded by this share; 0 where nothing succeeded."""
        ranked = sorted(self.latencies)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0


NOTHING = Times((), 0.0)


async def load(call: Callable[[], Awaitable[object]], *, workers: int, seconds: float, pause: float = 0.0) -> Times:
    """Call until the seconds are over; each worker rests for `pause` seconds after a call, which counts in no time.

    A call that is refused or takes too long is a failure.
    """
    latencies: list[float] = []
    failures = 0
    began = time.perf_counter()

    async def work() -> float:
        """How long this worker worked."""
        nonlocal failures
        worked = 0.0
        while (asked := time.perf_counter()) - began < seconds:
            try:
                await call()
            except CALL_FAILURES:
                failures += 1
            else:
                latencies.append(time.perf_counter() - asked)
            worked += time.perf_counter() - asked
            await asyncio.sleep(pause)
        return worked

    seconds_worked = max(await asyncio.gather(*(work() for _ in range(workers))))
    return Times(latencies, seconds_worked, failures)
