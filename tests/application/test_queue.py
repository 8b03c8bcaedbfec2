"""The queue: who is offered a task, longest idle first, and why somebody is not. The session's row owns the task."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.memory import MemoryConfigStore
from shared.application.queue import TaskQueue
from shared.domain.distribution import AgentState, Ring
from shared.domain.effects import ClaimAgent, FreeAgent, OfferTask, ReleaseAgent
from shared.domain.errors import VersionConflict
from shared.domain.events import AgentsReserved
from shared.domain.licences import Licence
from shared.domain.sessions import Phase, Session, TaskPhase
from shared.domain.users import User
from tests.application.world import DIRECTLY_MARIO, LUISA, MARIO, SERVICE, TENANT, World, watched

OTHERS = [replace(MARIO, id=f"agent-{number}", display_name=f"Agent {number}") for number in range(4)]


def state(world: World, user: User = MARIO) -> AgentState:
    return world.agent_store.records[(TENANT.id, user.id)].state


def change(world: World, user: User, **changes: object) -> None:
    world.agent_store.change(TENANT.id, user.id, **changes)


def reserved(world: World, session_id: str) -> dict[str, Any]:
    """What the session's timeline says of its last round."""
    return world.happened(session_id, "AgentsReserved")[-1]


def left_out(world: World, session_id: str) -> dict[str, str]:
    return dict(reserved(world, session_id)["left_out"])


async def offering(world: World, session_id: str) -> tuple[Session, OfferTask]:
    """The session as it was in the moment before its agents are reserved, and the effect that asks for them."""
    session = world.session(session_id)
    assert session.task is not None
    task = replace(session.task, phase=TaskPhase.OFFERING, offer_id="this.1", invitations=())
    return replace(session, task=task), OfferTask("this.1", "direct", world.clock.now() + timedelta(seconds=8), 30)


async def offer(world: World, session_id: str, **changes: Any) -> AgentsReserved:
    session, effect = await offering(world, session_id)
    (answer,) = await TaskQueue(world.ports).offer(session, replace(effect, **changes))
    assert isinstance(answer, AgentsReserved)
    return answer


def offered_to(world: World, session_id: str) -> list[str]:
    return [invitation.agent.id for invitation in world.task(session_id).invitations]


# --- longest idle first ----------------------------------------------------------------------------------------------


async def test_the_agent_who_is_idle_for_longest_is_invited(world: World) -> None:
    await world.registers(MARIO, LUISA)
    change(world, MARIO, idle_since=world.clock.now() - timedelta(minutes=1))
    change(world, LUISA, idle_since=world.clock.now() - timedelta(minutes=2))

    session_id = await world.opens()

    assert offered_to(world, session_id) == ["luisa"]
    assert state(world, LUISA).ring == Ring(session_id, f"{session_id}.1", world.clock.now() + timedelta(seconds=30))
    assert state(world, MARIO).ring is None


async def test_ending_a_conversation_makes_an_agent_the_last_in_the_row(world: World) -> None:
    first = await world.connected()
    await world.registers(LUISA)
    change(world, LUISA, idle_since=world.clock.now())
    world.clock.advance(60)
    await world.app.conversations.end(world.activity(), first)

    second = await world.opens("key-2")

    assert offered_to(world, second) == ["luisa"]


# --- left out, and why -----------------------------------------------------------------------------------------------


