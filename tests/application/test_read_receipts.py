"""How far an agent has read is told to the customers: never more than was relayed, and seldom enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.adapters.memory import Nudge
from shared.application.read_receipts import EVERY, SKEW
from tests.application.company import HOME, LUISA, MARIO
from tests.application.world import World


def read_until(world: World, session_id: str) -> datetime | None:
    return world.sessions.rows[session_id].read_until


async def reads(world: World, at: datetime, user: object = MARIO) -> None:
    await world.app.read_receipts.agent_has_read(world.activity(MARIO if user is MARIO else LUISA), at)
    await world.app.read_receipts.settled()


async def relayed(world: World, session_id: str, text: str) -> datetime:
    """The customer writes and the agent is shown it; when it was written."""
    nudge = world.writes(session_id, text)
    await world.app.relay.look(session_id, nudge)
    assert world.shown()[-1] == text
    return nudge.created_on


async def test_a_receipt_says_until_when_and_nudges_the_widget(world: World) -> None:
    session_id = await world.connected()
    written = await relayed(world, session_id, "Hello?")
    world.realtime.nudges.clear()

    await reads(world, world.clock.now() + timedelta(seconds=30))

    assert read_until(world, session_id) == written
    assert world.realtime.nudges == [Nudge(session_id, "connected")]


async def test_what_was_not_relayed_yet_was_not_read(world: World) -> None:
    session_id = await world.connected()
    written = await relayed(world, session_id, "Hello?")
    world.clock.advance(20)
    world.writes(session_id, "Are you there?")

    await reads(world, world.clock.now())

    assert read_until(world, session_id) == written


async def test_what_came_after_the_last_message_read_was_not_read(world: World) -> None:
    session_id = await world.connected()
    await relayed(world, session_id, "Hello?")
    read_at = world.clock.now()
    world.clock.advance(60)
    await relayed(world, session_id, "Are you there?")

    await reads(world, read_at)

    assert read_until(world, session_id) == read_at + SKEW


async def test_an_older_receipt_takes_nothing_back(world: World) -> None:
    session_id = await world.connected()
    written = await relayed(world, session_id, "Hello?")
    await reads(world, world.clock.now() + timedelta(seconds=60))
    world.clock.advance(60)
    world.calls.clear()

    await reads(world, written - timedelta(seconds=30))

    assert read_until(world, session_id) == written
    assert world.calls == ["agent_store.read", "sessions.read"]


async def test_receipts_in_quick_succession_are_written_together(world: World) -> None:
    session_id = await world.connected()
    await relayed(world, session_id, "One")
    start = world.clock.now()
    world.calls.clear()

    for number in range(5):
        await world.app.read_receipts.agent_has_read(world.activity(), start + timedelta(milliseconds=number))
    await world.app.read_receipts.settled()

    assert world.clock.now() == start + EVERY
    assert world.calls.count("sessions.agent_has_read") == 1
    assert world.calls.count("sessions.read") == 2


async def test_the_last_of_them_is_not_lost(world: World) -> None:
    session_id = await world.connected()
    await relayed(world, session_id, "One")
    await world.app.read_receipts.agent_has_read(world.activity(), world.clock.now())
    world.clock.advance(3)
    written = await relayed(world, session_id, "Two")
    await reads(world, world.clock.now())
    assert read_until(world, session_id) == written


async def test_all_open_conversations_of_the_agent_are_read(world: World) -> None:
    ids = [await world.connected(key) for key in ("key-1", "key-2")]
    for session_id in ids:
        await relayed(world, session_id, f"Hello from {session_id}")

    await reads(world, world.clock.now())

    assert None not in [read_until(world, session_id) for session_id in ids]


async def test_another_agent_s_receipt_says_nothing_of_this_conversation(world: World) -> None:
    session_id = await world.connected()
    await world.registers(LUISA)
    await relayed(world, session_id, "Hello?")
    await reads(world, world.clock.now(), LUISA)
    assert read_until(world, session_id) is None


async def test_after_the_end_nothing_is_told(world: World) -> None:
    started = await world.starts()
    await world.registers(MARIO)
    session_id = await world.is_there(started)
    await world.accepts(MARIO, session_id)
    await world.app.sessions.end(session_id, started.token, HOME)
    world.agent_store.change("lunifico", "mario", conversations=(session_id,))
    await reads(world, world.clock.now())
    assert read_until(world, session_id) is None


async def test_a_receipt_that_cannot_be_written_is_no_error(world: World) -> None:
    session_id = await world.connected()
    await relayed(world, session_id, "Hello?")
    world.away = {"sessions.agent_has_read"}
    await reads(world, world.clock.now())
    assert read_until(world, session_id) is None


async def test_a_page_that_comes_back_finds_it_in_its_session(world: World) -> None:
    started = await world.starts()
    await world.registers(MARIO)
    session_id = await world.is_there(started)
    await world.accepts(MARIO, session_id)
    written = await relayed(world, session_id, "Hello?")
    await reads(world, world.clock.now())
    assert (await world.app.sessions.resume(session_id, started.token, HOME)).read_until == written
