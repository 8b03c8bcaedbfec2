"""How long `function_app` takes to import, next to `azure.functions`, which no Python function app can do without.

Each import runs in a fresh interpreter, whose own start is not measured; the two take turns. Where ours takes much
longer, the modules with the most time of their own are named (`-X importtime`).
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from dataclasses import dataclass

from tests.bench.stack import ROOT

OURS, THEIRS = "function_app", "azure.functions"
MUCH_LONGER = 1.5
HEAVIEST = 10
LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


@dataclass(frozen=True)
class ImportTimes:
    """Medians in seconds; `heaviest` are modules that only ours needs, with their own milliseconds."""

    ours: float
    theirs: float
    heaviest: tuple[tuple[str, float], ...] = ()

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def measure(repetitions: int = 5) -> ImportTimes:
    """Import both so many times."""
    _seconds(OURS)  # writes the bytecode where it is missing
    pairs = [(_seconds(OURS), _seconds(THEIRS)) for _ in range(repetitions)]
    ours, theirs = (statistics.median(pair[index] for pair in pairs) for index in (0, 1))
    return ImportTimes(ours, theirs, _heaviest() if ours / theirs > MUCH_LONGER else ())


def _seconds(module: str) -> float:
    code = f"import time; began = time.perf_counter(); import {module}; print(time.perf_counter() - began)"
    return float(_python("-c", code).stdout)


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
