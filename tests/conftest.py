"""What tests of several parts share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import settings

from local.azurite import azurite

# A loaded machine is no fault of what is tested, and a run that failed fails again when it is repeated.
settings.register_profile("interact", deadline=None, derandomize=True, database=None)
settings.load_profile("interact")


@pytest.fixture(scope="session")
def storage() -> Iterator[str]:
    """The connection string of a storage account in memory; tests share it, so every test takes names of its own."""
    with asyncio.Runner() as runner:
        account = azurite()
        running = runner.run(account.__aenter__())
        yield running.connection_string
        runner.run(account.__aexit__(None, None, None))
