"""What every session store has to do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory import MemorySessionStore
from shared.adapters.tables import SESSIONS, Tables
from shared.adapters.tables_sessions import TableSessionStore
from shared.adapters.transactions import MAX_EFFECTS
from shared.domain.errors import AlreadyExists, Rejected, VersionConflict
from shared.domain.sessions import Phase, Session, VisitorPresence
from shared.ports import SessionChange, SessionStore, TimelineEntry
from tests.ports.samples import NOW, answered, definition, relay, relayed, session, unique


@pytest.fixture(params=["memory", "tables"])
async def store(request: pytest.FixtureRequest, tables: Tables) -> SessionStore:
    return MemorySessionStore() if request.param == "memory" else TableSessionStore(tables)


@pytest.fixture
def opened() -> Session:
    return session(unique("session"))


async def test_a_created_session_is_read_as_it_was_written(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    record = await store.read(opened.id)
    assert record is not None
    assert (record.session, record.definition, record.relay) == (opened, definition(), relay())
    assert (record.body_hash, record.version, record.effects, record.presence) == ("hash", version, (), None)


async def test_how_far_the_agent_has_read_stands_beside_the_session(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    unread = await store.read(opened.id)
    for seconds in (1, 2.5):
        await store.agent_has_read(opened.id, NOW + timedelta(seconds=seconds))
    record = await store.read(opened.id)
    assert unread is not None
    assert record is not None
    assert (unread.read_until, record.read_until) == (None, NOW + timedelta(seconds=2.5))
    assert record.version == version


async def test_an_unknown_session_is_none(store: SessionStore) -> None:
    assert await store.read(unique("nobody")) is None


async def test_creating_a_session_twice_is_refused_and_changes_nothing(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "first")
    with pytest.raises(AlreadyExists) as refusal:
        await store.create(replace(opened, origin="https://elsewhere.example"), definition(), relay(), "second")
    assert refusal.value.key == opened.id
    record = await store.read(opened.id)
    assert record is not None
    assert (record.session, record.body_hash, record.version) == (opened, "first", version)


async def test_a_save_changes_state_and_effects_and_keeps_what_never_changes(
    store: SessionStore, opened: Session
) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    ended = replace(opened, phase=Phase.ENDED)
    freed = replace(relay(), lease=None)
    saved = await store.save(opened.id, version, SessionChange(ended, freed, add=(answered(10), relayed(9))))
    record = await store.read(opened.id)
    assert record is not None
    assert saved == record.version != version
    assert (record.session, record.relay, record.body_hash) == (ended, freed, "hash")
    assert record.definition == definition()
    assert record.effects == (relayed(9), answered(10)), "in the order of their numbers"


async def test_a_done_effect_is_gone_with_its_text(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    version = await store.save(opened.id, version, SessionChange(opened, relay(), add=(relayed(1), relayed(2))))
    await store.save(opened.id, version, SessionChange(opened, relay(), done=(1,)))
    record = await store.read(opened.id)
    assert record is not None
    assert record.effects == (relayed(2),)


async def test_an_effect_that_is_added_and_done_at_once_leaves_nothing(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    await store.save(opened.id, version, SessionChange(opened, relay(), add=(relayed(1),), done=(1,)))
    record = await store.read(opened.id)
    assert record is not None
    assert record.effects == ()


async def test_only_one_of_two_writers_at_the_same_version_wins(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    await store.save(opened.id, version, SessionChange(opened, relay(), add=(relayed(1),)))
    with pytest.raises(VersionConflict):
        await store.save(opened.id, version, SessionChange(opened, relay(), add=(relayed(2),), seen="late"))
    record = await store.read(opened.id)
    assert record is not None
    assert record.effects == (relayed(1),), "nothing of the loser"
    await store.save(opened.id, record.version, SessionChange(opened, relay(), seen="late"))


async def test_an_activity_is_seen_once(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    version = await store.save(opened.id, version, SessionChange(opened, relay(), seen="1:activity/#?"))
    with pytest.raises(AlreadyExists) as refusal:
        await store.save(opened.id, version, SessionChange(opened, relay(), add=(relayed(1),), seen="1:activity/#?"))
    assert refusal.value.key == "1:activity/#?"
    record = await store.read(opened.id)
    assert record is not None
    assert (record.version, record.effects) == (version, ())


async def test_saving_a_session_that_does_not_exist_is_a_conflict(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    with pytest.raises(VersionConflict):
        await store.save(unique("nobody"), version, SessionChange(opened, relay()))


async def test_signs_of_life_do_not_disturb_a_save(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    await store.sign_of_life(opened.id, VisitorPresence(NOW))
    await store.sign_of_life(opened.id, VisitorPresence(NOW + timedelta(seconds=60), leaving=True))
    await store.save(opened.id, version, SessionChange(opened, relay()))
    record = await store.read(opened.id)
    assert record is not None
    assert record.presence == VisitorPresence(NOW + timedelta(seconds=60), leaving=True)


async def test_the_timeline_grows_in_the_order_of_saves_and_is_not_part_of_a_read(
    store: SessionStore, opened: Session
) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    lines = [TimelineEntry(NOW, f"line {number}", {"number": number}) for number in range(5)]
    for first in (0, 2, 4):
        change = SessionChange(opened, relay(), timeline=tuple(lines[first : first + 2]))
        version = await store.save(opened.id, version, change)
    assert list(await store.timeline(opened.id)) == lines


@pytest.mark.parametrize(
    "text", ["a" * 70_000, "😀" * 40_000, "a" * 31_999 + "😀" + "b" * 10, "x\udc00\x00\u2028y", ""]
)
async def test_texts_of_any_length_and_script_come_back(store: SessionStore, opened: Session, text: str) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    await store.save(opened.id, version, SessionChange(opened, relay(), add=(relayed(1, text),)))
    record = await store.read(opened.id)
    assert record is not None
    stored = getattr(record.effects[0].effect, "text", None)
    assert stored in (text, text.replace("\udc00", "?")), "a lone surrogate is no text"


async def test_a_change_of_as_many_effects_as_fit_is_one_transaction(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    effects = tuple(relayed(number) for number in range(1, MAX_EFFECTS + 1))
    change = SessionChange(
        opened,
        relay(),
        add=effects,
        seen="activity",
        timeline=(TimelineEntry(NOW, "relayed"),),
        definition=definition(),
        body_hash="hash",
    )
    version = await store.save(opened.id, version, change)
    record = await store.read(opened.id)
    assert record is not None
    assert record.effects == effects
    with pytest.raises(Rejected) as refusal:
        await store.save(opened.id, version, replace(change, seen="next", add=(*effects, relayed(1_000))))
    assert refusal.value.reason == "transaction_too_large"


async def test_the_hash_of_the_form_is_written_with_the_definition(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    await store.save(opened.id, version, SessionChange(opened, relay(), definition=definition(), body_hash=""))
    record = await store.read(opened.id)
    assert record is not None
    assert (record.definition, record.body_hash) == (definition(), "")


async def test_of_many_writers_at_once_each_version_has_one_winner(store: SessionStore, opened: Session) -> None:
    version = await store.create(opened, definition(), relay(), "hash")
    changes = [SessionChange(opened, replace(relay(), next_effect=number)) for number in range(8)]
    results = await asyncio.gather(
        *(store.save(opened.id, version, change) for change in changes), return_exceptions=True
    )
    assert sum(isinstance(result, str) for result in results) == 1
    assert sum(isinstance(result, VersionConflict) for result in results) == 7


async def test_a_thread_leads_to_its_session(store: SessionStore) -> None:
    thread = unique("19:meeting/with#odd?characters%@thread.v2")
    assert await store.session_of_thread(thread) is None
    await store.add_to_index(thread, "session-1")
    await store.add_to_index(thread, "session-1")
    assert await store.session_of_thread(thread) == "session-1"


async def test_a_read_is_one_range_without_seen_and_timeline_rows(tables: Tables, opened: Session) -> None:
    store = TableSessionStore(tables)
    version = await store.create(opened, definition(), relay(), "hash")
    change = SessionChange(opened, relay(), add=(relayed(1),), seen="a", timeline=(TimelineEntry(NOW, "x"),))
    await store.save(opened.id, version, change)
    await store.sign_of_life(opened.id, VisitorPresence(NOW))
    rows = await tables.between(SESSIONS, opened.id, "live:", "live;")
    assert [row.key for row in rows] == ["live:definition", "live:effect:0000000001", "live:presence", "live:state"]
    everything = await tables.between(SESSIONS, opened.id, " ", "~")
    assert [row.key for row in everything if row not in rows] == ["seen:a", "timeline:0000000001"]


async def test_an_index_entry_is_read_from_storage_once(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = unique("thread")
    store = TableSessionStore(tables)
    await store.add_to_index(thread, "session-1")
    assert await store.session_of_thread(thread) == "session-1"
    monkeypatch.setattr(tables, "get", None)
    assert await store.session_of_thread(thread) == "session-1"
