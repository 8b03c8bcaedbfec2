"""Clocks that are wrong: what they have written keeps nobody waiting for as long as they are ahead."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from shared.application import Application, assemble
from shared.application.occasions import Wake
from shared.domain.errors import OutcomeUnknown
from shared.ports import Clock
from tests.application.company import TENANT
from tests.application.faults import Around, HostDied, fails, fails_afterwards, watched
from tests.application.world import World

HOUR = 3_600
PATIENT = replace(TENANT, session_recovery_timeout=86_400)


@dataclass
class WrongClock:
    """Runs so many seconds ahead of the right one, until it is set."""

    right: Clock
    ahead: float

    def now(self) -> datetime:
        return self.right.now() + timedelta(seconds=self.ahead)

    async def sleep(self, seconds: float) -> None:
        await self.right.sleep(seconds)


def _host(world: World, clock: Clock, around: Around) -> Application:
    return assemble(replace(watched(world.ports, around), clock=clock))


@pytest.fixture
async def session_id(world: World) -> str:
    world.config.put(TENANT.id, PATIENT)
    return await world.connected()


async def test_a_lease_of_a_host_whose_clock_ran_ahead_counts_no_longer_than_leases_last(
    world: World, session_id: str
) -> None:
    host = _host(world, WrongClock(world.clock, HOUR), fails("agents.relay", HostDied("agents.relay")))
    with suppress(HostDied):
        await host.relay.look(session_id, world.writes(session_id, "By Friday?"))

    await world.app.relay.look(session_id, world.writes(session_id, "Or by Monday?"))

    assert world.shown()[-2:] == ["By Friday?", "Or by Monday?"]


async def test_a_watchdog_of_the_future_does_not_stand_for_one_that_comes(world: World, session_id: str) -> None:
    ahead = _host(world, WrongClock(world.clock, HOUR), world.count)
    await ahead.relay.look(session_id, world.writes(session_id, "By Friday?"))
    world.timers.due.clear()
    host = world.host(fails("agents.relay", HostDied("agents.relay")))
    with suppress(HostDied):
        await host.relay.look(session_id, world.writes(session_id, "Or by Monday?"))

    await world.passes(60)

    assert world.shown()[-1] == "Or by Monday?"


async def test_a_process_that_was_set_back_does_not_rely_on_what_it_armed_before(world: World, session_id: str) -> None:
    clock = WrongClock(world.clock, HOUR)
    host = _host(world, clock, world.count)
    await host.relay.look(session_id, world.writes(session_id, "By Friday?"))
    clock.ahead = 0
    world.away.add("messaging.list_after")

    # Nothing of this process comes soon, so the platform has to bring the message again.
    with pytest.raises(OutcomeUnknown):
        await host.relay.look(session_id, Wake("watchdog"))


@pytest.mark.parametrize("seconds", [-30, -2, 2, 30])
async def test_two_hosts_whose_clocks_differ_a_little_lose_nothing(
    world: World, session_id: str, seconds: float
) -> None:
    other = _host(
        world, WrongClock(world.clock, seconds), fails_afterwards("agents.relay", OutcomeUnknown("no answer"))
    )
    await other.relay.look(session_id, world.writes(session_id, "By Friday?"))
    await world.app.relay.look(session_id, world.writes(session_id, "Or by Monday?"))

    await world.passes(120)

    assert world.shown()[-3:] == ["By Friday?", "By Friday?", "Or by Monday?"]
