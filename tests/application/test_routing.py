"""Availability-based Routing: a workflow goes by whether anybody of the contact is there, before it accepts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.availability import ContactState, TeamsPresence
from shared.domain.distribution import Ring
from shared.domain.errors import OutcomeUnknown, Rejected
from shared.domain.sessions import ContactKind, ContactReference, EndReason
from shared.domain.workflows import ActivityDefinition
from tests.application.centre import put, workflow
from tests.application.company import DIRECTLY_MARIO, HOME, LUISA, MARIO, SALES, TENANT
from tests.application.faults import fails
from tests.application.queueing import change
from tests.application.world import World

STATES = [state.value for state in ContactState]
LOOK = ActivityDefinition("look", "availability_based_routing", {}, {state: f"accept-{state}" for state in STATES})
ACCEPTS = [ActivityDefinition(f"accept-{state}", "accept_conversation", {}, {"next": state}) for state in STATES]
SAYS = [ActivityDefinition(state, "message", {"texts": {"en": state}}, {"next": "disconnect"}) for state in STATES]
ROUTING = workflow(LOOK, *ACCEPTS, *SAYS, start="look")


@pytest.fixture
async def world() -> World:
    centre = World()
    put(centre, ROUTING)
    return centre


async def way(world: World) -> list[str]:
    """What a visitor reads who comes now, without having waited."""
    key = f"key-{len(world.sessions.rows)}"
    session_id = await world.opens(key)
    assert world.session(session_id).end_reason is EndReason.WORKFLOW
    return world.read_by_customer(session_id)


async def test_with_somebody_who_can_have_a_task_the_way_is_available(world: World) -> None:
    await world.registers(MARIO, LUISA)
    change(world, LUISA, on_duty=False)

    assert await way(world) == ["available"]


@pytest.mark.parametrize(
    "changes",
    [
        {"conversations": ("one", "two")},
        {"missed": "earlier.1"},
        {"after_call_until": "in a minute"},
        {"ring": "for somebody"},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_with_somebody_there_who_has_no_time_the_way_is_busy(world: World, changes: dict[str, Any]) -> None:
    await world.registers(MARIO)
    soon = world.clock.now() + timedelta(minutes=1)
    values = {"in a minute": soon, "for somebody": Ring("somebody", "somebody.1", soon)}
    change(world, MARIO, **{name: values.get(value, value) for name, value in changes.items()})

    assert await way(world) == ["busy"]


async def test_with_nobody_there_the_way_is_offline(world: World) -> None:
    assert await way(world) == ["offline"]

    await world.registers(MARIO)
    world.presence.states["mario"] = TeamsPresence.OFFLINE
    world.clock.advance(1)

    assert await way(world) == ["offline"]


async def test_presence_in_teams_counts_as_the_service_has_set(world: World) -> None:
    await world.registers(MARIO)
    world.presence.states["mario"] = TeamsPresence.BUSY
    assert await way(world) == ["busy"]

    put(world, ROUTING, busy_selectable=True)
    world.clock.advance(1)

    assert await way(world) == ["available"]


async def test_the_customer_s_message_is_in_the_thread_and_nobody_rings(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()

    assert [message.text for message in world.thread(session_id)] == ["Do you deliver to Basel?", "available"]
    assert world.agents.of("chat-mario", "invite") == []


async def test_an_answer_that_fails_once_is_asked_for_again(world: World) -> None:
    await world.registers(MARIO)
    started = await world.starts()
    host = world.host(fails("agent_store.read", OutcomeUnknown("storage is slow")))

    await host.sessions.heartbeat(started.record.session.id, started.token, HOME, leaving=False)

    assert world.read_by_customer(started.record.session.id) == ["available"]


async def test_whoever_cannot_be_found_for_a_quarter_of_a_minute_counts_as_offline(world: World) -> None:
    await world.registers(MARIO)
    world.away.add("agent_store.read")
    session_id = await world.opens()
    assert world.read_by_customer(session_id) == []

    await world.passes(20)

    assert world.read_by_customer(session_id) == ["offline"]


async def test_a_refusal_for_good_counts_as_offline_at_once(world: World) -> None:
    await world.registers(MARIO)
    started = await world.starts()
    host = world.host(fails("agent_store.read", Rejected("unreadable", "unreadable")))

    await host.sessions.heartbeat(started.record.session.id, started.token, HOME, leaving=False)

    assert world.read_by_customer(started.record.session.id) == ["offline"]


# --- the same question from outside ----------------------------------------------------------------------------------


async def test_a_ring_that_nobody_has_settled_keeps_a_contact_busy_only_while_it_could_ring(world: World) -> None:
    await world.registers(MARIO)
    change(world, MARIO, ring=Ring("gone", "gone.1", world.clock.now() + timedelta(seconds=30)))
    assert await world.app.availability.now(TENANT.id, SALES) is ContactState.BUSY

    world.clock.advance(30)

    assert await world.app.availability.now(TENANT.id, SALES) is ContactState.AVAILABLE


async def test_a_user_in_person_is_busy_while_busy_in_teams_although_tasks_may_come(world: World) -> None:
    await world.registers(MARIO)
    world.presence.states["mario"] = TeamsPresence.BUSY

    assert await world.app.availability.now(TENANT.id, DIRECTLY_MARIO) is ContactState.BUSY


async def test_what_does_not_exist_is_offline(world: World) -> None:
    unknown = ContactReference(ContactKind.SERVICE, "unknown")

    assert await world.app.availability.now(TENANT.id, unknown) is ContactState.OFFLINE
    assert await world.app.availability.now("elsewhere", SALES) is ContactState.OFFLINE
