"""`make run`: the whole system on this machine. `python -m local [--fresh] [--empty] [--app DIRECTORY]`.

INTERACT_PORT_BASE moves the ports, INTERACT_DATA names the directory for data (default: .local, or .local/empty), and
INTERACT_LIMIT_FACTOR multiplies the rate limits of the stand-ins and of the widget API (default: 1, as real).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from local.addresses import AddressError, addresses_from, check_free
from local.azurite import AzuriteError
from local.data_directory import DataDirectory, InUseError
from local.host.keys import Keys
from local.host_process import HostError
from local.serving import PortTakenError
from local.start import Start
from local.supervisor import ROOT, supervise


class SettingError(Exception):
    """An environment variable cannot be used; the message says which."""


FAILURES = (AddressError, AzuriteError, HostError, InUseError, PortTakenError, SettingError)


def main() -> int:
    """Run until Ctrl-C; the result is the exit code."""
    arguments = _parser().parse_args()
    data = DataDirectory(Path(os.environ.get("INTERACT_DATA") or _own_directory(arguments.empty)).resolve())
    try:
        with data.held():
            return _run(data, arguments.app.resolve(), fresh=arguments.fresh, with_demo=not arguments.empty)
    except FAILURES as error:
        print(error, file=sys.stderr)
        return 1


def _run(data: DataDirectory, app: Path, *, fresh: bool, with_demo: bool) -> int:
    data.run_file.unlink(missing_ok=True)
    addresses = addresses_from(os.environ)
    check_free(addresses)
    if fresh:
        data.empty()
    logs = data.new_log_directory(datetime.now())
    keys = Keys.load(data.host_keys)
    start = Start(data, addresses, data.secrets(), keys, logs, _limit_factor(), app, with_demo)
    with (logs / "supervisor.log").open("a", encoding="utf-8", buffering=1) as log:
        say = _speaker(sys.stdout, log)
        logging.basicConfig(stream=log, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        logging.getLogger("azure").setLevel(logging.WARNING)
        # The stand-ins tell what they do to whoever runs them alone; here that goes to the log.
        with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
            asyncio.run(_until_signal(start, say))
    return 0


async def _until_signal(start: Start, say: Callable[[str], None]) -> None:
    running = asyncio.create_task(supervise(start, say))
    asked: list[signal.Signals] = []

    def end(number: signal.Signals) -> None:
        asked.append(number)
        running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, end, number)
    try:
        await running
    except asyncio.CancelledError:
        if not asked:
            raise
        say("Everything has ended.")


def _speaker(terminal: TextIO, log: TextIO) -> Callable[[str], None]:
    def say(text: str) -> None:
        print(text, file=log)
        # The terminal may be gone already when the end is announced.
        with contextlib.suppress(OSError):
            print(text, file=terminal, flush=True)

    return say


def _own_directory(empty: bool) -> Path:
    """A tenant that somebody sets up is kept apart from the demo, so that starting one leaves the other as it is."""
    return ROOT / ".local" / "empty" if empty else ROOT / ".local"


def _limit_factor() -> float:
    text = os.environ.get("INTERACT_LIMIT_FACTOR", "1")
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if factor <= 0:
        raise SettingError(f"INTERACT_LIMIT_FACTOR is '{text}': use a number above 0")
    return factor


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="start from empty data")
    parser.add_argument("--empty", action="store_true", help="without the demo: a tenant that nobody has set up")
    parser.add_argument("--app", type=Path, default=ROOT, help="another copy of the app, such as an unpacked package")
    return parser


if __name__ == "__main__":
    sys.exit(main())
