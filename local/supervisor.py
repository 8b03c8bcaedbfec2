"""Starts all parts in the right order, keeps them running, and ends them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.announcement import lines, run_document
from local.azurite import AzuriteError, Storage, azurite
from local.data_directory import write_atomically
from local.host_process import HostCommand, HostProcess
from local.start import Start

if TYPE_CHECKING:
    from local.acs.certificates import Certificates

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_WITH_STORAGE = 2.0
"""Seconds that Azurite gets to end before it is killed, so that all ends within 5 s."""


async def supervise(start: Start, say: Callable[[str], None]) -> None:
    """Run everything until cancelled.

    Raises HostError, AzuriteError or PortTakenError where a part cannot be started or does not stay.
    """
    began = time.monotonic()
    data = start.data
    host = HostProcess(_host_command(start))
    async with contextlib.AsyncExitStack() as parts:
        parts.push_async_callback(host.end)
        storage = await _together(parts.enter_async_context(_storage(start)), _open_the_rest(start, host, parts))
        # Once more, because the host is the first to end: it may need the others until then.
        parts.push_async_callback(host.end)
        if start.with_demo:
            await _seed(start)
        await host.answering()
        parts.callback(data.run_file.unlink, missing_ok=True)

        def announce() -> None:
            write_atomically(data.run_file, run_document(start, host.pid))

        announce()
        for line in lines(start, time.monotonic() - began):
            say(line)
        await _while_storage_lives(storage, host.keep_running(say, announce))


async def _open_the_rest(start: Start, host: HostProcess, parts: contextlib.AsyncExitStack) -> None:
    certificates = await asyncio.to_thread(_prepare_host, start)
    await host.start()
    await parts.enter_async_context(await asyncio.to_thread(_stand_ins, start, certificates))


# What takes long to import is imported while the children start, which saves a third of the time until all is ready.


def _prepare_host(start: Start) -> Certificates:
    from local.acs.certificates import certificates_in
    from local.host_settings import host_settings

    write_atomically(start.data.host_settings, host_settings(start))
    return certificates_in(start.data.certificates)


def _stand_ins(start: Start, certificates: Certificates) -> contextlib.AbstractAsyncContextManager[None]:
    from local.stand_ins import configured, served

    return served(configured(start, certificates.server))


async def _seed(start: Start) -> None:
    from local.acs.options import AcsOptions
    from local.host_settings import ACS_SECRET
    from local.seed import seed

    await seed(
        start.storage_connection_string, AcsOptions().resource_id, f"env:{ACS_SECRET}", start.addresses.functions
    )


def _host_command(start: Start) -> HostCommand:
    data, port = start.data, start.addresses.base
    arguments = ("--app", start.app, "--port", port, "--settings", data.host_settings, "--keys", data.host_keys)
    bundle = str(data.certificates / "ca-bundle.pem")
    return HostCommand(
        program=[sys.executable, "-m", "local.host_child", *(str(each) for each in (os.getpid(), *arguments))],
        directory=ROOT,
        port=port,
        # By these the SDKs trust the ACS stand-in; aiohttp reads the first, requests the second.
        environment={"SSL_CERT_FILE": bundle, "REQUESTS_CA_BUNDLE": bundle},
        log=start.logs / "host.log",
    )


@contextlib.asynccontextmanager
async def _storage(start: Start) -> AsyncIterator[Storage]:
    """Azurite, which ends in good time where it is asked to."""
    async with azurite(start.data.azurite, start.addresses.storage) as storage:
        try:
            yield storage
        finally:
            asyncio.get_running_loop().call_later(PATIENCE_WITH_STORAGE, _kill, storage.process_id)


async def _together(storage: Coroutine[Any, Any, Storage], rest: Coroutine[Any, Any, None]) -> Storage:
    """Both at once; where one fails the other is cancelled, and the failure is raised as it is."""
    tasks = asyncio.create_task(storage), asyncio.create_task(rest)
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return tasks[0].result()


async def _while_storage_lives(storage: Storage, work: Coroutine[Any, Any, None]) -> None:
    """Do the work until cancelled; raises AzuriteError where the storage ends before."""
    working = asyncio.create_task(work)
    try:
        while not working.done():
            if not _lives(storage.process_id):
                raise AzuriteError("Azurite, the storage, has ended unexpectedly.")
            await asyncio.wait([working], timeout=1)
        await working
    finally:
        working.cancel()
        await asyncio.wait([working])


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def _kill(process_id: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process_id, signal.SIGKILL)
