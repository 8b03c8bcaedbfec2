"""Keeps the Functions host running as a child process: starts it, knows when it answers, starts it again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.serving import LOOPBACK

QUICK_DEATH_SECONDS = 10.0
QUICK_DEATHS_ALLOWED = 5
START_TIMEOUT_SECONDS = 60.0
END_TIMEOUT_SECONDS = 2.5
LAST_OUTPUT_LINES = 30


class HostError(Exception):
    """The host does not start or does not stay; the message holds its last output."""


@dataclass(frozen=True)
class HostCommand:
    """What to run in `directory`: it answers on `port`, `environment` is added to ours, what it says goes to `log`."""

    program: Sequence[str]
    directory: Path
    port: int
    environment: Mapping[str, str]
    log: Path


class HostProcess:
    """One host after the other; `pid` is that of the present one."""

    def __init__(self, command: HostCommand) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """Start a host; it answers later."""
        with self._command.log.open("ab") as log:
            # In a session of its own: Ctrl-C on the terminal is for the supervisor, who ends things in their order.
            self._process = await asyncio.create_subprocess_exec(
                *self._command.program,
                cwd=self._command.directory,
                env={**os.environ, **self._command.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def answering(self) -> None:
        """Wait until the host accepts connections; raises HostError where it ends before or takes too long."""
        try:
            async with asyncio.timeout(START_TIMEOUT_SECONDS):
                while not await _accepts(self._command.port):
                    if self._process is None or self._process.returncode is not None:
                        raise HostError(f"The Functions host did not start:\n{self._last_output()}")
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            seconds = f"{START_TIMEOUT_SECONDS:.0f}"
            raise HostError(f"The Functions host did not answer within {seconds} s:\n{self._last_output()}") from error

    async def keep_running(self, say: Callable[[str], None], on_restart: Callable[[], None]) -> None:
        """Start the host again whenever it ends, until cancelled.

        Raises HostError after five deaths in a row of which each came within seconds. `on_restart` is called when a new
        host answers.
        """
        quick_deaths = 0
        while self._process is not None:
            began = time.monotonic()
            code = await self._process.wait()
            quick_deaths = quick_deaths + 1 if time.monotonic() - began < QUICK_DEATH_SECONDS else 0
            if quick_deaths >= QUICK_DEATHS_ALLOWED:
                raise HostError(f"The Functions host ended {quick_deaths} times in a row:\n{self._last_output()}")
            say(f"The Functions host ended ({_reason(code)}). Starting it again.")
            await self.start()
            try:
                await self.answering()
            except HostError as error:
                # It has ended again, which the next round counts, or it hangs.
                say(str(error))
                await self.end()
            else:
                on_restart()

    async def end(self) -> None:
        """End the host, with force where it takes too long."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), END_TIMEOUT_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _last_output(self) -> str:
        lines = self._command.log.read_text("utf-8", "replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-LAST_OUTPUT_LINES:])


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
