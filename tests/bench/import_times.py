"""How long `function_app` takes to import, next to `azure.functions`, which no Python function app can do without.

Each import runs in a fresh interpreter, whose own start is not measured; the two take turns. They are compared by CPU
time, which other programs on the machine disturb least. Where ours takes much longer, the modules with the most time of
their own are named (`-X importtime`).
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.bench.hosts import ROOT

OURS, THEIRS = "function_app", "azure.functions"
MUCH_LONGER = 1.5
HEAVIEST = 10
LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock and seconds of CPU."""

    clock: float
    cpu: float

    @classmethod
    def median(cls, several: Sequence[Spent]) -> Spent:
        return cls(statistics.median(one.clock for one in several), statistics.median(one.cpu for one in several))


@dataclass(frozen=True)
class ImportTimes:
    """Medians; `heaviest` are modules that only ours needs, with their own milliseconds."""

    ours: Spent
    theirs: Spent
    heaviest: tuple[tuple[str, float], ...] = ()

    @property
    def ratio(self) -> float:
        return self.ours.cpu / self.theirs.cpu


def measure(repetitions: int = 5) -> ImportTimes:
    """Import both so many times."""
    _import(OURS)  # writes the bytecode where it is missing
    pairs = [(_import(OURS), _import(THEIRS)) for _ in range(repetitions)]
    times = ImportTimes(Spent.median([ours for ours, _ in pairs]), Spent.median([theirs for _, theirs in pairs]))
    return replace(times, heaviest=_heaviest()) if times.ratio > MUCH_LONGER else times


def _import(module: str) -> Spent:
    clocks = "time.perf_counter(), time.process_time()"
    code = f"import time; a, b = {clocks}; import {module}; c, d = {clocks}; print(c - a, d - b)"
    clock, cpu = _python("-c", code).stdout.split()
    return Spent(float(clock), float(cpu))


def _heaviest() -> tuple[tuple[str, float], ...]:
    theirs = _own_times(THEIRS)
    only_ours = {name: spent for name, spent in _own_times(OURS).items() if name not in theirs}
    ranked = sorted(only_ours.items(), key=lambda item: item[1], reverse=True)
    return tuple((name, spent / 1000) for name, spent in ranked[:HEAVIEST])


def _own_times(module: str) -> dict[str, int]:
    """Microseconds that each module takes itself, without those it imports."""
    output = _python("-X", "importtime", "-c", f"import {module}").stderr
    return {name: int(spent) for spent, name in LINE.findall(output)}


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
