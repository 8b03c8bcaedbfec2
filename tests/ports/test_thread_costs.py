"""What a thread of our own costs in Table Storage; docs/messaging.md adds it up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from shared.adapters.native_messaging import RELAY, visitor_message
from shared.adapters.storage_account import StorageAccount
from shared.adapters.system import SystemClock
from shared.adapters.tables import Tables
from shared.adapters.tables_threads import TableThreadStore
from tests.ports.samples import unique

pytestmark = pytest.mark.asyncio(loop_scope="module")


class CountedTables:
    """Notes the name of each operation, which is one transaction."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.operations: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.operations.append(name)
        return getattr(self._tables, name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tables(storage: str) -> AsyncIterator[Tables]:
    opened = Tables(StorageAccount(connection_string=storage))
    yield opened
    await opened.close()


async def test_a_message_is_a_read_and_a_write_a_repeated_one_finds_the_first_and_a_reading_is_one_range(
    tables: Tables,
) -> None:
    counted: Any = CountedTables(tables)
    threads, thread_id = TableThreadStore(counted, SystemClock()), f"native:{unique('thread')}"
    message = visitor_message("native:visitor", "Carla Customer", "Hello", "client-1")
    costs = []
    for call in (
        threads.create(thread_id, "native:visitor", RELAY),
        threads.append(thread_id, message),
        threads.append(thread_id, message),
        threads.after(thread_id, 0),
        threads.revise(thread_id, 1, "Good morning"),
    ):
        counted.operations.clear()
        await call
        costs.append(list(counted.operations))
    assert costs == [["write"], ["get", "write"], ["get", "write", "get", "between"], ["between"], ["get", "put"]]
