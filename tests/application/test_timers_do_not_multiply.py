"""Timer messages that meet: however many find a session at the same time, they leave few behind."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import Any

import pytest

from shared.application.occasions import AGENT_FREED, Wake
from shared.application.watchdogs import SOON_AFTER
from shared.application.worker import LEASE
from shared.domain.errors import OutcomeUnknown, VersionConflict
from shared.ports import Lease
from tests.application.company import MARIO
from tests.application.faults import Call, PatientClock, fails, pausing
from tests.application.queueing import state
from tests.application.world import World


def hold(world: World, session_id: str) -> None:
    """Another host has the lease, and its watchdog is long gone."""
    rows = world.sessions.rows[session_id]
    rows.relay = replace(rows.relay, lease=Lease("another host", world.clock.now() + LEASE), armed_until=None)
    rows.version += 1


def reasons(world: World) -> list[str]:
    return [wake_up.reason for wake_up in world.timers.due]


async def test_of_many_messages_that_find_a_session_held_one_comes_again_after_the_lease(
    world: World, session_id: str
) -> None:
    hold(world, session_id)
    for reason in ("opened", "offer", "queue_limit", "watchdog", "offer"):
        await world.app.relay.look(session_id, Wake(reason))

    assert reasons(world) == ["opened"]
    assert world.timers.due[0].due == world.clock.now() + LEASE + SOON_AFTER


async def test_only_that_an_agent_is_free_comes_again_besides(world: World, session_id: str) -> None:
    hold(world, session_id)
    for reason in (AGENT_FREED, "offer", AGENT_FREED):
        await world.app.relay.look(session_id, Wake(reason))

    assert sorted(reasons(world)) == [AGENT_FREED, "offer"]


async def test_when_the_lease_was_renewed_meanwhile_it_comes_again_once_more(world: World, session_id: str) -> None:
    hold(world, session_id)
    await world.app.relay.look(session_id, Wake("offer"))
    (first,) = world.timers.due
    world.clock.time = first.due
    world.timers.due.clear()
    hold(world, session_id)

    await world.app.relay.look(session_id, Wake("offer"))

    assert reasons(world) == ["offer"]


async def test_a_message_that_could_not_be_sent_again_stands_for_the_others(world: World, session_id: str) -> None:
    hold(world, session_id)
    host = world.host(fails("timers.wake", OutcomeUnknown("the queue is away")))
    with pytest.raises(OutcomeUnknown):
        await host.relay.look(session_id, Wake("offer"))

    await host.relay.look(session_id, Wake("queue_limit"))

    assert reasons(world) == [], "the first one is delivered again by the platform"


@pytest.mark.parametrize("seed", range(10))
async def test_many_who_take_a_session_at_the_same_time_arm_one_watchdog(seed: int) -> None:
    world = World(PatientClock())
    await world.registers(MARIO)
    started = await world.starts()
    host = world.host(pausing(random.Random(seed)))
    world.timers.due.clear()

    await asyncio.gather(*(host.relay.look(started.record.session.id, Wake("opened")) for _ in range(8)))

    assert reasons(world).count("watchdog") == 1
    assert reasons(world).count("recovery") == 1


async def test_an_agent_s_row_that_others_write_all_the_time_is_waited_for_and_nothing_is_in_doubt(
    world: World, session_id: str
) -> None:
    writes = 0

    async def others_write_first(name: str, call: Call) -> Any:
        nonlocal writes
        if name == "agent_store.save" and writes < 10:
            writes += 1
            raise VersionConflict("somebody else wrote first")
        return await call()

    await world.host(others_write_first).conversations.end(world.activity(), session_id)

    assert state(world).conversations == ()
    assert world.sessions.rows[session_id].effects == {}
