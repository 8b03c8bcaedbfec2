"""What agents say and learn about themselves; whoever is free again gets the next task of any service."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application.agents import Answer
from shared.domain.availability import TeamsPresence
from shared.domain.distribution import LeftOut, Ring
from shared.domain.licences import Licence
from tests.application.centre import put, put_second, queue_task, service, workflow
from tests.application.company import DIRECTLY_MARIO, LUISA, MARIO, TENANT, WORKFLOW
from tests.application.queueing import change, offered_to, state
from tests.application.world import World

ORDERS = workflow(queue_task(), name="orders")


# --- on and off duty -------------------------------------------------------------------------------------------------


async def test_off_duty_no_task_comes_and_conversations_go_on(world: World) -> None:
    talking = await world.connected("key-1")

    assert await world.app.duty.set_duty(world.activity(), on=False) == Answer("off_duty")

    assert offered_to(world, await world.opens("key-2")) == []
    assert (await world.app.conversations.say(world.activity(), "Yes.")).outcome == "sent"
    assert state(world).conversations == (talking,)


async def test_back_on_duty_whoever_waits_is_offered_at_once(world: World) -> None:
    await world.registers(MARIO)
    await world.app.duty.set_duty(world.activity(), on=False)
    session_id = await world.opens()

    assert await world.app.duty.set_duty(world.activity(), on=True) == Answer("on_duty")
    await world.passes(0)

    assert offered_to(world, session_id) == ["mario"]


async def test_an_invitation_that_rings_can_still_be_accepted_off_duty(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    await world.app.duty.set_duty(world.activity(), on=False)

    assert await world.accepts(MARIO, session_id) == "accepted"


@pytest.mark.parametrize("verb", ["on", "off", "available", "ready"])
async def test_who_writes_to_the_bot_has_it_though_nobody_told_us_of_the_installation(world: World, verb: str) -> None:
    duty, activity = world.app.duty, world.activity()
    verbs = {
        "on": lambda: duty.set_duty(activity, on=True),
        "off": lambda: duty.set_duty(activity, on=False),
        "available": lambda: duty.available(activity),
        "ready": lambda: duty.ready(activity),
    }
    await verbs[verb]()

    assert state(world).registered
    assert state(world).on_duty is (verb != "off")


# --- whoever is free again gets the next task of any service ---------------------------------------------------------


async def test_who_is_free_again_is_offered_the_tasks_of_all_services_at_once(world: World) -> None:
    orders = put_second(world, "orders", ORDERS, [MARIO])
    talking = [await world.connected("key-1"), await world.connected("key-2")]
    waiting = {
        "sales": await world.opens("key-3"),
        "orders": await world.opens("key-4", contact=orders),
    }
    world.timers.due.clear()

    await world.app.conversations.end(world.activity(), talking[0])

    woken = {wake_up.session_id for wake_up in world.timers.due if wake_up.reason == "agent_freed"}
    assert woken == set(waiting.values())
    await world.passes(0)
    assert sorted(offered_to(world, session_id) for session_id in waiting.values()) == [[], ["mario"]]


async def test_who_is_free_again_gets_what_was_addressed_to_the_person_as_well(world: World) -> None:
    await world.registers(MARIO)
    hint = (world.clock.now(), "somebody")
    await world.queue.insert(f"{TENANT.id}:{DIRECTLY_MARIO.key}", *hint)

    await world.app.duty.available(world.activity())

    assert [(wake_up.session_id, wake_up.reason) for wake_up in world.timers.due] == [("somebody", "agent_freed")]


async def test_who_is_idle_for_longest_over_all_services_comes_first(world: World) -> None:
    orders = put_second(world, "orders", ORDERS, [MARIO, LUISA])
    await world.registers(MARIO, LUISA)
    change(world, MARIO, idle_since=world.clock.now() - timedelta(minutes=5))
    change(world, LUISA, idle_since=world.clock.now() - timedelta(minutes=4))
    first = await world.opens("key-1")
    await world.accepts(MARIO, first)
    await world.app.conversations.end(world.activity(), first)

    second = await world.opens("key-2", contact=orders)

    assert offered_to(world, second) == ["luisa"]


# --- status ----------------------------------------------------------------------------------------------------------


async def reasons(world: World) -> dict[str, LeftOut | None]:
    status = await world.app.duty.status(world.activity())
    assert status is not None
    return {standing.service.id: standing.reason for standing in status.services}


async def test_somebody_whom_we_do_not_know_has_no_status(world: World) -> None:
    assert await world.app.duty.status(world.activity()) is None


async def test_status_tells_how_one_stands_in_each_service(world: World) -> None:
    lenient = service("orders", ORDERS, [MARIO], busy_selectable=True)
    world.config.put(TENANT.id, ORDERS, lenient)
    await world.registers(MARIO)
    world.presence.states["mario"] = TeamsPresence.BUSY

    status = await world.app.duty.status(world.activity())

    assert status is not None
    assert (status.presence, status.capacity, status.state.on_duty) == (TeamsPresence.BUSY, 2, True)
    assert await reasons(world) == {"sales": LeftOut.BUSY_IN_TEAMS, "orders": None}
    assert status.reason is None


async def test_status_says_why_no_task_comes_at_all(world: World) -> None:
    await world.registers(MARIO)
    change(world, MARIO, missed="earlier.1")

    status = await world.app.duty.status(world.activity())

    assert status is not None
    assert status.reason is LeftOut.DID_NOT_ANSWER


async def test_without_a_licence_no_task_of_a_service_comes(world: World) -> None:
    world.config.put(TENANT.id, replace(MARIO, licences=frozenset({Licence.INTERACT})))
    await world.registers(MARIO)

    assert await reasons(world) == {"sales": LeftOut.NO_LICENCE}


async def test_without_a_service_it_counts_how_one_stands_in_person(world: World) -> None:
    put(world, WORKFLOW, [LUISA])
    await world.registers(MARIO)
    world.presence.states["mario"] = TeamsPresence.BUSY
    status = await world.app.duty.status(world.activity())
    assert status is not None
    assert (status.services, status.reason) == ([], None)

    await world.app.duty.set_duty(world.activity(), on=False)

    status = await world.app.duty.status(world.activity())
    assert status is not None
    assert status.reason is LeftOut.OFF_DUTY


async def test_a_ring_that_is_left_over_is_settled_before_it_is_told(world: World) -> None:
    await world.registers(MARIO)
    change(world, MARIO, ring=Ring("gone", "gone.1", world.clock.now() + timedelta(seconds=30)))

    assert await reasons(world) == {"sales": None}
