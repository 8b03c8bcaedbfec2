"""Limits of a queue: how long a task may wait, and how many may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.sessions import EndReason, Phase
from shared.domain.workflows import ActivityDefinition
from tests.application.centre import events, put, queue_task, workflow
from tests.application.company import MARIO
from tests.application.queueing import offered_to
from tests.application.world import World

SORRY = ActivityDefinition("sorry", "message", {"texts": {"en": "So many others."}}, {"next": "disconnect"})
FULL = {"time_limit": "cancel", "queue_full": "sorry"}


@pytest.fixture
async def world() -> World:
    centre = World()
    put(centre, workflow(queue_task(FULL, max_waiting=2, time_limit=60), SORRY))
    return centre


async def comes(world: World, key: str) -> str:
    """A visitor who comes a second after whoever was before; the session's id."""
    world.clock.advance(1)
    return await world.opens(key)


async def test_a_task_that_waits_too_long_leaves_and_the_customer_is_told(world: World) -> None:
    session_id = await world.opens()

    await world.passes(59)
    assert world.session(session_id).phase is Phase.WAITING
    await world.passes(1.5)

    assert world.session(session_id).end_reason is EndReason.WORKFLOW
    assert "noAgent" in events(world, session_id)
    assert await world.queue.first("lunifico:service:sales", 9) == []


async def test_with_as_many_waiting_as_may_the_next_one_leaves_by_an_exit_of_its_own(world: World) -> None:
    first, second = await comes(world, "key-1"), await comes(world, "key-2")

    third = await comes(world, "key-3")

    assert [world.session(one).phase for one in (first, second)] == [Phase.WAITING, Phase.WAITING]
    assert world.session(third).end_reason is EndReason.WORKFLOW
    assert world.read_by_customer(third)[-1] == "So many others."
    assert [session_id for _, session_id in await world.queue.first("lunifico:service:sales", 9)] == [first, second]


async def test_without_that_exit_it_leaves_as_after_the_time_limit(world: World) -> None:
    put(world, workflow(queue_task(max_waiting=1)))
    await comes(world, "key-1")

    third = await comes(world, "key-2")

    assert world.session(third).end_reason is EndReason.WORKFLOW
    assert events(world, third)[-1] == "noAgent"


async def test_nobody_is_asked_for_a_task_before_it_is_known_whether_there_is_room(world: World) -> None:
    await comes(world, "key-1")
    await comes(world, "key-2")
    await world.registers(MARIO)

    third = await comes(world, "key-3")

    assert world.happened(third, "AgentsReserved") == []


async def test_whoever_has_room_is_offered_at_once(world: World) -> None:
    await world.registers(MARIO)

    assert offered_to(world, await world.opens()) == ["mario"]


async def test_whoever_was_let_in_stays_even_if_others_are_before(world: World) -> None:
    """A host that was slower had begun to wait a moment earlier."""
    session_id = await world.opens()
    for number in range(3):
        earlier = world.clock.now() - timedelta(seconds=number)
        await world.queue.insert("lunifico:service:sales", earlier, f"another-{number}")

    await world.passes(15)

    assert world.session(session_id).phase is Phase.WAITING


async def test_hints_that_were_left_over_do_not_fill_a_queue_for_ever(world: World) -> None:
    for number in range(3):
        gone = await comes(world, f"gone-{number}")
        rows = world.sessions.rows[gone]
        rows.session = replace(rows.session, phase=Phase.ENDED)

    phases = [world.session(await comes(world, f"key-{number}")).phase for number in range(3)]

    assert phases == [Phase.WAITING, Phase.WAITING, Phase.ENDED]
