"""`make bench`, `python -m tests.bench [--quick | --costs | --growth | --cold]`: a table; numbers in .local/bench.json.

The exit code is 1 where a counted cost, a size, or the ratio of times with many and with few documents is above its
limit. Times themselves never fail a run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import (
    cold_starts,
    company,
    costs,
    growth_times,
    import_times,
    memory_use,
    message_times,
    session_times,
    start_times,
    widget_sizes,
)
from tests.bench.hosts import ROOT
from tests.bench.report import Results, document, lines
from tests.bench.stack import running
from tests.bench.times import CALL_FAILURES

FILE = ROOT / ".local" / "bench.json"


@dataclass(frozen=True)
class Extent:
    """How much is measured. `seconds` are for each line of the tables of times."""

    seconds: float
    callers: Sequence[int]
    conversations: Sequence[int]
    imports: int
    local_starts: int
    cold_starts: int
    quiet: bool
    growth: bool
    memory_messages: int


FULL = Extent(
    8.0,
    callers=(1, 8),
    conversations=(1, 4, 12),
    imports=5,
    local_starts=3,
    cold_starts=7,
    quiet=True,
    growth=True,
    memory_messages=10_000,
)
QUICK = Extent(
    2.0,
    callers=(1, 8),
    conversations=(1, 8),
    imports=3,
    local_starts=1,
    cold_starts=2,
    quiet=False,
    growth=False,
    memory_messages=200,
)


def main() -> int:
    """Measure what was asked for; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="everything, in less than a minute")
    extent.add_argument("--costs", action="store_true", help="the counted costs and the sizes only")
    extent.add_argument("--growth", action="store_true", help="only what takes longer where much is stored")
    extent.add_argument("--cold", action="store_true", help="only the start of a host until its first token")
    options = parser.parse_args()
    began, load = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="interact-bench-") as directory:
        if options.growth:
            results = Results(load, growth=_grown(Path(directory)))
        elif options.cold:
            results = Results(load, cold=asyncio.run(_cold(Path(directory), FULL.cold_starts)))
        else:
            results = _measure(Path(directory), load, None if options.costs else QUICK if options.quick else FULL)
    for line in lines(results):
        print(line)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(document(results), indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(f"Measured in {time.monotonic() - began:.0f} s; the numbers are in {FILE.relative_to(ROOT)}.")
    return 1 if results.excesses else 0


def _measure(directory: Path, load: float, extent: Extent | None) -> Results:
    sizes = widget_sizes.measure()
    _say("counting costs")
    counted = asyncio.run(costs.measure(directory / "counted", quiet=extent is not None and extent.quiet))
    if extent is None:
        return Results(load, counted, sizes=sizes)
    _say("timing imports")
    imports = import_times.measure(extent.imports)
    _say("timing starts of everything")
    starts = start_times.measure(directory / "local", extent.local_starts)
    cold = asyncio.run(_cold(directory, extent.cold_starts))
    sessions, messages, memory = asyncio.run(_under_load(directory, extent))
    growth = _grown(directory) if extent.growth else []
    return Results(load, counted, sessions, messages, imports, sizes, starts, growth, memory, cold)


def _grown(directory: Path) -> list[growth_times.Growth]:
    _say(f"storing {growth_times.MANY:,} of each")
    return asyncio.run(growth_times.measure(directory / "grown"))


async def _cold(directory: Path, repetitions: int) -> cold_starts.ColdStarts:
    _say("timing cold starts")
    async with running(directory / "cold") as stack:
        return await cold_starts.measure(stack, directory / "cold-empty", repetitions)


async def _under_load(
    directory: Path, extent: Extent
) -> tuple[list[session_times.StartTimes], list[message_times.MessageTimes], memory_use.MemoryUse | None]:
    count = max(extent.conversations)
    everybody = company.agents(2 * count)
    people, others = everybody[:count], everybody[count:]
    async with running(directory / "timed", agents=everybody) as stack:
        _say("timing starts of sessions")
        sessions = await session_times.measure(stack, directory / "empty", extent.callers, extent.seconds)
        _say("timing messages")
        messages: list[message_times.MessageTimes] = []
        memory = None
        try:
            messages = await message_times.measure(stack, people, extent.conversations, extent.seconds)
            _say("weighing the host")
            memory = await memory_use.measure(stack, others, extent.memory_messages)
        except CALL_FAILURES as error:
            # Times never fail a run, not even where none can be taken.
            _say(f"not all messages were timed: {error!r}")
    return sessions, messages, memory


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
