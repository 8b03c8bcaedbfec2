"""Azurite as a child process."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import uuid
from pathlib import Path

import pytest
from azure.data.tables.aio import TableServiceClient

from local import azurite as module
from local.azurite import AzuriteError, StoragePorts, azurite
from local.serving import PortTakenError

ROOT = Path(__file__).parents[2]
STARTER = """
import asyncio
from local.azurite import azurite

async def start() -> None:
    async with azurite() as storage:
        print(storage.process_id, flush=True)
        await asyncio.sleep(60)

asyncio.run(start())
"""


async def test_data_in_a_directory_outlasts_the_process(tmp_path: Path) -> None:
    table = f"t{uuid.uuid4().hex}"
    async with azurite(tmp_path / "data") as storage:
        first_ports = storage.ports
        async with TableServiceClient.from_connection_string(storage.connection_string) as service:
            await service.create_table(table)
    with pytest.raises(ProcessLookupError):
        os.kill(storage.process_id, 0)
    async with azurite(tmp_path / "data", first_ports) as storage:
        assert storage.ports == first_ports
        async with TableServiceClient.from_connection_string(storage.connection_string) as service:
            assert [one.name async for one in service.list_tables()] == [table]


async def test_azurite_ends_when_the_program_that_started_it_is_killed() -> None:
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTER, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert starter.stdout is not None
    azurite_process = int(await starter.stdout.readline())
    os.kill(azurite_process, 0)
    starter.kill()
    await starter.wait()
    async with asyncio.timeout(10):
        while _runs(azurite_process):
            await asyncio.sleep(0.02)


def _runs(process_id: int) -> bool:
    """Whether a process is there and no zombie, as which it may stay where nobody waits for orphans."""
    try:
        return ") Z " not in Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False


async def test_a_taken_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=str(port)):
            async with azurite(ports=StoragePorts(queue=port)):
                pass


async def test_a_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "PROGRAM", tmp_path / "azurite.js")
    with pytest.raises(AzuriteError, match="Azurite is missing: run make run first"):
        async with azurite():
            pass


async def test_an_azurite_that_ends_at_once_is_told_with_its_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "azurite.js"
    program.write_text("console.error('no room left'); process.exit(1)")
    monkeypatch.setattr(module, "PROGRAM", program)
    with pytest.raises(AzuriteError, match="Azurite ended at once: no room left"):
        async with azurite():
            pass
