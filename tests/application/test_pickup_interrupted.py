"""Pickup interrupted: a host dies between the reservation and the session, or is too slow; others ring meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.application.tasks import ARRIVING, PICKING_UP
from shared.domain.distribution import Ring
from shared.domain.errors import OutcomeUnknown
from shared.domain.sessions import Phase, TaskPhase
from tests.application.centre import put, put_second, queue_task, workflow
from tests.application.company import LUISA, MARIO
from tests.application.faults import Call, HostDied, fails_afterwards
from tests.application.queueing import change, state
from tests.application.world import World

PICKUP = workflow(queue_task(distribution="pickup"))


@pytest.fixture
async def world() -> World:
    centre = World()
    put(centre, PICKUP)
    await centre.registers(MARIO, LUISA)
    return centre


async def picks_up(world: World, session_id: str, user: Any = MARIO) -> str:
    return (await world.app.tasks.pick_up(world.activity(user), session_id)).outcome


# --- a host that dies between the reservation and the session --------------------------------------------------------


async def dies_before_the_session_hears_of_it(world: World, session_id: str) -> None:
    async def dies(name: str, call: Call) -> Any:
        if name == "sessions.save":
            raise HostDied(name)
        return await call()

    with pytest.raises(HostDied):
        await world.host(dies).tasks.pick_up(world.activity(), session_id)


async def test_a_reservation_that_the_session_never_heard_of_counts_for_some_seconds_only(world: World) -> None:
    session_id = await world.opens()
    await dies_before_the_session_hears_of_it(world, session_id)
    second = await world.opens("key-2")
    world.clock.advance((PICKING_UP + ARRIVING).total_seconds() - 1)
    assert await picks_up(world, second) == "ringing", "what was written in the last moment may still arrive"

    world.clock.advance(1)

    assert await picks_up(world, session_id, LUISA) == "accepted"
    assert await picks_up(world, second) == "accepted"


async def test_who_tries_again_after_such_a_death_gets_the_task(world: World) -> None:
    session_id = await world.opens()
    await dies_before_the_session_hears_of_it(world, session_id)

    assert await picks_up(world, session_id) == "accepted"
    assert state(world).conversations == (session_id,)


async def test_a_reservation_that_the_session_has_heard_of_is_a_conversation(world: World) -> None:
    session_id = await world.opens()
    host = world.host(fails_afterwards("sessions.save", OutcomeUnknown("answered nothing")))
    with pytest.raises(OutcomeUnknown):
        await host.tasks.pick_up(world.activity(), session_id)
    assert world.session(session_id).phase is Phase.CONNECTED
    assert state(world).conversations == ()

    await world.app.duty.status(world.activity())

    assert state(world).conversations == (session_id,)


async def test_a_reservation_comes_too_late_when_it_may_be_given_up_before_the_session_is_written(world: World) -> None:
    """The agent would else get another task meanwhile, and this one on top of it."""
    session_id = await world.opens()

    async def slow(name: str, call: Call) -> Any:
        result = await call()
        if name == "agent_store.save":
            world.clock.advance(PICKING_UP.total_seconds())
        return result

    answer = await world.host(slow).tasks.pick_up(world.activity(), session_id)

    assert answer.outcome == "expired"
    assert world.session(session_id).agent is None
    assert state(world).ring is None


async def test_who_was_too_slow_keeps_the_offer_that_came_meanwhile_of_the_same_conversation(world: World) -> None:
    """It was transferred to a service that offers it, and to the agent who has just tried to take it."""
    session_id = await world.opens()
    offered = Ring(session_id, f"{session_id}.1", world.clock.now() + timedelta(seconds=30))

    async def offered_meanwhile(name: str, call: Call) -> Any:
        result = await call()
        ring = state(world).ring
        if name == "agent_store.save" and ring is not None and ring.picked_up:
            change(world, MARIO, ring=offered)
            rows = world.sessions.rows[session_id]
            rows.session = replace(rows.session, task=replace(world.task(session_id), phase=TaskPhase.OFFERED))
        return result

    answer = await world.host(offered_meanwhile).tasks.pick_up(world.activity(), session_id)

    assert answer.outcome == "expired"
    assert state(world).ring == offered


async def test_a_ring_of_an_offer_keeps_an_agent_from_picking_up(world: World) -> None:
    put_second(world, "orders", workflow(queue_task(distribution="direct"), name="orders"), [MARIO])
    session_id = await world.opens()
    rung = await world.opens(
        "key-2", contact=put_second(world, "orders", workflow(queue_task(), name="orders"), [MARIO])
    )
    assert state(world).ring == Ring(rung, f"{rung}.1", world.clock.now() + timedelta(seconds=30))

    assert await picks_up(world, session_id) == "ringing"