async def test_everybody_who_is_left_out_is_in_the_timeline_with_the_reason(world: World) -> None:
    unlicensed = replace(MARIO, id="unlicensed", licences=frozenset({Licence.INTERACT}))
    members = (*(one.id for one in OTHERS), "mario", "luisa", "unlicensed", "left-the-company")
    world.config.put(TENANT.id, replace(SERVICE, members=members), unlicensed, *OTHERS)
    # The last of these never registers.
    await world.registers(*OTHERS[:3], MARIO, LUISA, unlicensed)
    change(world, OTHERS[0], on_duty=False)
    change(world, OTHERS[1], missed="earlier.1")
    change(world, OTHERS[2], conversations=("one", "two"))
    change(world, LUISA, registered=False)

    session_id = await world.opens()

    assert offered_to(world, session_id) == ["mario"]
    assert left_out(world, session_id) == {
        "agent-0": "off_duty",
        "agent-1": "did_not_answer",
        "agent-2": "at_capacity",
        "agent-3": "not_registered_with_bot",
        "luisa": "not_registered_with_bot",
        "unlicensed": "no_instant_messaging_licence",
        "left-the-company": "unknown_user",
    }


async def test_who_declined_is_passed_over_and_named(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()

    await world.app.conversations.decline(world.activity(), session_id, world.task(session_id).offer_id)

    assert left_out(world, session_id)["mario"] == "declined"
    assert world.task(session_id).phase is TaskPhase.WAITING


async def test_who_rings_for_somebody_else_is_left_out(world: World) -> None:
    await world.registers(MARIO)
    await world.opens()

    second = await world.opens("key-2")

    assert left_out(world, second) == {"mario": "ringing", "luisa": "not_registered_with_bot"}


async def test_who_was_taken_by_another_host_in_the_last_moment_is_left_out(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    change(world, MARIO, ring=None)
    session, effect = await offering(world, session_id)

    async def another_host_is_faster(name: str, call: Any) -> Any:
        if name == "agent_store.save":
            change(world, MARIO, ring=Ring("other", "other.1", world.clock.now()))
        return await call()

    (answer,) = await TaskQueue(watched(world.ports, another_host_is_faster)).offer(session, effect)

    assert isinstance(answer, AgentsReserved)
    assert answer.agents == ()
    assert ("mario", "taken_meanwhile") in answer.left_out


async def test_a_ring_that_cannot_be_settled_because_others_write_counts_for_now(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    change(world, MARIO, ring=Ring("gone", "gone.1", world.clock.now()))
    session, effect = await offering(world, session_id)

    async def always_another(name: str, call: Any) -> Any:
        if name == "agent_store.save":
            raise VersionConflict("somebody else wrote first")
        return await call()

    (answer,) = await TaskQueue(watched(world.ports, always_another)).offer(session, effect)

    assert isinstance(answer, AgentsReserved)
    assert dict(answer.left_out)["mario"] == "ringing"


async def test_an_agent_may_hold_as_many_conversations_as_the_tenant_says(world: World) -> None:
    await world.connected("key-1")
    await world.connected("key-2")

    third = await world.opens("key-3")

    assert len(state(world).conversations) == TENANT.conversations_per_agent == 2
    assert left_out(world, third)["mario"] == "at_capacity"


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
    rows.session, _ = await offering(world, session_id)
    change(world, MARIO, ring=Ring(session_id, "this.1", world.clock.now()))
    before = world.agent_store.records[(TENANT.id, "mario")]

    answer = await offer(world, session_id)

    assert [agent.id for agent in answer.agents] == ["mario"]
    assert world.agent_store.records[(TENANT.id, "mario")] == before


# --- rounds that are over, and those who come first -------------------------------------------------------------------


async def test_a_round_that_is_over_reserves_nobody(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    change(world, MARIO, ring=None)
    session, effect = await offering(world, session_id)

    queue = TaskQueue(world.ports)
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


# --- users without a service -----------------------------------------------------------------------------------------


async def test_a_user_is_asked_directly_and_needs_no_instant_messaging_licence(world: World) -> None:
    world.config.put(TENANT.id, replace(MARIO, licences=frozenset({Licence.INTERACT})))
    await world.registers(MARIO, LUISA)

    session_id = await world.opens(contact=DIRECTLY_MARIO)

    assert offered_to(world, session_id) == ["mario"]


async def test_a_user_who_never_registered_is_named_as_the_reason(world: World) -> None:
    session_id = await world.opens(contact=DIRECTLY_MARIO)

    assert left_out(world, session_id) == {"mario": "not_registered_with_bot"}
    assert world.session(session_id).phase is Phase.ENDED


async def test_a_user_who_was_deleted_meanwhile_is_named_as_the_reason(world: World) -> None:
    started = await world.starts(contact=DIRECTLY_MARIO)
    world.config.documents.clear()
    world.config.documents.update(MemoryConfigStore(TENANT).documents)

    await world.wakes(started.record.session.id, "opened")

    assert left_out(world, started.record.session.id) == {"mario": "unknown_user"}


# --- claim, release, free --------------------------------------------------------------------------------------------


async def test_claiming_turns_the_ring_into_a_conversation(world: World) -> None:
    session_id = await world.connected()

    assert (state(world).ring, state(world).conversations) == (None, (session_id,))


async def test_claiming_again_changes_nothing(world: World) -> None:
    session_id = await world.connected()
    before = world.agent_store.records[(TENANT.id, "mario")]

    await TaskQueue(world.ports).claim(world.session(session_id), ClaimAgent("mario", f"{session_id}.1"))

    assert world.agent_store.records[(TENANT.id, "mario")] == before


async def test_claiming_for_a_session_that_has_ended_meanwhile_only_ends_the_ring(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    ended = replace(world.session(session_id), phase=Phase.ENDED)

    await TaskQueue(world.ports).claim(ended, ClaimAgent("mario", f"{session_id}.1"))

    assert (state(world).ring, state(world).conversations) == (None, ())


async def test_an_agent_who_did_not_answer_gets_nothing_until_reset(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    await world.passes(30)
    assert (state(world).ring, state(world).missed) == (None, f"{session_id}.1")
    assert left_out(world, session_id)["mario"] == "did_not_answer"

    await world.app.conversations.available(world.activity())
    await world.passes(10)

    assert offered_to(world, session_id) == ["mario"]


async def test_a_release_of_another_offer_leaves_the_ring_alone(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    ring = state(world).ring

    await TaskQueue(world.ports).release(world.session(session_id), ReleaseAgent("mario", "older.1", missed=True))

    assert (state(world).ring, state(world).missed) == (ring, None)


async def test_an_agent_who_is_free_again_is_idle_from_now_on_and_whoever_waits_is_looked_at(world: World) -> None:
    talking = [await world.connected("key-1"), await world.connected("key-2")]
    third = await world.opens("key-3")
    world.clock.advance(5)

    await world.app.conversations.end(world.activity(), talking[0])

    assert state(world).conversations == (talking[1],)
    assert state(world).idle_since == world.clock.now()
    assert (third, "agent_freed") in [(wake_up.session_id, wake_up.reason) for wake_up in world.timers.due]
    await world.passes(0)
    assert offered_to(world, third) == ["mario"]


async def test_freeing_an_agent_again_does_not_make_him_idle_anew(world: World) -> None:
    session_id = await world.connected()
    await world.app.conversations.end(world.activity(), session_id)
    idle_since = state(world).idle_since
    world.clock.advance(60)

    await TaskQueue(world.ports).free(world.session(session_id), FreeAgent("mario"))

    assert state(world).idle_since == idle_since


@pytest.mark.parametrize("verb", ["claim", "release", "free"])
async def test_an_agent_whose_row_is_gone_is_no_reason_to_stop(world: World, verb: str) -> None:
    session_id = await world.connected()
    world.agent_store.records.clear()
    queue, session = TaskQueue(world.ports), world.session(session_id)
    verbs: dict[str, Callable[[], Awaitable[None]]] = {
        "claim": lambda: queue.claim(session, ClaimAgent("mario", "x")),
        "release": lambda: queue.release(session, ReleaseAgent("mario", "x")),
        "free": lambda: queue.free(session, FreeAgent("mario")),
    }
    await verbs[verb]()

    assert world.agent_store.records == {}
