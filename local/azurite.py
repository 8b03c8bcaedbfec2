"""Runs Azurite, Microsoft's storage stand-in, as a child process on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local.serving import LOOPBACK, PortTakenError

PROGRAM = Path(__file__).with_name("node_modules") / "azurite" / "dist" / "src" / "azurite.js"
END_WITH_PARENT = Path(__file__).with_name("end_with_parent.cjs")
"""Ends Azurite with this process, also where this one is killed."""

ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Public: Microsoft's documentation gives every Azurite this key."""

START_TIMEOUT = 60.0
"""Seconds; Azurite takes 1.5, on a busy machine several times that."""


class AzuriteError(Exception):
    """Azurite cannot be started; the message says what to do."""


@dataclass(frozen=True)
class StoragePorts:
    """Ports of the three services; 0 takes a free one."""

    blob: int = 0
    queue: int = 0
    table: int = 0


@dataclass(frozen=True)
class Storage:
    """A storage account that answers; `process_id` is Azurite's."""

    ports: StoragePorts
    process_id: int

    @property
    def connection_string(self) -> str:
        endpoints = {"Blob": self.ports.blob, "Queue": self.ports.queue, "Table": self.ports.table}
        parts = {"DefaultEndpointsProtocol": "http", "AccountName": ACCOUNT, "AccountKey": ACCOUNT_KEY}
        parts |= {f"{name}Endpoint": f"http://{LOOPBACK}:{port}/{ACCOUNT}" for name, port in endpoints.items()}
        return ";".join(f"{name}={value}" for name, value in parts.items())


@contextlib.asynccontextmanager
async def azurite(
    directory: Path | None = None, ports: StoragePorts | None = None, preload: Path = END_WITH_PARENT
) -> AsyncIterator[Storage]:
    """Run Azurite until the block is left, its data in `directory` or, with None, in memory.

    `preload` is a script that Node loads beside ours, before Azurite.
    Raises AzuriteError where Node or the package is missing or Azurite does not start, and PortTakenError.
    """
    node = shutil.which("node")
    if node is None or not PROGRAM.is_file():
        raise AzuriteError(f"{'Node' if node is None else 'Azurite'} is missing: run make run first")
    chosen = _free_where_unset(ports or StoragePorts())
    with tempfile.TemporaryFile("w+") as output:
        process = await asyncio.create_subprocess_exec(
            node,
            "--require",
            END_WITH_PARENT,
            "--require",
            preload,
            PROGRAM,
            *_arguments(directory, chosen),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "INTERACT_PARENT": str(os.getpid())},
            # Ctrl-C on the terminal shall end the programs that use the storage first.
            start_new_session=True,
        )
        try:
            await _answering(process, chosen, output)
            yield Storage(chosen, process.pid)
        finally:
            await _end(process)


def _arguments(directory: Path | None, ports: StoragePorts) -> list[str]:
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
    place = ["--inMemoryPersistence"] if directory is None else ["--location", str(directory)]
    arguments = ["--silent", "--disableTelemetry", "--skipApiVersionCheck", *place]
    for service, port in (("blob", ports.blob), ("queue", ports.queue), ("table", ports.table)):
        arguments += [f"--{service}Host", LOOPBACK, f"--{service}Port", str(port)]
    return arguments


def _free_where_unset(ports: StoragePorts) -> StoragePorts:
    """Hold all three sockets at once, so that they differ; raises PortTakenError for one that is in use."""
    with contextlib.ExitStack() as held:
        numbers = []
        for port in (ports.blob, ports.queue, ports.table):
            listener = held.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((LOOPBACK, port))
            except OSError as error:
                raise PortTakenError(port) from error
            numbers.append(listener.getsockname()[1])
    return StoragePorts(*numbers)


async def _answering(process: asyncio.subprocess.Process, ports: StoragePorts, output: IO[str]) -> None:
    try:
        async with asyncio.timeout(START_TIMEOUT):
            for port in (ports.blob, ports.queue, ports.table):
                while not await _accepts(port):
                    if process.returncode is not None:
                        output.seek(0)
                        raise AzuriteError(f"Azurite ended at once: {output.read()[-2000:].strip()}")
                    await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise AzuriteError(f"Azurite did not answer within {START_TIMEOUT:.0f} s") from error


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:
        process.kill()
        await process.wait()
