"""Nobody is asked for a visitor who may be a program: the page's first sign of life lets the offers begin."""

from __future__ import annotations

import pytest

from shared.domain.sessions import EndReason, TaskPhase
from tests.application.centre import put, queue_task, ringing, workflow
from tests.application.company import DIRECTLY_MARIO, HOME, MARIO, form
from tests.application.faults import HostDied, dies_at
from tests.application.queueing import offered_to
from tests.application.world import World


async def test_a_session_that_was_only_started_rings_at_nobody_and_ends_by_itself(world: World) -> None:
    await world.registers(MARIO)
    session_id = (await world.starts()).record.session.id

    await world.passes(60)
    assert (ringing(world), world.happened(session_id, "AgentsReserved")) == (set(), [])
    assert world.task(session_id).phase is TaskPhase.WAITING
    await world.passes(200)

    assert world.session(session_id).end_reason is EndReason.CUSTOMER_GONE


async def test_the_first_sign_of_life_asks_at_once(world: World) -> None:
    await world.registers(MARIO)
    started = await world.starts()
    await world.passes(20)

    session_id = await world.is_there(started)

    assert offered_to(world, session_id) == ["mario"]
    assert len(world.happened(session_id, "VisitorSeen")) == 1


async def test_a_user_in_person_is_not_asked_before_either_and_declines_nothing(world: World) -> None:
    started = await world.starts(contact=DIRECTLY_MARIO)
    session_id = started.record.session.id
    await world.passes(20)
    assert world.session(session_id).end_reason is None

    await world.is_there(started)

    assert world.session(session_id).end_reason is EndReason.DECLINED


async def test_a_page_that_only_says_good_bye_is_no_sign_that_somebody_is_there(world: World) -> None:
    await world.registers(MARIO)
    started = await world.starts()

    await world.app.sessions.heartbeat(started.record.session.id, started.token, HOME, leaving=True)

    assert not world.session(started.record.session.id).visitor_seen
    assert ringing(world) == set()


@pytest.mark.parametrize("number", range(1, 12))
async def test_a_sign_of_life_that_breaks_off_anywhere_counts_when_it_is_repeated(world: World, number: int) -> None:
    await world.registers(MARIO)
    started = await world.starts()
    session_id = started.record.session.id
    host = world.host(dies_at(number, before_the_effect=False))
    with pytest.raises(HostDied):
        await host.sessions.heartbeat(session_id, started.token, HOME, leaving=False)

    await world.is_there(started)
    await world.passes(60)

    assert world.session(session_id).visitor_seen
    assert world.happened(session_id, "AgentsReserved")[0]["agents"] == ["mario"]


async def test_who_comes_before_the_thread_is_there_is_remembered(world: World) -> None:
    put(world, workflow(queue_task()))
    await world.registers(MARIO)
    with pytest.raises(HostDied):
        await world.host(dies_at(8, before_the_effect=False)).sessions.start(form(), HOME)
    (session_id,) = world.sessions.rows
    token = (await world.starts()).token
    await world.app.sessions.heartbeat(session_id, token, HOME, leaving=False)

    await world.passes(10)

    assert offered_to(world, session_id) == ["mario"]
