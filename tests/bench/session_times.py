"""How long it takes to start a session, next to a call of a function that does nothing.

A session is started as the widget does it, with services like the demo's in turns, through the host, the ACS stand-in
and Azurite. The empty function is a tiny app in a second host of the same kind, called in turns with the starts. What
follows a start in the background (greeting, queue, offers) competes with the next starts; with one caller it has a
moment to finish, so that the latency is that of the start alone. Sessions are ended after each round.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from tests.bench import company
from tests.bench.hosts import empty_host
from tests.bench.stack import Stack
from tests.bench.times import CALL_FAILURES, NOTHING, Times, load
from tests.bench.visitor import OwnCalls, Visitor

ROUNDS = 2
PAUSE = 0.2
"""Seconds between two starts of the only caller."""
SHARE_OF_EMPTY = 0.25
"""Of the time for sessions; many more empty calls fit into it."""
WARM_UP_SECONDS = 2.0
WORKERS_WHO_END = 8
BRANCHES = 20
"""Services. Each may have fifty tasks at the same time, and no round shall end because all of them have as many."""


@dataclass(frozen=True)
class StartTimes:
    """One concurrency: the sessions' times and those of the empty function."""

    workers: int
    sessions: Times
    empty: Times

    @property
    def ratio(self) -> float:
        """How many empty calls fit into the start of a session, by their medians."""
        return self.sessions.p50 / self.empty.p50 if self.empty.p50 else 0.0


async def measure(stack: Stack, directory: Path, workers: Sequence[int], seconds: float) -> list[StartTimes]:
    """Start sessions for so many seconds with each number of workers."""
    async with empty_host(directory) as empty_address:
        measuring = _Measuring(stack, empty_address, await company.open_branches(stack.storage, BRANCHES))
        await measuring.warm_up()
        return [await measuring.times(number, seconds / ROUNDS) for number in workers]


class _Measuring:
    def __init__(self, stack: Stack, empty_address: str, services: Sequence[str]) -> None:
        self._stack = stack
        self._empty_address = empty_address
        self._services = cycle(services)
        self._started: list[Visitor] = []

    async def warm_up(self) -> None:
        """Connections, caches, and the tokens of most of the 16 relays."""
        await load(self._call_empty, workers=8, seconds=WARM_UP_SECONDS / 4)
        await load(self._start, workers=8, seconds=WARM_UP_SECONDS)
        await self._end_all()

    async def times(self, workers: int, seconds: float) -> StartTimes:
        empty, sessions = NOTHING, NOTHING
        for _ in range(ROUNDS):
            empty += await load(self._call_empty, workers=workers, seconds=seconds * SHARE_OF_EMPTY)
            pause = PAUSE if workers == 1 else 0.0
            sessions += await load(self._start, workers=workers, seconds=seconds, pause=pause)
            await self._end_all()
        return StartTimes(workers, sessions, empty)

    async def _start(self) -> None:
        contact = {"serviceId": next(self._services)}
        self._started.append(await Visitor.start(self._stack, OwnCalls(), contact))

    async def _end_all(self) -> None:
        left, self._started = iter(self._started), []

        async def end_some() -> None:
            for visitor in left:
                # One that goes on waiting is only some more load.
                with contextlib.suppress(*CALL_FAILURES):
                    await visitor.end()

        await asyncio.gather(*(end_some() for _ in range(WORKERS_WHO_END)))

    async def _call_empty(self) -> None:
        async with self._stack.http.post(self._empty_address, json={}) as response:
            response.raise_for_status()
            await response.read()
