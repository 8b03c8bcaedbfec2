"""Pickup: nobody's chat rings; agents see who waits, and take a task from the list."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.availability import TeamsPresence
from shared.domain.licences import Licence
from shared.domain.sessions import Phase
from tests.application.centre import put, put_second, queue_task, ringing, team, workflow
from tests.application.company import CARLA, LUISA, MARIO, OTTO, TENANT
from tests.application.faults import PatientClock, pausing
from tests.application.queueing import change, state
from tests.application.world import World

PICKUP = workflow(queue_task(distribution="pickup"))


@pytest.fixture
async def world() -> World:
    centre = World()
    put(centre, PICKUP)
    await centre.registers(MARIO, LUISA)
    return centre


async def listed(world: World, user: Any = MARIO) -> list[str]:
    """The names of the customers on an agent's list."""
    return [task.customer_name for task in await world.app.tasks.waiting(world.activity(user))]


async def picks_up(world: World, session_id: str, user: Any = MARIO) -> str:
    return (await world.app.tasks.pick_up(world.activity(user), session_id)).outcome


# --- the list --------------------------------------------------------------------------------------------------------


async def test_nobody_rings_and_everybody_sees_who_waits_the_longest_first(world: World) -> None:
    first = await world.opens("key-1")
    world.clock.advance(5)
    await world.opens("key-2", customer=OTTO)

    assert ringing(world) == set()
    (carla, otto) = await world.app.tasks.waiting(world.activity(LUISA))
    assert (carla.session_id, carla.customer_name, carla.service_name) == (first, CARLA.display_name, "Lunifico Sales")
    assert otto.waiting_since - carla.waiting_since == timedelta(seconds=5)


async def test_the_list_holds_the_tasks_of_all_services_of_the_agent_and_of_no_other(world: World) -> None:
    orders = put_second(world, "orders", replace(PICKUP, id="orders"), [MARIO])
    await world.opens("key-1")
    world.clock.advance(1)
    await world.opens("key-2", contact=orders, customer=OTTO)

    assert await listed(world, MARIO) == [CARLA.display_name, OTTO.display_name]
    assert await listed(world, LUISA) == [CARLA.display_name]


async def test_a_visitor_whose_page_has_given_no_sign_of_life_is_not_on_the_list(world: World) -> None:
    started = await world.starts()
    await world.wakes(started.record.session.id, "opened")
    assert await listed(world) == []
    assert await picks_up(world, started.record.session.id) == "expired"

    await world.is_there(started)

    assert await listed(world) == [CARLA.display_name]


async def test_tasks_that_are_offered_to_agents_are_not_on_the_list(world: World) -> None:
    put(world, workflow(queue_task(distribution="direct")))
    await world.opens()

    assert await listed(world) == []


async def test_who_has_gone_is_not_on_the_list_and_a_hint_that_was_left_is_cleared_away(world: World) -> None:
    session_id = await world.opens()
    rows = world.sessions.rows[session_id]
    rows.session = replace(rows.session, phase=Phase.ENDED)

    assert await listed(world) == []
    assert await world.queue.first("lunifico:service:sales", 9) == []


# --- taking a task ---------------------------------------------------------------------------------------------------


async def test_who_picks_a_task_up_talks_with_the_customer_and_reads_what_was_written(world: World) -> None:
    session_id = await world.opens()

    answer = await world.app.tasks.pick_up(world.activity(), session_id)

    assert (answer.outcome, answer.customer_name) == ("accepted", CARLA.display_name)
    assert world.session(session_id).phase is Phase.CONNECTED
    assert (state(world).ring, state(world).conversations) == (None, (session_id,))
    assert world.shown() == ["Do you deliver to Basel?"]
    assert await listed(world, LUISA) == []


async def test_picking_up_again_changes_nothing(world: World) -> None:
    session_id = await world.opens()
    await picks_up(world, session_id)

    assert await picks_up(world, session_id) == "accepted"
    assert state(world).conversations == (session_id,)


async def test_whoever_is_slower_learns_who_was_faster_and_is_free(world: World) -> None:
    session_id = await world.opens()
    await picks_up(world, session_id, MARIO)

    answer = await world.app.tasks.pick_up(world.activity(LUISA), session_id)

    assert (answer.outcome, answer.taken_by) == ("taken", "Mario")
    assert (state(world, LUISA).ring, state(world, LUISA).conversations) == (None, ())


@pytest.mark.parametrize("seed", range(15))
async def test_of_two_who_pick_up_at_the_same_time_one_gets_it_and_the_other_is_free(seed: int) -> None:
    world = World(PatientClock())
    put(world, PICKUP)
    await world.registers(MARIO, LUISA)
    session_id = await world.opens()
    hosts = [world.host(pausing(random.Random(f"{seed} {name}"))) for name in "ab"]

    answers = await asyncio.gather(
        *(
            host.tasks.pick_up(world.activity(user), session_id)
            for host, user in zip(hosts, (MARIO, LUISA), strict=True)
        )
    )

    assert sorted(answer.outcome for answer in answers) == ["accepted", "taken"]
    assert sorted(len(state(world, user).conversations) for user in (MARIO, LUISA)) == [0, 1]
    assert ringing(world) == set()


# --- who cannot ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"on_duty": False}, "off_duty"),
        ({"missed": "earlier.1"}, "did_not_answer"),
        ({"conversations": ("one", "two")}, "at_capacity"),
        ({"registered": False}, "not_registered_with_bot"),
        ({"after_call_until": "in a minute"}, "after_call_work"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_who_cannot_take_a_task_now_is_told_why(world: World, changes: dict[str, Any], reason: str) -> None:
    session_id = await world.opens()
    if "after_call_until" in changes:
        changes = {"after_call_until": world.clock.now() + timedelta(minutes=1)}
    change(world, MARIO, **changes)

    assert await picks_up(world, session_id) == reason
    assert world.session(session_id).agent is None
    assert state(world).ring is None


async def test_nobody_takes_more_than_the_capacity_by_hand_either(world: World) -> None:
    sessions = [await world.opens(f"key-{number}") for number in range(3)]

    assert [await picks_up(world, session_id) for session_id in sessions] == ["accepted", "accepted", "at_capacity"]


async def test_presence_in_teams_keeps_nobody_from_taking_a_task_by_hand(world: World) -> None:
    world.presence.states["mario"] = TeamsPresence.BUSY
    session_id = await world.opens()

    assert await picks_up(world, session_id) == "accepted"


async def test_only_members_with_a_licence_take_tasks_of_a_service(world: World) -> None:
    (stranger,) = team(1)
    unlicensed = replace(LUISA, licences=frozenset({Licence.INTERACT}))
    world.config.put(TENANT.id, stranger, unlicensed)
    await world.registers(stranger)
    session_id = await world.opens()

    assert await picks_up(world, session_id, stranger) == "not_a_member"
    assert await picks_up(world, session_id, LUISA) == "not_a_member"


async def test_an_agent_of_another_tenant_learns_nothing(world: World) -> None:
    session_id = await world.opens()

    answer = await world.app.tasks.pick_up(replace(world.activity(), tenant_id="elsewhere"), session_id)

    assert (answer.outcome, answer.customer_name) == ("expired", "")


async def test_a_task_that_waits_no_more_was_withdrawn(world: World) -> None:
    session_id = await world.opens()
    await world.passes(301)

    assert await picks_up(world, session_id) == "withdrawn"
