"""What every queue store has to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.adapters.memory import MemoryQueueStore
from shared.adapters.tables import Tables
from shared.adapters.tables_queue import TableQueueStore
from shared.ports import QueueStore
from tests.ports.samples import NOW, unique


@pytest.fixture(params=["memory", "tables"])
async def store(request: pytest.FixtureRequest, tables: Tables) -> QueueStore:
    return MemoryQueueStore() if request.param == "memory" else TableQueueStore(tables)


async def test_the_longest_waiting_come_first_and_no_more_than_asked_for(store: QueueStore) -> None:
    queue = unique("service:sales")
    moments = [NOW + timedelta(microseconds=step) for step in (5, 1, 9, 3)]
    for number, moment in enumerate(moments):
        await store.insert(queue, moment, f"session-{number}")
    assert await store.first(queue, 3) == [
        (moments[1], "session-1"),
        (moments[3], "session-3"),
        (moments[0], "session-0"),
    ]


async def test_a_hint_is_there_once_however_often_it_is_inserted(store: QueueStore) -> None:
    queue = unique("service:sales")
    for _ in range(2):
        await store.insert(queue, NOW, "session/1:a%b")
    assert await store.first(queue, 10) == [(NOW, "session/1:a%b")]


async def test_a_deleted_hint_is_gone_and_deleting_it_again_does_no_harm(store: QueueStore) -> None:
    queue = unique("service:sales")
    await store.insert(queue, NOW, "session-1")
    await store.insert(queue, NOW, "session-2")
    for _ in range(2):
        await store.delete(queue, NOW, "session-1")
    assert await store.first(queue, 10) == [(NOW, "session-2")]


async def test_queues_are_apart_and_an_unknown_one_is_empty(store: QueueStore) -> None:
    queue = unique("service:sales")
    await store.insert(queue, NOW, "session-1")
    assert await store.first(f"{queue}2", 10) == []
