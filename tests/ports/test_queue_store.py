"""What every queue store has to do."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from shared.adapters.memory import MemoryQueueStore
from shared.adapters.tables import Tables
from shared.adapters.tables_queue import TableQueueStore
from shared.domain.errors import AlreadyExists, InvalidRequest
from shared.domain.sessions import ContactKind, ContactReference
from shared.ports import QueueStore, RecentWait, Running, Slot
from tests.ports.samples import NOW, unique


@pytest.fixture(params=["memory", "tables"])
async def store(request: pytest.FixtureRequest, tables: Tables) -> QueueStore:
    return MemoryQueueStore() if request.param == "memory" else TableQueueStore(tables)


async def test_the_longest_waiting_come_first_and_no_more_than_asked_for(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    moments = [NOW + timedelta(microseconds=step) for step in (5, 1, 9, 3)]
    for number, moment in enumerate(moments):
        await store.insert(queue, moment, f"session-{number}")
    assert await store.first(queue, 3) == [
        (moments[1], "session-1"),
        (moments[3], "session-3"),
        (moments[0], "session-0"),
    ]


async def test_a_hint_is_there_once_however_often_it_is_inserted(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    for _ in range(2):
        await store.insert(queue, NOW, "session/1:a%b")
    assert await store.first(queue, 10) == [(NOW, "session/1:a%b")]


async def test_a_deleted_hint_is_gone_and_deleting_it_again_does_no_harm(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    await store.insert(queue, NOW, "session-1")
    await store.insert(queue, NOW, "session-2")
    for _ in range(2):
        await store.delete(queue, NOW, "session-1")
    assert await store.first(queue, 10) == [(NOW, "session-2")]


async def test_queues_are_apart_and_an_unknown_one_is_empty(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    await store.insert(queue, NOW, "session-1")
    assert await store.first(f"{queue}2", 10) == []


# --- slots -----------------------------------------------------------------------------------------------------------


async def test_a_taken_slot_is_listed_with_its_session_and_its_time(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    assert await store.slots(queue) == {}
    taken = {0: Slot("session/1:a%b", NOW), 49: Slot("session-2", NOW + timedelta(seconds=1))}
    for number, slot in taken.items():
        await store.take_slot(queue, number, slot)
    assert await store.slots(queue) == taken


async def test_a_slot_that_is_taken_is_taken_by_nobody_else(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    await store.take_slot(queue, 0, Slot("session-1", NOW))
    for session_id in ("session-1", "session-2"):
        with pytest.raises(AlreadyExists):
            await store.take_slot(queue, 0, Slot(session_id, NOW))
    assert await store.slots(queue) == {0: Slot("session-1", NOW)}


async def test_of_many_at_once_one_gets_the_slot(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    takes = (store.take_slot(queue, 0, Slot(f"session-{number}", NOW)) for number in range(8))
    outcomes = await asyncio.gather(*takes, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [*["AlreadyExists"] * 7, "NoneType"]


async def test_a_session_frees_all_that_it_has_and_nothing_of_others(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    for number, session_id in enumerate(["mine", "other", "mine"]):
        await store.take_slot(queue, number, Slot(session_id, NOW))
    for _ in range(2):
        await store.free_slot(queue, "mine")
    assert await store.slots(queue) == {1: Slot("other", NOW)}
    await store.take_slot(queue, 0, Slot("another", NOW))


async def test_freeing_at_the_same_time_does_no_harm(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    await store.take_slot(queue, 0, Slot("mine", NOW))
    await asyncio.gather(*(store.free_slot(queue, "mine") for _ in range(4)))
    assert await store.slots(queue) == {}


async def test_slots_of_one_queue_are_none_of_another(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    await store.take_slot(queue, 0, Slot("session-1", NOW))
    await store.take_slot(f"{queue}2", 0, Slot("session-1", NOW))
    await store.free_slot(queue, "session-1")
    assert await store.slots(f"{queue}2") == {0: Slot("session-1", NOW)}


# --- recent waits ----------------------------------------------------------------------------------------------------


async def test_a_recent_wait_takes_the_place_of_the_one_before(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    assert list(await store.recent_waits(queue)) == []
    first, second, third = (RecentWait(NOW, seconds, position) for seconds, position in ((1.5, 1), (60.0, 3), (0.0, 2)))
    await store.remember_wait(queue, 0, first)
    await store.remember_wait(queue, 15, second)
    await store.remember_wait(queue, 0, third)
    found = await store.recent_waits(queue)
    assert sorted(found, key=lambda wait: wait.position) == [third, second]


async def test_hints_slots_and_waits_of_a_queue_do_not_mix(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:service:sales"
    await store.insert(queue, NOW, "session-1")
    await store.take_slot(queue, 0, Slot("session-1", NOW))
    await store.remember_wait(queue, 0, RecentWait(NOW, 1.0, 1))
    assert await store.first(queue, 10) == [(NOW, "session-1")]
    assert await store.slots(queue) == {0: Slot("session-1", NOW)}
    assert list(await store.recent_waits(queue)) == [RecentWait(NOW, 1.0, 1)]


# --- what runs -------------------------------------------------------------------------------------------------------

SALES, MARIO = ContactReference(ContactKind.SERVICE, "sales"), ContactReference(ContactKind.USER, "mario/1")


async def test_all_that_runs_is_found_by_tenant_and_by_contact(store: QueueStore) -> None:
    tenant = unique("tenant")
    slots = [Slot(f"session-{number}", NOW, "digest") for number in range(3)]
    await store.take_slot(f"{tenant}:{SALES.key}", 0, slots[0])
    await store.keep_place(f"{tenant}:{MARIO.key}", slots[1])
    await store.keep_place(f"{tenant}:{MARIO.key}", slots[1])
    await store.keep_place(f"{tenant}:{MARIO.key}", slots[2])
    await store.take_slot(f"{tenant}2:{SALES.key}", 0, slots[0])
    everything = await store.running(tenant, None, None, 10)
    assert everything.items == (Running(SALES, slots[0]), Running(MARIO, slots[1]), Running(MARIO, slots[2]))
    assert everything.next is None
    assert (await store.running(tenant, SALES, None, 10)).items == (Running(SALES, slots[0]),)
    assert len((await store.running(tenant, MARIO, None, 10)).items) == 2


async def test_what_runs_is_read_page_by_page(store: QueueStore) -> None:
    tenant = unique("tenant")
    for number in range(5):
        await store.take_slot(f"{tenant}:{SALES.key}", number, Slot(f"session-{number}", NOW))
    found: list[str] = []
    after = None
    for _ in range(3):
        page = await store.running(tenant, None, after, 2)
        found += [one.slot.session_id for one in page.items]
        after = page.next
    assert found == [f"session-{number}" for number in range(5)]
    assert after is None
    with pytest.raises(InvalidRequest):
        await store.running(tenant, None, "slot/nothing", 2)


async def test_a_place_is_free_again_and_no_cap_counts_it(store: QueueStore) -> None:
    queue = f"{unique('tenant')}:{MARIO.key}"
    await store.keep_place(queue, Slot("session-1", NOW))
    assert await store.slots(queue) == {}
    for _ in range(2):
        await store.free_slot(queue, "session-1")
    assert (await store.running(queue.partition(":")[0], None, None, 10)).items == ()
