"""Storage accounts (Azurite) that commands enter with a signature, as nobody can sign in to Azure here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from azure.storage.queue import ResourceTypes, generate_account_sas
from typer.testing import CliRunner

from cli.main import app
from cli.surroundings import Surroundings
from local.azurite import azurite
from tests.cli.terminal import Ended


@contextlib.contextmanager
def an_account() -> Iterator[tuple[str, str]]:
    """A new account in memory: its connection string with the key, and what commands take as --storage."""
    with asyncio.Runner() as runner:
        running = azurite()
        storage = runner.run(running.__aenter__())
        parts = dict(pair.split("=", 1) for pair in storage.connection_string.strip(";").split(";"))
        signature = generate_account_sas(
            parts["AccountName"],
            parts["AccountKey"],
            ResourceTypes(service=True, container=True, object=True),
            "rwdlacup",
            datetime.now(UTC) + timedelta(hours=1),
            services="bqt",
            protocol="https,http",
        )
        endpoints = ";".join(f"{name}={parts[name]}" for name in ("BlobEndpoint", "QueueEndpoint", "TableEndpoint"))
        yield storage.connection_string, f"{endpoints};SharedAccessSignature={signature}"
        runner.run(running.__aexit__(None, None, None))


def run_with(directory: Path, *words: str) -> Ended:
    """A command that reaches the network; fails the test where it does not end by itself."""
    around = Surroundings({}, directory, httpx.HTTPTransport())
    result = CliRunner().invoke(app, list(words), obj=around)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)
