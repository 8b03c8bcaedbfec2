"""How long `python -m local` takes until all is ready, from the second start on, when there is nothing to set up."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.hosts import ROOT
from tests.bench.stack import free_addresses

READY = "Interact is ready"


@dataclass(frozen=True)
class StartTimes:
    """Seconds until ready: of the first start, from empty data, and of those after it."""

    first: float
    later: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.later)


class NotReadyError(Exception):
    """`python -m local` ended before it was ready; the message holds what it said."""


def measure(directory: Path, repetitions: int = 3) -> StartTimes:
    """Start and end everything once and then so many times more, with the data in `directory`."""
    return StartTimes(_seconds_to_ready(directory), [_seconds_to_ready(directory) for _ in range(repetitions)])


def _seconds_to_ready(directory: Path) -> float:
    environment = {
        **os.environ,
        "INTERACT_DATA": str(directory),
        "INTERACT_PORT_BASE": str(free_addresses().base),
    }
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        if process.stdout is None:
            raise TypeError("the output was asked for")
        said: list[str] = []
        try:
            for line in process.stdout:
                said.append(line)
                if line.startswith(READY):
                    return time.monotonic() - began
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()
    raise NotReadyError("".join(said))
