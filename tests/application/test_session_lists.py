"""Lists of sessions: those that run, then those that have ended, the newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application.session_lists import SessionSelection
from shared.domain.administrators import Administrator
from shared.domain.errors import InvalidRequest
from shared.domain.history import Outcome
from shared.domain.sessions import ContactKind, ContactReference
from shared.ports import Slot
from tests.application.administrators import ADA, EUROPEAN, ORDERS, READER, STRANGER, keeps_context, with_units
from tests.application.company import DIRECTLY_MARIO, HOME, LUISA, MARIO, SALES, TENANT
from tests.application.world import World

ANYTHING = SessionSelection()


async def listed(world: World, selection: SessionSelection = ANYTHING, administrator: Administrator = ADA) -> list[str]:
    """The ids of all pages."""
    found: list[str] = []
    for _ in range(50):
        page = await world.app.session_lists.page(administrator, selection)
        assert len(page.items) <= selection.top
        found += [line.session_id for line in page.items]
        if page.next is None:
            return found
        selection = replace(selection, after=page.next)
    raise AssertionError("the pages have no end")


async def finished(world: World, key: str) -> str:
    """A conversation that its agent has ended."""
    session_id = await world.connected(key)
    world.clock.advance(30)
    await world.app.conversations.end(world.activity(), session_id)
    return session_id


async def test_what_runs_comes_before_what_has_ended_and_the_newest_first(world: World) -> None:
    first, second = await finished(world, "key-1"), await finished(world, "key-2")
    running = await world.opens("key-3")

    assert await listed(world) == [running, second, first]
    assert await listed(world, replace(ANYTHING, running=True)) == [running]
    assert await listed(world, replace(ANYTHING, running=False)) == [second, first]
    assert await listed(world, replace(ANYTHING, top=1)) == [running, second, first]


async def test_a_finished_session_tells_how_it_went(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    world.clock.advance(12)
    await world.accepts(MARIO, session_id)
    world.clock.advance(100)
    await world.app.conversations.end(world.activity(), session_id)

    (line,) = (await world.app.session_lists.page(READER, ANYTHING)).items
    assert (line.outcome, line.wait, line.handling) == (Outcome.ANSWERED, 12, 100)
    assert (line.agent, line.contact_name) == (world.session(session_id).agent, "Lunifico Sales")


async def test_a_session_that_runs_tells_how_long_it_waits(world: World) -> None:
    await world.opens()
    world.clock.advance(40)

    (line,) = (await world.app.session_lists.page(ADA, ANYTHING)).items
    assert (line.is_running, line.wait, line.handling, line.outcome) == (True, 40, None, None)


async def test_those_in_person_run_as_well(world: World) -> None:
    directly = await world.opens("key-1", contact=DIRECTLY_MARIO)
    with_service = await world.opens("key-2")

    assert sorted(await listed(world)) == sorted([directly, with_service])
    assert await listed(world, replace(ANYTHING, contact=DIRECTLY_MARIO)) == [directly]
    assert await listed(world, replace(ANYTHING, contact=SALES)) == [with_service]


async def test_an_agent_s_sessions_are_those_that_ring_or_talk_and_those_that_were_answered(world: World) -> None:
    answered = await finished(world, "key-1")
    talking = await world.connected("key-2")
    ringing = await world.opens("key-3")

    assert sorted(await listed(world, replace(ANYTHING, agent_id=MARIO.id))) == sorted([answered, talking, ringing])
    assert await listed(world, replace(ANYTHING, agent_id=LUISA.id)) == []


async def test_outcome_and_time_mean_what_has_ended(world: World) -> None:
    answered = await finished(world, "key-1")
    abandoned = await world.starts("key-2")
    await world.app.sessions.end(abandoned.record.session.id, abandoned.token, HOME)
    await world.opens("key-3")
    now = world.clock.now()

    assert await listed(world, replace(ANYTHING, outcome=Outcome.ABANDONED)) == [abandoned.record.session.id]
    assert await listed(world, replace(ANYTHING, outcome=Outcome.ANSWERED)) == [answered]
    assert len(await listed(world, replace(ANYTHING, start=now - timedelta(hours=1)))) == 2
    assert await listed(world, replace(ANYTHING, end=now - timedelta(hours=1))) == []


async def test_a_place_whose_session_has_ended_or_was_never_stored_is_freed_on_the_way(world: World) -> None:
    ended = await finished(world, "key-1")
    queue = f"lunifico:{SALES.key}"
    await world.queue.take_slot(queue, 5, Slot(ended, world.clock.now()))
    await world.queue.take_slot(queue, 6, Slot("never-stored", world.clock.now() - timedelta(minutes=2)))
    await world.queue.take_slot(queue, 7, Slot("not-yet-stored", world.clock.now()))

    assert await listed(world, replace(ANYTHING, running=True)) == []
    assert list(world.queue.taken[queue]) == [7]


async def test_an_administrator_of_a_unit_sees_the_sessions_of_its_services(world: World) -> None:
    with_units(world)
    await finished(world, "key-1")
    of_sales, of_orders = await world.opens("key-2"), await world.opens("key-3", contact=ORDERS)

    assert await listed(world, ANYTHING, EUROPEAN) == [of_orders]
    assert await listed(world, replace(ANYTHING, contact=SALES), EUROPEAN) == []
    assert of_sales in await listed(world, ANYTHING, READER)
    assert await listed(world, ANYTHING, STRANGER) == []


@pytest.mark.parametrize("is_kept", [True, False])
async def test_who_the_customer_was_is_told_only_where_it_is_kept(world: World, is_kept: bool) -> None:
    if is_kept:
        keeps_context(world)
    await finished(world, "key-1")
    await world.opens("key-2")

    page = await world.app.session_lists.page(ADA, ANYTHING)
    assert [line.customer is not None for line in page.items] == [is_kept, is_kept]
    assert ("carla@" in repr(world.history.entries)) is is_kept


async def test_what_is_kept_is_told_no_more_once_it_is_switched_off(world: World) -> None:
    keeps_context(world)
    await finished(world, "key-1")
    world.config.put("lunifico", TENANT)

    (line,) = (await world.app.session_lists.page(ADA, ANYTHING)).items
    assert line.customer is None


async def test_a_list_costs_one_range_and_a_look_at_each_session_that_runs(world: World) -> None:
    for number in range(3):
        await finished(world, f"key-{number}")
    await world.opens("key-9")
    world.calls.clear()
    await world.app.session_lists.page(ADA, ANYTHING)

    asked = [call for call in world.calls if call.split(".")[0] in ("queue", "history", "sessions")]
    assert asked == ["queue.running", "sessions.read", "sessions.read", "history.list"]


@pytest.mark.parametrize("after", ["", "5", "running x/y", "finished x/y"])
async def test_what_is_no_next_is_refused(world: World, after: str) -> None:
    with pytest.raises(InvalidRequest):
        await world.app.session_lists.page(ADA, replace(ANYTHING, after=after))


async def test_a_user_of_another_name_has_no_sessions(world: World) -> None:
    await world.opens("key-1", contact=DIRECTLY_MARIO)
    nobody = ContactReference(ContactKind.USER, "mar")

    assert await listed(world, replace(ANYTHING, contact=nobody)) == []
