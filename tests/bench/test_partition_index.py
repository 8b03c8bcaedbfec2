"""The index that the bench gives to Azurite changes how long things take, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from local.azurite import azurite
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_operations import Delete, Insert, Put
from shared.adapters.tables import CONFIG, Tables
from shared.domain.errors import AlreadyExists
from tests.bench import many_rows
from tests.bench.many_rows import StoredRow

NAMES = [f"{kind}:{number:04}" for kind in ("service", "user") for number in range(1_100)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tables() -> AsyncIterator[Tables]:
    async with azurite(preload=many_rows.PRELOAD) as storage:
        opened = Tables(StorageAccount(connection_string=storage.connection_string))
        for partition in ("one", "another"):
            for start in range(0, len(NAMES), 100):
                rows = [Insert(name, {"of": partition}) for name in reversed(NAMES[start : start + 100])]
                await opened.write(CONFIG, partition, *rows)
        yield opened
        await opened.close()


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_range_holds_the_rows_of_its_partition_in_order_over_all_pages(tables: Tables) -> None:
    rows = await tables.between(CONFIG, "one", "service:", "service;")
    assert [row.key for row in rows] == NAMES[:1_100]
    assert {row.values["of"] for row in rows} == {"one"}


async def test_a_range_begins_with_its_start_and_ends_before_its_end(tables: Tables) -> None:
    rows = await tables.between(CONFIG, "another", "service:1098", "user:0002")
    assert [row.key for row in rows] == ["service:1098", "service:1099", "user:0000", "user:0001"]


async def test_the_first_rows_of_a_range(tables: Tables) -> None:
    rows = await tables.between(CONFIG, "one", "user:", "user;", 3)
    assert [row.key for row in rows] == NAMES[1_100:1_103]


async def test_a_range_of_nothing_is_empty(tables: Tables) -> None:
    assert await tables.between(CONFIG, "nobody's", "service:", "service;") == []
    assert await tables.between(CONFIG, "one", "workflow:", "workflow;") == []


async def test_a_row_is_found_changed_and_deleted_in_its_own_partition(tables: Tables) -> None:
    await tables.put(CONFIG, "one", "user:0500", {"of": "nobody"})
    changed, other = [await tables.get(CONFIG, partition, "user:0500") for partition in ("one", "another")]
    assert changed is not None
    assert other is not None
    assert (changed.values["of"], other.values["of"]) == ("nobody", "another")
    with pytest.raises(AlreadyExists):
        await tables.write(CONFIG, "one", Insert("user:0500"))
    await tables.write(CONFIG, "one", Delete("user:0500", changed.version), Put("user:0500x", {}))
    assert await tables.get(CONFIG, "one", "user:0500") is None
    assert await tables.get(CONFIG, "another", "user:0500") is not None


async def test_rows_from_files_are_rows_like_others(tables: Tables) -> None:
    values = {"text": "Zürich", "count": 5, "open": True}
    await tables.put(CONFIG, "written", "row", values)
    rows = [StoredRow(CONFIG, "from-files", f"row-{number:04}", values) for number in range(many_rows.IN_A_FILE + 1)]
    await many_rows.store(tables, rows)
    written = await tables.get(CONFIG, "written", "row")
    found = await tables.between(CONFIG, "from-files", "!", "~")
    assert written is not None
    assert [row.key for row in found] == [row.key for row in rows]
    for row in (found[0], found[-1]):
        assert {name: row.values[name] for name in values} == {name: written.values[name] for name in values}
    await tables.write(CONFIG, "from-files", Delete(found[0].key, found[0].version))
    assert await tables.get(CONFIG, "from-files", found[0].key) is None
