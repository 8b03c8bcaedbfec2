"""Runs the host as a program, as make run does."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

APPS = Path(__file__).with_name("apps")
ROOT = Path(__file__).parents[3]
KEYS = {"master": "the master key", "default": "the function key", "eventgrid": "the event grid key"}
Found = TypeVar("Found")
MASTER = {"x-functions-key": KEYS["master"]}


@dataclass
class RunningHost:
    """A host that said that it is ready."""

    ready_line: str
    process: subprocess.Popen[str]
    log_file: Path

    @property
    def url(self) -> str:
        found = re.match(r"ready (http://localhost:\d+) ", self.ready_line)
        assert found is not None, self.ready_line
        return found[1]

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return httpx.request(method, self.url + path, timeout=10, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


def command(app: Path, directory: Path, *arguments: str, keys: bool = True, python: str = sys.executable) -> list[str]:
    """The command that runs an app on a free port with the keys of these tests."""
    keys_file = directory / "keys.json"
    if keys:
        keys_file.write_text(json.dumps(KEYS))
    program = [python, "-m", "local.host", "--app", str(app), "--port", "0", "--keys", str(keys_file)]
    return [*program, *arguments]


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **(settings or {})}


@contextlib.contextmanager
def host(
    app: Path,
    directory: Path,
    *arguments: str,
    settings: Mapping[str, str] | None = None,
    python: str = sys.executable,
) -> Iterator[RunningHost]:
    """Run the host until the block is left; `directory` takes its keys and its log."""
    log_file = directory / "host.log"
    with log_file.open("w") as log:
        process = subprocess.Popen(
            command(app, directory, *arguments, python=python),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment(settings),
            cwd=directory,
        )
    with process:
        assert process.stdout is not None
        try:
            ready_line = process.stdout.readline().strip()
            assert ready_line.startswith("ready "), log_file.read_text()
            yield RunningHost(ready_line, process, log_file)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(10)


def refused(app: Path, directory: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
    """What a host that does not start says; it has to exit with 1."""
    ended = subprocess.run(
        command(app, directory, *arguments),
        capture_output=True,
        text=True,
        env=environment(settings),
        cwd=directory,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    assert "ready" not in ended.stdout
    return ended.stderr


def wait_until(look: Callable[[], Found], seconds: float = 10) -> Found:
    """Look until there is something; raises AssertionError after `seconds`."""
    ends = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < ends, f"nothing within {seconds} s"
        time.sleep(0.02)
    return found
