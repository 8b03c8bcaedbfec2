"""python -m local.host --app DIR --port N [--settings FILE] [--keys FILE]"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from local.host.failures import HostStartError, IndexingError
from local.host.host import HostOptions, run
from local.serving import PortTakenError

EXIT_GRACE = 0.3


def main() -> int:
    """Run the host; the result is the process' exit code."""
    try:
        asyncio.run(_run(_options()))
    except (HostStartError, PortTakenError) as error:
        if isinstance(error, IndexingError) and error.stack_trace:
            print(error.stack_trace.rstrip(), file=sys.stderr)
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> HostOptions:
    parser = argparse.ArgumentParser(
        prog="python -m local.host", description="Runs an Azure Functions app on this machine."
    )
    parser.add_argument("--app", type=Path, required=True, help="directory with function_app.py and host.json")
    parser.add_argument("--port", type=int, default=7071, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--settings", type=Path, help="instead of the app's local.settings.json")
    parser.add_argument(
        "--keys", type=Path, help="JSON with the keys; default: .local/keys.json in the app's directory"
    )
    given = parser.parse_args()
    return HostOptions(given.app, given.port, given.keys or given.app / ".local" / "keys.json", given.settings)


async def _run(options: HostOptions) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run(options, stop, _announce)


def _announce(url: str, functions: Sequence[str]) -> None:
    print(f"ready {url} functions: {', '.join(functions)}", flush=True)


def _leave(code: int) -> None:
    """Exit, also where a thread of a sync function never returns, for which Python would wait forever."""
    sys.stdout.flush()
    sys.stderr.flush()
    last_resort = threading.Timer(EXIT_GRACE, os._exit, [code])
    last_resort.daemon = True
    last_resort.start()
    sys.exit(code)


if __name__ == "__main__":
    _leave(main())
