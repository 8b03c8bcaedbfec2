"""What every session store keeps of full chat: transfers, positions and custom parameters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.adapters.memory import MemorySessionStore
from shared.adapters.tables import Tables
from shared.adapters.tables_sessions import TableSessionStore
from shared.domain.errors import VersionConflict
from shared.domain.sessions import ContactKind, ContactReference, Session
from shared.ports import SessionChange, SessionStore
from tests.ports.samples import NOW, definition, relay, relayed, session, unique


@pytest.fixture(params=["memory", "tables"])
async def store(request: pytest.FixtureRequest, tables: Tables) -> SessionStore:
    return MemorySessionStore() if request.param == "memory" else TableSessionStore(tables)


@pytest.fixture
def opened() -> Session:
    return session(unique("session"))


async def test_a_transferred_session_has_another_definition_from_then_on(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    other = replace(definition(), contact_name="Lunifico Orders", after_call_work=60)
    moved = replace(opened, contact=ContactReference(ContactKind.SERVICE, "orders"), transfers=1)
    version = await store.save(
        opened.id, version, SessionChange(moved, relay(), definition=other, body_hash="hash", add=(relayed(1),))
    )
    version = await store.save(opened.id, version, SessionChange(moved, relay(), done=(1,)))
    record = await store.read(opened.id)
    assert record is not None
    assert (record.session, record.definition) == (moved, other)
    assert (record.body_hash, record.version, record.effects) == ("hash", version, ())


async def test_of_a_save_that_conflicts_not_even_the_definition_counts(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    await store.save(opened.id, version, SessionChange(opened, relay()))
    other = replace(definition(), contact_name="Lunifico Orders")
    with pytest.raises(VersionConflict):
        await store.save(opened.id, version, SessionChange(opened, relay(), definition=other, body_hash="hash"))
    record = await store.read(opened.id)
    assert record is not None
    assert record.definition == definition()


async def test_a_session_keeps_what_full_chat_notes_of_it(store: SessionStore, opened: Session) -> None:
    assert opened.task is not None
    task = replace(opened.task, position=3, first_position=7, expected_wait=90, told=3, tell_again=NOW)
    rich = replace(
        opened, task=task, parameters={"topic": "shoes", "öl": "$(Custom.x)"}, visitor_seen=True, transfers=2, rounds=4
    )
    await store.create(rich, definition(), relay(), "hash")
    record = await store.read(opened.id)
    assert record is not None
    assert record.session == rich
