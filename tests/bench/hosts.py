"""Functions hosts as child processes: the one with the app, and one whose only function does nothing."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from local.azurite import Storage, StoragePorts
from local.data_directory import write_atomically
from local.host_process import HostCommand, HostProcess
from local.host_settings import host_settings
from local.serving import LOOPBACK
from local.start import Start

ROOT = Path(__file__).resolve().parent.parent.parent
EMPTY_APP = Path(__file__).parent / "empty_app"


@contextlib.asynccontextmanager
async def functions_host(start: Start, storage: StoragePorts, bundle: Path) -> AsyncIterator[HostProcess]:
    """Run the app until the block is left, with the settings of `make run` but for where its storage is.

    `bundle` holds the certificates that the app trusts. Raises HostError.
    """
    settings = host_settings(start)
    values = settings["Values"]
    if not isinstance(values, dict):
        raise TypeError("the host's settings have no values")
    values["AzureWebJobsStorage"] = Storage(storage, process_id=0).connection_string
    # What is counted is a deployment as it comes, with its own cache.
    del values["INTERACT_CONFIG_CACHE_SECONDS"]
    data, trust = start.data, {"SSL_CERT_FILE": str(bundle), "REQUESTS_CA_BUNDLE": str(bundle)}
    write_atomically(data.host_settings, settings)
    command = _command(ROOT, start.addresses.base, data.host_keys, start.logs, trust, data.host_settings)
    async with _running(command) as host:
        yield host


@contextlib.asynccontextmanager
async def empty_host(directory: Path) -> AsyncIterator[str]:
    """Run the app that does nothing until the block is left; the address of its one function. Raises HostError."""
    directory.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    async with _running(_command(EMPTY_APP, port, directory / "keys.json", directory, {})):
        yield f"http://{LOOPBACK}:{port}/empty"


@contextlib.asynccontextmanager
async def _running(command: HostCommand) -> AsyncIterator[HostProcess]:
    host = HostProcess(command)
    try:
        await host.start()
        await host.answering()
        yield host
    finally:
        await host.end()


def _command(
    app: Path, port: int, keys: Path, logs: Path, environment: Mapping[str, str], settings: Path | None = None
) -> HostCommand:
    arguments = ["--app", str(app), "--port", str(port), "--keys", str(keys)]
    arguments += ["--settings", str(settings)] if settings else []
    return HostCommand(
        program=[sys.executable, "-m", "local.host_child", str(os.getpid()), *arguments],
        directory=ROOT,
        port=port,
        environment=environment,
        log=logs / "host.log",
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        return int(listener.getsockname()[1])
