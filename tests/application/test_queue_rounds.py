"""A round of offers: which rings count, and whose turn it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.distribution import Ring
from shared.domain.sessions import Phase, TaskPhase
from tests.application.company import MARIO, SERVICE, TENANT
from tests.application.queueing import OTHERS, change, offer, offering, state, task_queue
from tests.application.world import World

# --- rings that count and rings that do not --------------------------------------------------------------------------


async def ring_of_another(world: World) -> str:
    """Mario rings for an other session than the one that is tried then; that other session's id."""
    await world.registers(MARIO)
    other = await world.opens("key-other")
    assert state(world).ring is not None
    return other


async def test_a_ring_counts_while_its_session_offers(world: World) -> None:
    await ring_of_another(world)
    session_id = await world.opens()

    assert dict((await offer(world, session_id)).left_out)["mario"] == "ringing"


async def test_a_ring_counts_while_its_session_still_reserves(world: World) -> None:
    other = await ring_of_another(world)
    session_id = await world.opens()
    rows = world.sessions.rows[other]
    rows.session = replace(rows.session, task=replace(world.task(other), phase=TaskPhase.OFFERING, invitations=()))

    assert dict((await offer(world, session_id)).left_out)["mario"] == "ringing"


@pytest.mark.parametrize(
    "became",
    [
        pytest.param(lambda session: replace(session, phase=Phase.ENDED, task=None), id="its session has ended"),
        pytest.param(
            lambda session: replace(session, task=replace(session.task, offer_id="newer.2")), id="its round is over"
        ),
        pytest.param(
            lambda session: replace(session, task=replace(session.task, invitations=())), id="its invitation is gone"
        ),
        pytest.param(
            lambda session: replace(session, task=replace(session.task, phase=TaskPhase.WAITING)), id="its task waits"
        ),
    ],
)
async def test_a_stale_ring_is_cleared_and_the_agent_is_free(world: World, became: Any) -> None:
    other = await ring_of_another(world)
    session_id = await world.opens()
    rows = world.sessions.rows[other]
    rows.session = became(rows.session)

    answer = await offer(world, session_id)

    assert [agent.id for agent in answer.agents] == ["mario"]
    ring = state(world).ring
    assert ring is not None
    assert ring.offer_id == "this.1"


async def test_a_ring_of_a_session_that_does_not_exist_any_more_is_cleared(world: World) -> None:
    other = await ring_of_another(world)
    session_id = await world.opens()
    del world.sessions.rows[other]

    assert [agent.id for agent in (await offer(world, session_id)).agents] == ["mario"]


async def test_a_ring_whose_session_is_connected_to_this_agent_is_a_conversation(world: World) -> None:
    other = await ring_of_another(world)
    await world.accepts(MARIO, other)
    session_id = await world.opens()
    # The host died between *Accept* and the claim.
    change(world, MARIO, ring=Ring(other, f"{other}.1", world.clock.now()), conversations=())

    await offer(world, session_id)

    assert state(world).conversations == (other,)


async def test_a_ring_of_this_very_offer_was_set_by_a_host_that_died_and_counts(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    rows = world.sessions.rows[session_id]
    rows.session, _ = offering(world, session_id)
    change(world, MARIO, ring=Ring(session_id, "this.1", world.clock.now()))
    before = world.agent_store.records[(TENANT.id, "mario")]

    answer = await offer(world, session_id)

    assert [agent.id for agent in answer.agents] == ["mario"]
    assert world.agent_store.records[(TENANT.id, "mario")] == before


# --- rounds that are over, and those who come first ------------------------------------------------------------------


async def test_a_round_that_is_over_reserves_nobody(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    change(world, MARIO, ring=None)
    session, effect = offering(world, session_id)

    queue = task_queue(world.ports)
    assert await queue.offer(session, replace(effect, offer_id="older.1")) == ()
    assert await queue.offer(replace(session, task=None), effect) == ()
    assert await queue.offer(replace(session, task=replace(world.task(session_id))), effect) == ()
    assert state(world).ring is None


async def waiting(world: World, count: int) -> list[str]:
    """So many visitors wait, one second after the other, while nobody is registered."""
    found = []
    for number in range(count):
        found.append(await world.opens(f"key-{number}"))
        world.clock.advance(1)
    return found


async def test_only_the_longest_waiting_are_offered_when_many_wait(world: World) -> None:
    sessions = await waiting(world, 6)
    await world.registers(MARIO)

    answers = [await offer(world, session_id) for session_id in (sessions[5], sessions[4], sessions[0])]

    assert [[agent.id for agent in answer.agents] for answer in answers] == [[], [], ["mario"]]


async def test_a_task_whose_hint_was_lost_is_offered_while_few_others_wait(world: World) -> None:
    sessions = await waiting(world, 2)
    await world.registers(MARIO)
    world.queue.hints.clear()

    assert [agent.id for agent in (await offer(world, sessions[1])).agents] == ["mario"]


async def test_a_task_whose_hint_was_lost_is_offered_once_those_who_are_gone_are_cleared_away(world: World) -> None:
    sessions = await waiting(world, 5)
    await world.registers(MARIO)
    await world.queue.delete("lunifico:service:sales", world.task(sessions[4]).queued_at, sessions[4])
    del world.sessions.rows[sessions[0]]

    assert [agent.id for agent in (await offer(world, sessions[4])).agents] == ["mario"]


async def test_hints_of_those_who_do_not_wait_any_more_are_cleared_away(world: World) -> None:
    sessions = await waiting(world, 6)
    await world.registers(MARIO)
    for gone in sessions[:3]:
        rows = world.sessions.rows[gone]
        rows.session = replace(rows.session, phase=Phase.ENDED)
    del world.sessions.rows[sessions[3]]

    answer = await offer(world, sessions[5])

    assert [agent.id for agent in answer.agents] == ["mario"]
    assert [session_id for _, session_id in await world.queue.first("lunifico:service:sales", 9)] == sessions[4:]


async def test_with_more_members_more_tasks_are_offered_at_the_same_time(world: World) -> None:
    members = (*(one.id for one in OTHERS), "mario", "luisa")
    world.config.put(TENANT.id, replace(SERVICE, members=members), *OTHERS)
    sessions = await waiting(world, 6)
    await world.registers(MARIO)

    assert [agent.id for agent in (await offer(world, sessions[5])).agents] == ["mario"]
