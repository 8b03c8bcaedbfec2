"""The supervisor's hold on the Functions host, with a small program in place of the host."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from local.host_process import QUICK_DEATHS_ALLOWED, HostCommand, HostError, HostProcess
from tests.local.desk.conftest import free_port

LISTENS = """
import socket, sys, time
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
time.sleep(60)
"""
ENDS_AT_ONCE = "import sys; sys.exit('a setting is missing')"
ENDS_SOON = """
import socket, sys, time
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(0.15)
sys.exit("worn out")
"""
IGNORES_TERMINATION = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{LISTENS}"


def host(tmp_path: Path, code: str) -> HostProcess:
    port = free_port()
    program = (sys.executable, "-c", code, str(port))
    return HostProcess(HostCommand(program, tmp_path, port, {}, tmp_path / "host.log"))


async def test_a_host_that_ends_unexpectedly_is_started_again(tmp_path: Path) -> None:
    running, said, restarted = host(tmp_path, LISTENS), list[str](), asyncio.Event()
    await running.start()
    await running.answering()
    first = running.pid
    keeping = asyncio.create_task(running.keep_running(said.append, restarted.set))
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(10):
        await restarted.wait()
    assert running.pid != first
    assert said == ["The Functions host ended (signal SIGKILL). Starting it again."]
    keeping.cancel()
    await asyncio.wait([keeping])
    await running.end()


async def test_a_host_that_cannot_start_is_reported_with_what_it_said(tmp_path: Path) -> None:
    failing = host(tmp_path, ENDS_AT_ONCE)
    await failing.start()
    with pytest.raises(HostError, match="did not start:\n  a setting is missing"):
        await failing.answering()


async def test_a_host_that_dies_again_and_again_is_given_up(tmp_path: Path) -> None:
    failing, said = host(tmp_path, ENDS_SOON), list[str]()
    await failing.start()
    with pytest.raises(HostError, match=f"ended {QUICK_DEATHS_ALLOWED} times in a row:\n(  worn out\n?)+"):
        await failing.keep_running(said.append, lambda: None)
    restarts = [line for line in said if line.endswith("Starting it again.")]
    assert len(restarts) == QUICK_DEATHS_ALLOWED - 1


async def test_a_host_that_does_not_end_is_killed(tmp_path: Path) -> None:
    stubborn = host(tmp_path, IGNORES_TERMINATION)
    await stubborn.start()
    await stubborn.answering()
    async with asyncio.timeout(5):
        await stubborn.end()
    with pytest.raises(ProcessLookupError):
        os.kill(stubborn.pid, 0)
