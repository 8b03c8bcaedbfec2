"""`make bench`, `python -m tests.bench [--quick | --costs]`: measure, print one table, write .local/bench.json.

The exit code is 1 where a counted cost or a size is above its limit. Times never fail a run.
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

from tests.bench import company, costs, import_times, message_times, session_times, start_times, widget_sizes
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
    quiet: bool


FULL = Extent(8.0, callers=(1, 8), conversations=(1, 4, 12), imports=5, local_starts=3, quiet=True)
QUICK = Extent(2.0, callers=(1, 8), conversations=(1, 8), imports=3, local_starts=1, quiet=False)


def main() -> int:
    """Measure what was asked for; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="everything, in less than a minute")
    extent.add_argument("--costs", action="store_true", help="the counted costs and the sizes only")
    options = parser.parse_args()
    began, load = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="interact-bench-") as directory:
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
    sessions, messages = asyncio.run(_under_load(directory, extent))
    return Results(load, counted, sessions, messages, imports, sizes, starts)


async def _under_load(
    directory: Path, extent: Extent
) -> tuple[list[session_times.StartTimes], list[message_times.MessageTimes]]:
    people = company.agents(max(extent.conversations))
    async with running(directory / "timed", counted=False, agents=people) as stack:
        _say("timing starts of sessions")
        sessions = await session_times.measure(stack, directory / "empty", extent.callers, extent.seconds)
        _say("timing messages")
        try:
            messages = await message_times.measure(stack, people, extent.conversations, extent.seconds)
        except CALL_FAILURES as error:
            # Times never fail a run, not even where none can be taken.
            _say(f"no messages were timed: {error!r}")
            messages = []
    return sessions, messages


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
