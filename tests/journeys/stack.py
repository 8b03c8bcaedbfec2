"""The whole system as `make run` starts it, on ports and with data of its own."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.addresses import AddressError, Addresses, check_free

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
END_SECONDS = 10
TERMINAL = "terminal.log"


class Stack:
    """A running system; `data` is its directory for data, `host_page` a page of another origin with the widget."""

    host_page = ""

    def __init__(self, process: subprocess.Popen[bytes], data: Path) -> None:
        self.process = process
        self.data = data

    @property
    def run(self) -> dict[str, Any]:
        """What run.json says now."""
        document: dict[str, Any] = json.loads((self.data / "run.json").read_text("utf-8"))
        return document

    @property
    def acs_for_browsers(self) -> str:
        """Where widgets find the chat service."""
        return Addresses(int(self.run["functions"].rpartition(":")[2])).acs_for_browsers

    @property
    def challenge(self) -> str:
        """The stand-in of the providers of challenges."""
        return Addresses(int(self.run["functions"].rpartition(":")[2])).challenge

    @property
    def logs(self) -> Path:
        """The directory with the logs of the present start."""
        return max((self.data / "logs").iterdir())


def start(data: Path, app: Path = ROOT, *options: str) -> Stack:
    """Start everything with the function app of this directory, and wait for run.json."""
    environment = {**os.environ, "INTERACT_DATA": str(data), "INTERACT_PORT_BASE": str(free_base())}
    data.mkdir(parents=True, exist_ok=True)
    with (data / TERMINAL).open("wb") as terminal:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "--app", str(app), *options],
            cwd=ROOT,
            env=environment,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        )
    end = time.monotonic() + START_SECONDS
    while not (data / "run.json").exists():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise AssertionError(f"the system did not start:\n{(data / TERMINAL).read_text('utf-8')}")
        time.sleep(0.05)
    return Stack(process, data)


@contextlib.contextmanager
def running(data: Path, app: Path = ROOT, *options: str) -> Iterator[Stack]:
    """Start everything and end it; it has to end well."""
    started = start(data, app, *options)
    try:
        yield started
    finally:
        started.process.terminate()
        code = started.process.wait(END_SECONDS)
    assert code == 0, (data / TERMINAL).read_text("utf-8")


def free_base() -> int:
    """A base of eleven free ports, below those that the system hands out itself."""
    for _ in range(100):
        base = random.randrange(20_000, 31_000, 20)
        with contextlib.suppress(AddressError):
            check_free(Addresses(base))
            return base
    raise AssertionError("no eleven free ports in a row")
