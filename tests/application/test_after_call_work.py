"""After-call work: so long after a conversation an agent is left alone, unless the agent is ready before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.application.centre import put, put_second, queue_task, workflow
from tests.application.company import DIRECTLY_MARIO, HOME, MARIO
from tests.application.queueing import left_out, offered_to, state
from tests.application.world import World

WORK = 60


@pytest.fixture
async def world() -> World:
    """Mario has just ended a conversation, and has a minute's work with it."""
    centre = World()
    put(centre, members=[MARIO], after_call_work=WORK)
    await centre.registers(MARIO)
    session_id = await centre.connected("key-0")
    await centre.app.conversations.end(centre.activity(), session_id)
    return centre


async def test_an_agent_with_work_left_gets_no_task(world: World) -> None:
    assert state(world).after_call_until == world.clock.now() + timedelta(seconds=WORK)

    session_id = await world.opens()

    assert left_out(world, session_id) == {"mario": "after_call_work"}


async def test_when_the_time_is_over_whoever_waits_is_offered_at_once(world: World) -> None:
    await world.passes(WORK - 3)
    session_id = await world.opens()

    await world.passes(2.9)
    assert offered_to(world, session_id) == []
    await world.passes(0.2)

    assert offered_to(world, session_id) == ["mario"]


async def test_who_is_ready_before_gets_the_next_task_at_once(world: World) -> None:
    session_id = await world.opens()

    assert (await world.app.duty.ready(world.activity())).outcome == "ready"
    await world.passes(0)

    assert offered_to(world, session_id) == ["mario"]


async def test_the_work_of_one_service_keeps_from_the_tasks_of_all(world: World) -> None:
    orders = put_second(world, "orders", workflow(queue_task(), name="orders"), [MARIO])

    session_id = await world.opens(contact=orders)

    assert left_out(world, session_id) == {"mario": "after_call_work"}


async def test_a_service_without_after_call_work_does_not_shorten_what_another_has_set(world: World) -> None:
    orders = put_second(world, "orders", workflow(queue_task(), name="orders"), [MARIO])
    until = state(world).after_call_until
    await world.app.duty.ready(world.activity())
    talking = await world.opens(contact=orders)
    await world.accepts(MARIO, talking)
    world.agent_store.change("lunifico", "mario", after_call_until=until)

    await world.app.conversations.end(world.activity(), talking)

    assert state(world).after_call_until == until


async def test_who_talks_still_and_has_work_left_gets_nothing_either(world: World) -> None:
    await world.app.duty.ready(world.activity())
    talking = [await world.connected(key) for key in ("key-1", "key-2")]

    await world.app.conversations.end(world.activity(), talking[0])

    assert left_out(world, await world.opens("key-3")) == {"mario": "after_call_work"}


async def test_conversations_with_a_user_in_person_leave_no_work(world: World) -> None:
    await world.app.duty.ready(world.activity())
    session_id = await world.opens(contact=DIRECTLY_MARIO)
    await world.accepts(MARIO, session_id)

    await world.app.conversations.end(world.activity(), session_id)

    assert state(world).after_call_until is None


async def test_a_conversation_that_the_customer_ends_leaves_work_too(world: World) -> None:
    await world.passes(WORK)
    started = await world.starts()
    session_id = await world.is_there(started)
    await world.accepts(MARIO, session_id)

    await world.app.sessions.end(session_id, started.token, HOME)

    assert state(world).after_call_until == world.clock.now() + timedelta(seconds=WORK)
