"""The real adapters, each opened for one test in its event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import Tables


@pytest.fixture
def account(storage: str) -> StorageAccount:
    return StorageAccount(connection_string=storage)


@pytest.fixture
async def tables(account: StorageAccount) -> AsyncIterator[Tables]:
    opened = Tables(account)
    yield opened
    await opened.close()
