"""Broadcast: a task rings at ten agents at the same time, and the first one gets it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.domain.distribution import AGENTS_AT_ONCE, Distribution
from shared.domain.errors import NotSent, Rejected
from tests.application.centre import put, queue_task, ringing, team, workflow
from tests.application.company import HOME, TENANT
from tests.application.faults import Call, fails
from tests.application.queueing import change, offered_to, state
from tests.application.world import World

TEAM = team(12)
FIRST_TEN, OTHER_TWO = [user.id for user in TEAM[:10]], [user.id for user in TEAM[10:]]


@pytest.fixture
async def world() -> World:
    centre = World()
    put(centre, workflow(queue_task(distribution="broadcast", ring_seconds=20)), TEAM)
    await centre.registers(*TEAM)
    return centre


async def test_ten_agents_ring_at_once_those_who_are_idle_for_longest(world: World) -> None:
    change(world, TEAM[0], idle_since=world.clock.now())

    session_id = await world.opens()

    assert AGENTS_AT_ONCE[Distribution.BROADCAST] == 10
    assert offered_to(world, session_id) == [*FIRST_TEN[1:], "agent-10"]
    assert ringing(world) == set(offered_to(world, session_id))
    assert all(len(world.shown(user, "invite")) == 1 for user in TEAM[1:11])


async def test_the_first_to_accept_gets_it_and_the_others_are_told_who_it_was(world: World) -> None:
    session_id = await world.opens()

    assert await world.accepts(TEAM[3], session_id) == "accepted"

    agent = world.session(session_id).agent
    assert agent is not None
    assert agent.id == "agent-03"
    assert ringing(world) == set()
    assert state(world, TEAM[3]).conversations == (session_id,)
    assert [state(world, user).missed for user in TEAM] == [None] * 12
    closed = {user.id: world.agents.of(f"chat-{user.id}", "close_invitation")[-1] for user in TEAM[:10]}
    assert closed.pop("agent-03").outcome == "accepted"
    assert {(card.outcome, card.taken_by) for card in closed.values()} == {("taken", "Agent 03")}


async def test_whoever_was_slower_learns_who_was_faster(world: World) -> None:
    session_id = await world.opens()
    offer_id = world.task(session_id).offer_id
    await world.accepts(TEAM[0], session_id)

    answer = await world.app.conversations.accept(world.activity(TEAM[1]), session_id, offer_id)

    assert (answer.outcome, answer.taken_by) == ("taken", "Agent 00")


async def test_of_ten_who_accept_at_the_same_time_one_gets_it(world: World) -> None:
    session_id = await world.opens()
    offer_id = world.task(session_id).offer_id

    answers = await asyncio.gather(
        *(world.app.conversations.accept(world.activity(user), session_id, offer_id) for user in TEAM[:10])
    )

    assert sorted(answer.outcome for answer in answers) == ["accepted", *["taken"] * 9]
    assert sum(len(state(world, user).conversations) for user in TEAM) == 1


async def test_who_does_not_answer_is_out_until_reset_and_the_next_ten_ring(world: World) -> None:
    session_id = await world.opens()

    await world.passes(20)

    assert [state(world, user).missed for user in TEAM] == [f"{session_id}.1"] * 10 + [None] * 2
    assert offered_to(world, session_id) == OTHER_TWO
    await world.app.duty.available(world.activity(TEAM[4]))
    await world.passes(20)
    assert offered_to(world, session_id) == ["agent-04"]


async def test_who_declines_leaves_it_to_the_others_of_the_ten(world: World) -> None:
    session_id = await world.opens()

    await world.app.conversations.decline(world.activity(TEAM[0]), session_id, world.task(session_id).offer_id)

    assert offered_to(world, session_id) == FIRST_TEN[1:]
    assert state(world, TEAM[0]).ring is None


async def test_who_cannot_be_reached_leaves_it_to_the_others_of_the_ten(world: World) -> None:
    started = await world.starts()
    host = world.host(fails("agents.invite", Rejected("blocked by the user", "bot_blocked")))

    await host.sessions.heartbeat(started.record.session.id, started.token, HOME, leaving=False)

    assert offered_to(world, started.record.session.id) == FIRST_TEN[1:]


async def test_who_was_not_invited_in_time_has_missed_nothing(world: World) -> None:
    """Teams throttles the last invitations for longer than the others ring."""
    started = await world.starts()
    sent = 0

    async def throttled(name: str, call: Call) -> Any:
        nonlocal sent
        sent += name == "agents.invite"
        if name == "agents.invite" and sent > 8:
            raise NotSent("throttled", retry_after=25)
        return await call()

    await world.host(throttled).sessions.heartbeat(started.record.session.id, started.token, HOME, leaving=False)
    await world.passes(30)

    assert [user.id for user in TEAM if state(world, user).missed] == FIRST_TEN[:8]


async def test_the_others_of_an_offer_get_the_next_task_within_a_second_and_it_is_woken_once(world: World) -> None:
    put(world, workflow(queue_task(distribution="broadcast", ring_seconds=60)), TEAM[:10])
    first = await world.opens("key-1")
    second = await world.opens("key-2")
    assert offered_to(world, second) == []
    world.timers.due.clear()

    await world.accepts(TEAM[0], first)

    woken = [wake_up for wake_up in world.timers.due if wake_up.session_id == second]
    assert [wake_up.reason for wake_up in woken] == ["agent_freed"]
    await world.passes(1)
    assert set(offered_to(world, second)) >= set(FIRST_TEN[1:])


async def test_a_second_task_rings_at_those_who_do_not_ring_yet(world: World) -> None:
    await world.opens("key-1")

    second = await world.opens("key-2")

    assert offered_to(world, second) == OTHER_TWO


async def test_a_conversation_among_ten_who_rang_is_within_everybody_s_capacity(world: World) -> None:
    for number in range(3):
        session_id = await world.opens(f"key-{number}")
        await world.accepts(TEAM[0], session_id)
        await world.passes(25)

    assert len(state(world, TEAM[0]).conversations) == TENANT.conversations_per_agent == 2
