"""From the start of the host's process to the first visitor's token, next to a function that does nothing.

Both hosts are of the same kind and start in turns; the stand-ins and the storage run already, as Azure's services do.
Of the empty app the end is its first answer. Azure's own part, which finds an instance and brings the package there, is
in neither.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.hosts import empty_host
from tests.bench.stack import Stack
from tests.bench.visitor import OwnCalls, Visitor


@dataclass(frozen=True)
class ColdStarts:
    """Seconds of each start: until a host accepts connections, until the first token, until an empty app answers."""

    listening: Sequence[float]
    token: Sequence[float]
    empty: Sequence[float]

    @property
    def ratio(self) -> float:
        """How many starts of the empty app fit into one of ours, by their medians."""
        return statistics.median(self.token) / statistics.median(self.empty)


async def measure(stack: Stack, directory: Path, repetitions: int) -> ColdStarts:
    """End and start both so many times, after one start of each that is not counted."""
    await _ours(stack)
    await _empty(stack, directory)
    listening, token, empty = [], [], []
    for _ in range(repetitions):
        accepted, answered = await _ours(stack)
        listening.append(accepted)
        token.append(answered)
        empty.append(await _empty(stack, directory))
    return ColdStarts(listening, token, empty)


async def _ours(stack: Stack) -> tuple[float, float]:
    await stack.host.end()
    began = time.monotonic()
    await stack.host.start()
    await stack.host.answering()
    accepted = time.monotonic() - began
    visitor = await Visitor.start(stack, OwnCalls())
    answered = time.monotonic() - began
    if not visitor.session["messaging"]["token"]:
        raise ValueError("the session has no token")
    await visitor.end()
    return accepted, answered


async def _empty(stack: Stack, directory: Path) -> float:
    began = time.monotonic()
    async with empty_host(directory) as address, stack.http.post(address, json={}) as response:
        response.raise_for_status()
        return time.monotonic() - began
