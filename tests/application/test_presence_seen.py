"""What visitors see of a contact: one state, the same for all, of nobody in particular."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.availability import ContactState, TeamsPresence
from shared.domain.distribution import AgentState
from shared.domain.errors import Refused
from shared.domain.services import ServiceDistribution
from shared.domain.sessions import ContactKind, ContactReference
from tests.application.company import DIRECTLY_MARIO, LUISA, MARIO, SALES, SERVICE, TENANT
from tests.application.watchers import look, set_members
from tests.application.world import World


async def state(world: World, contact: ContactReference = SALES) -> ContactState:
    """As a visitor sees it who comes later."""
    world.clock.advance(2)
    return (await look(world, contact)).state


async def test_nobody_is_registered(world: World) -> None:
    assert await state(world) is await state(world, DIRECTLY_MARIO) is ContactState.OFFLINE


async def test_a_service_is_available_while_one_of_its_members_is(world: World) -> None:
    await world.registers(MARIO, LUISA)
    assert await state(world) is ContactState.AVAILABLE
    world.presence.states[MARIO.id] = TeamsPresence.BUSY
    assert await state(world) is ContactState.AVAILABLE
    world.presence.states[LUISA.id] = TeamsPresence.OFFLINE
    assert await state(world) is ContactState.BUSY
    world.presence.states[MARIO.id] = TeamsPresence.OFFLINE
    assert await state(world) is ContactState.OFFLINE


@pytest.mark.parametrize("presence", [TeamsPresence.BUSY, TeamsPresence.AWAY])
async def test_a_service_decides_whether_busy_and_away_count(world: World, presence: TeamsPresence) -> None:
    await world.registers(MARIO)
    world.presence.states[MARIO.id] = presence
    assert await state(world) is ContactState.BUSY
    lenient = ServiceDistribution(busy_selectable=True, away_selectable=True)
    world.config.put(TENANT.id, replace(SERVICE, distribution=lenient))
    assert await state(world) is ContactState.AVAILABLE


@pytest.mark.parametrize(
    ("presence", "expected"),
    [
        (TeamsPresence.AVAILABLE, ContactState.AVAILABLE),
        (TeamsPresence.UNKNOWN, ContactState.AVAILABLE),
        (TeamsPresence.BUSY, ContactState.BUSY),
        (TeamsPresence.AWAY, ContactState.BUSY),
        (TeamsPresence.OFFLINE, ContactState.OFFLINE),
    ],
)
async def test_a_user_is_seen_as_in_teams(world: World, presence: TeamsPresence, expected: ContactState) -> None:
    await world.registers(MARIO)
    world.presence.states[MARIO.id] = presence
    assert await state(world, DIRECTLY_MARIO) is expected


async def test_who_is_off_duty_is_offline_and_who_has_no_time_is_busy(world: World) -> None:
    await world.registers(MARIO)
    world.agent_store.change(TENANT.id, MARIO.id, conversations=("one", "two"))
    assert await state(world, DIRECTLY_MARIO) is ContactState.BUSY
    world.agent_store.change(TENANT.id, MARIO.id, conversations=(), missed="offer")
    assert await state(world, DIRECTLY_MARIO) is ContactState.BUSY
    world.agent_store.change(TENANT.id, MARIO.id, missed=None, on_duty=False)
    assert await state(world, DIRECTLY_MARIO) is ContactState.OFFLINE


async def test_whoever_may_not_talk_to_a_contact_sees_nothing_of_it(world: World) -> None:
    world.config.put(TENANT.id, replace(SERVICE, licences=frozenset()))
    with pytest.raises(Refused):
        await look(world, SALES)
    with pytest.raises(Refused):
        await look(world, ContactReference(ContactKind.USER, "nobody"))
    assert (await world.ports.watches.read(TENANT.id)).contacts == []


async def test_a_thousand_visitors_cost_what_one_costs(world: World) -> None:
    await world.registers(MARIO, LUISA)
    await look(world, SALES)
    world.clock.advance(0.9)
    world.calls.clear()
    answers = await asyncio.gather(*(look(world, SALES) for _ in range(1_000)))
    assert {answer.state for answer in answers} == {ContactState.AVAILABLE}
    asked = [call for call in world.calls if call not in ("config.tenant_by_widget_key", "config.contact")]
    assert set(asked) <= {"realtime.presence_access"}, "the configuration has a cache of its own"
    world.clock.advance(0.2)
    await asyncio.gather(*(look(world, SALES) for _ in range(1_000)))
    assert world.calls.count("agent_store.read") == 2
    assert world.calls.count("presence.of") == 1


async def test_one_who_is_available_spares_reading_hundreds_of_rows(world: World) -> None:
    first, *_, last = set_members(world, 200)
    for member in (first, last):
        await world.agent_store.save(TENANT.id, AgentState(member, registered=True), None, None)
    world.calls.clear()
    assert await state(world) is ContactState.AVAILABLE
    assert world.calls.count("agent_store.read") == 20
    world.agent_store.change(TENANT.id, first, on_duty=False)
    assert await state(world) is ContactState.AVAILABLE, "found at the end"


async def test_when_to_ask_again_depends_on_push(world: World) -> None:
    assert (await look(world, SALES)).check_after == timedelta(seconds=60)
    assert (await look(world, SALES, push=False)).check_after == timedelta(seconds=10)
    world.realtime.url = None
    assert (await look(world, SALES)).check_after == timedelta(seconds=10)


async def test_those_who_watch_one_contact_are_one_and_no_name_is_told(world: World) -> None:
    access = [(await look(world, contact)).realtime for contact in (SALES, SALES, DIRECTLY_MARIO)]
    keys = [one.access_token for one in access if one is not None]
    assert keys[0] == keys[1] != keys[2]
    assert "sales" not in keys[0]
    assert TENANT.id not in keys[0]


async def test_whoever_asks_now_and_then_is_not_written_down(world: World) -> None:
    assert (await look(world, SALES, push=False)).realtime is None
    assert (await world.ports.watches.read(TENANT.id)).contacts == []
