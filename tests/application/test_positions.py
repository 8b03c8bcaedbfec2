"""Positions in the queue and the expected wait: what the page shows, what the customer hears, and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.application.occasions import AGENT_FREED
from shared.application.waiting import REMEMBERED_WAITS, STALE_WAIT, expected_wait
from shared.ports import RecentWait
from tests.application.centre import events, put, queue_task, workflow
from tests.application.company import HOME, MARIO
from tests.application.world import World
from tests.workflow.stories import NINE

QUEUE = "lunifico:service:sales"


@pytest.fixture
async def world() -> World:
    centre = World()
    put(centre, workflow(queue_task(announce_every=30)))
    return centre


async def comes(world: World, key: str) -> str:
    world.clock.advance(1)
    return await world.opens(key)


def place(world: World, session_id: str) -> tuple[int | None, int | None]:
    task = world.task(session_id)
    return task.position, task.expected_wait


def heard(world: World, session_id: str) -> list[str]:
    """Positions of which the customer was told."""
    return [m.text for m in world.thread(session_id) if m.metadata.get("event") == "position"]


async def test_whoever_comes_later_waits_behind_and_is_told_so(world: World) -> None:
    first, second, third = [await comes(world, f"key-{number}") for number in range(3)]

    assert [place(world, one) for one in (first, second, third)] == [(1, None), (2, None), (3, None)]
    assert heard(world, third) == ["You are number 3 in the queue."]


async def test_a_new_position_is_told_but_not_more_often_than_wanted(world: World) -> None:
    before = [await world.starts(f"key-{number}") for number in range(3)]
    for started in before:
        world.clock.advance(1)
        await world.is_there(started)
    last = await comes(world, "key-last")
    for started in before:
        await world.app.sessions.end(started.record.session.id, started.token, HOME)
        await world.wakes(last, AGENT_FREED)

    assert place(world, last)[0] == 1
    assert heard(world, last) == ["You are number 4 in the queue."]
    await world.passes(60)
    assert heard(world, last)[1:] == ["You are number 1 in the queue."]


async def test_the_page_learns_of_every_new_position_at_once(world: World) -> None:
    first, second = await comes(world, "key-1"), await comes(world, "key-2")
    nudges = len([nudge for nudge in world.realtime.nudges if nudge.session_id == second])
    await world.registers(MARIO)
    await world.passes(0)
    await world.accepts(MARIO, first)

    await world.passes(10)

    assert place(world, second)[0] == 1
    assert len([nudge for nudge in world.realtime.nudges if nudge.session_id == second]) > nudges


async def test_nothing_is_told_where_the_administrator_does_not_want_it(world: World) -> None:
    put(world, workflow(queue_task()))
    session_id = await comes(world, "key-1")

    await world.passes(60)

    assert place(world, session_id)[0] == 1
    assert "position" not in events(world, session_id)


async def test_the_words_are_the_administrator_s_in_the_visitor_s_language(world: World) -> None:
    words = {"en": "Place $(Queue.Position) of $(Service.Name).", "de": "Platz $(Queue.Position)."}
    put(world, workflow(queue_task(announce_every=30, announcement=words)))

    assert heard(world, await comes(world, "key-1")) == ["Place 1 of Lunifico Sales."]
    world.clock.advance(1)
    assert heard(world, await world.opens("key-2", language="de")) == ["Platz 2."]


async def test_an_announcement_without_words_says_nothing(world: World) -> None:
    put(world, workflow(queue_task(announce_every=30, announcement={"de": ""})))

    assert heard(world, await comes(world, "key-1")) == []


# --- the expected wait -----------------------------------------------------------------------------------------------


async def test_after_others_have_waited_the_wait_is_told_with_the_position(world: World) -> None:
    first = await comes(world, "key-1")
    await world.passes(60)
    await world.registers(MARIO)
    await world.passes(0)
    await world.accepts(MARIO, first)
    await world.app.duty.set_duty(world.activity(), on=False)

    second, third = await comes(world, "key-2"), await comes(world, "key-3")

    assert [place(world, one) for one in (second, third)] == [(1, 60), (2, 120)]
    assert heard(world, third) == ["You are number 2 in the queue. Expected wait: 2 min."]


async def test_who_leaves_the_queue_unanswered_says_nothing_about_waits(world: World) -> None:
    await comes(world, "key-1")
    await world.passes(301)

    assert await world.queue.recent_waits(QUEUE) == ()


async def test_recent_waits_are_a_handful_of_rows_however_many_there_were(world: World) -> None:
    await world.registers(MARIO)
    for number in range(30):
        session_id = await comes(world, f"key-{number}")
        await world.accepts(MARIO, session_id)
        await world.app.conversations.end(world.activity(), session_id)

    assert 1 < len(await world.queue.recent_waits(QUEUE)) <= REMEMBERED_WAITS


def waited(seconds: float, position: int, ago: float = 0) -> RecentWait:
    return RecentWait(NINE - timedelta(seconds=ago), seconds, position)


@pytest.mark.parametrize(
    ("waits", "position", "expected"),
    [
        ([], 1, None),
        ([waited(60, 1)], 1, 60),
        ([waited(60, 1)], 3, 180),
        ([waited(60, 1), waited(300, 3)], 1, 90),
        ([waited(60, 1), waited(600, 1, ago=STALE_WAIT + 1)], 1, 60),
        ([waited(60, 1, ago=STALE_WAIT + 1)], 1, None),
        ([waited(0, 1)], 5, 0),
    ],
)
def test_the_wait_is_what_recent_tasks_waited_for_each_place(
    waits: list[RecentWait], position: int, expected: int | None
) -> None:
    assert expected_wait(waits, position, NINE) == expected
