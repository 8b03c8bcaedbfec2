"""What every store of watches has to do: remember who is watched, and let one chain be only one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.memory import MemoryWatchStore
from shared.adapters.tables import Tables
from shared.adapters.tables_queue import TableQueueStore
from shared.adapters.tables_watches import TableWatchStore
from shared.domain.availability import ContactState
from shared.domain.errors import VersionConflict
from shared.domain.sessions import ContactKind, ContactReference
from shared.ports import Watched, WatchStore
from tests.ports.samples import unique

NOW = datetime(2030, 1, 1, 9, 0, 0, 250_000, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
SUPPORT = ContactReference(ContactKind.SERVICE, "support")
LUISA = ContactReference(ContactKind.USER, "luisa/at: lunifico?")


@pytest.fixture(params=["memory", "tables"])
def store(request: pytest.FixtureRequest) -> WatchStore:
    if request.param == "memory":
        return MemoryWatchStore()
    opened: Callable[[], Tables] = lambda: request.getfixturevalue("tables")  # noqa: E731 (opened for one of the two)
    return TableWatchStore(opened())


@pytest.fixture
def tenant_id() -> str:
    return unique("tenant")


async def test_nobody_watches_at_first(store: WatchStore, tenant_id: str) -> None:
    watching = await store.read(tenant_id)
    assert (list(watching.contacts), watching.chain) == ([], None)


async def test_a_contact_is_watched_until_the_latest_time(store: WatchStore, tenant_id: str) -> None:
    await store.watch(tenant_id, SUPPORT, NOW)
    await store.watch(tenant_id, LUISA, NOW)
    await store.watch(tenant_id, SUPPORT, LATER)
    found = {watched.contact: watched for watched in (await store.read(tenant_id)).contacts}
    assert found == {SUPPORT: Watched(SUPPORT, LATER), LUISA: Watched(LUISA, NOW)}


async def one(store: WatchStore, tenant_id: str) -> Watched:
    (found,) = (await store.read(tenant_id)).contacts
    return found


async def test_what_was_told_is_remembered_through_another_watch(store: WatchStore, tenant_id: str) -> None:
    await store.watch(tenant_id, LUISA, NOW)
    telling = await store.tell(tenant_id, await one(store, tenant_id), None, NOW)
    assert telling == await one(store, tenant_id) == Watched(LUISA, NOW, None, NOW)
    await store.tell(tenant_id, telling, ContactState.AVAILABLE, NOW)
    await store.watch(tenant_id, LUISA, LATER)
    assert await one(store, tenant_id) == Watched(LUISA, LATER, ContactState.AVAILABLE, NOW)


async def test_of_two_who_tell_at_once_one_has_to_look_again(store: WatchStore, tenant_id: str) -> None:
    await store.watch(tenant_id, LUISA, NOW)
    for _ in range(2):
        seen = await one(store, tenant_id)
        await store.tell(tenant_id, seen, ContactState.BUSY, NOW)
        with pytest.raises(VersionConflict):
            await store.tell(tenant_id, seen, ContactState.AVAILABLE, LATER)
        assert (await one(store, tenant_id)).told is ContactState.BUSY


async def test_a_contact_can_be_forgotten_and_forgotten_again(store: WatchStore, tenant_id: str) -> None:
    await store.watch(tenant_id, SUPPORT, NOW)
    await store.tell(tenant_id, await one(store, tenant_id), ContactState.BUSY, NOW)
    for _ in range(2):
        await store.forget(tenant_id, SUPPORT)
    await store.watch(tenant_id, SUPPORT, LATER)
    assert (await store.read(tenant_id)).contacts == [Watched(SUPPORT, LATER)]


async def test_tenants_are_apart(store: WatchStore, tenant_id: str) -> None:
    await store.watch(tenant_id, SUPPORT, NOW)
    await store.move(tenant_id, None, 1, NOW)
    other = await store.read(f"{tenant_id}-2")
    assert (list(other.contacts), other.chain) == ([], None)


async def test_a_chain_moves_from_turn_to_turn_and_rests(store: WatchStore, tenant_id: str) -> None:
    await store.move(tenant_id, None, 1, NOW)
    first = (await store.read(tenant_id)).chain
    assert first is not None
    assert (first.turn, first.due) == (1, NOW)
    await store.move(tenant_id, first, 2, None)
    second = (await store.read(tenant_id)).chain
    assert second is not None
    assert (second.turn, second.due) == (2, None)


async def test_a_chain_is_begun_and_moved_once_only(store: WatchStore, tenant_id: str) -> None:
    await store.move(tenant_id, None, 1, NOW)
    with pytest.raises(VersionConflict):
        await store.move(tenant_id, None, 1, NOW)
    chain = (await store.read(tenant_id)).chain
    await store.move(tenant_id, chain, 2, LATER)
    with pytest.raises(VersionConflict):
        await store.move(tenant_id, chain, 2, LATER)


async def test_watches_are_no_hints_of_a_queue(tables: Tables, tenant_id: str) -> None:
    await TableWatchStore(tables).watch(tenant_id, SUPPORT, NOW)
    assert await TableQueueStore(tables).first(f"{tenant_id}:watched", 10) == []
