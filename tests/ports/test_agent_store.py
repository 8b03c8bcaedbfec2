"""What every agent store has to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory import MemoryAgentStore
from shared.adapters.tables import Tables
from shared.adapters.tables_agents import TableAgentStore
from shared.domain.distribution import AgentState, Ring
from shared.domain.errors import InvalidRequest, VersionConflict
from shared.ports import AgentStore, BotConversation
from tests.ports.samples import NOW, unique

CONVERSATION = BotConversation("https://smba.example/emea/", "a:conversation", "28:bot")
LUISA = AgentState(
    "luisa",
    registered=True,
    on_duty=False,
    ring=Ring("session-1", "offer-1", NOW + timedelta(seconds=20), picked_up=True),
    conversations=("session-2", "session-3"),
    missed="offer-0",
    idle_since=NOW,
    after_call_until=NOW + timedelta(seconds=60),
)


@pytest.fixture(params=["memory", "tables"])
async def store(request: pytest.FixtureRequest, tables: Tables) -> AgentStore:
    return MemoryAgentStore() if request.param == "memory" else TableAgentStore(tables)


async def test_an_agent_is_read_as_written(store: AgentStore) -> None:
    tenant = unique("tenant")
    version = await store.save(tenant, LUISA, CONVERSATION, None)
    record = await store.read(tenant, "luisa")
    assert record is not None
    assert (record.state, record.conversation, record.version) == (LUISA, CONVERSATION, version)


async def test_an_unknown_agent_is_none_also_in_another_tenant(store: AgentStore) -> None:
    tenant = unique("tenant")
    await store.save(tenant, LUISA, None, None)
    assert await store.read(tenant, "mario") is None
    assert await store.read(unique("tenant"), "luisa") is None


async def test_an_agent_without_a_conversation_can_be_stored(store: AgentStore) -> None:
    tenant = unique("tenant")
    await store.save(tenant, AgentState("luisa"), None, None)
    record = await store.read(tenant, "luisa")
    assert record is not None
    assert record.conversation is None


async def test_a_write_needs_the_current_version(store: AgentStore) -> None:
    tenant = unique("tenant")
    first = await store.save(tenant, LUISA, CONVERSATION, None)
    second = await store.save(tenant, replace(LUISA, ring=None), CONVERSATION, first)
    assert second != first
    with pytest.raises(VersionConflict):
        await store.save(tenant, LUISA, CONVERSATION, first)
    record = await store.read(tenant, "luisa")
    assert record is not None
    assert record.state.ring is None


async def test_inserting_an_agent_who_is_there_is_a_conflict(store: AgentStore) -> None:
    tenant = unique("tenant")
    await store.save(tenant, LUISA, CONVERSATION, None)
    with pytest.raises(VersionConflict):
        await store.save(tenant, LUISA, CONVERSATION, None)


async def test_changing_an_agent_who_is_not_there_is_a_conflict(store: AgentStore) -> None:
    version = await store.save(unique("tenant"), LUISA, CONVERSATION, None)
    with pytest.raises(VersionConflict):
        await store.save(unique("tenant"), LUISA, CONVERSATION, version)


async def test_all_agents_of_a_tenant_are_listed_page_by_page(store: AgentStore) -> None:
    tenant = unique("tenant")
    ids = ["Anna", "a0000000-0000-4000-8000-000000000001", "luisa", "mario@lunifico.example", "zoe"]
    for user_id in reversed(ids):
        await store.save(tenant, replace(LUISA, user_id=user_id), CONVERSATION, None)
    await store.save(f"{tenant}2", LUISA, None, None)
    found: list[str] = []
    after = None
    for _ in range(3):
        page = await store.list(tenant, after, 2)
        found += [record.state.user_id for record in page.records]
        after = page.next
    assert (found, after) == (ids, None)
    assert (await store.list(unique("nobody"), None, 10)).records == ()
    with pytest.raises(InvalidRequest):
        await store.list(tenant, "a/b", 2)
