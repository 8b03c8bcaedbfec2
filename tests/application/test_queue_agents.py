"""What a task does to an agent's row: claimed, released, free again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from shared.domain.effects import ClaimAgent, FreeAgent, ReleaseAgent
from shared.domain.sessions import Phase
from tests.application.company import MARIO, TENANT
from tests.application.queueing import left_out, offered_to, state, task_queue
from tests.application.world import World


async def test_claiming_turns_the_ring_into_a_conversation(world: World) -> None:
    session_id = await world.connected()

    assert (state(world).ring, state(world).conversations) == (None, (session_id,))


async def test_claiming_again_changes_nothing(world: World) -> None:
    session_id = await world.connected()
    before = world.agent_store.records[(TENANT.id, "mario")]

    await task_queue(world.ports).claim(world.session(session_id), ClaimAgent("mario", f"{session_id}.1"))

    assert world.agent_store.records[(TENANT.id, "mario")] == before


async def test_claiming_for_a_session_that_has_ended_meanwhile_only_ends_the_ring(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    ended = replace(world.session(session_id), phase=Phase.ENDED)

    await task_queue(world.ports).claim(ended, ClaimAgent("mario", f"{session_id}.1"))

    assert (state(world).ring, state(world).conversations) == (None, ())


async def test_an_agent_who_did_not_answer_gets_nothing_until_reset(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    await world.passes(30)
    assert (state(world).ring, state(world).missed) == (None, f"{session_id}.1")
    assert left_out(world, session_id)["mario"] == "did_not_answer"

    await world.app.duty.available(world.activity())
    await world.passes(10)

    assert offered_to(world, session_id) == ["mario"]


async def test_a_release_of_another_offer_leaves_the_ring_alone(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    ring = state(world).ring

    await task_queue(world.ports).release(world.session(session_id), ReleaseAgent("mario", "older.1", missed=True))

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


async def test_a_conversation_that_ends_or_begins_leaves_a_ring_for_another_one_alone(world: World) -> None:
    talking = await world.connected("key-1")
    await world.opens("key-2")
    ring = state(world).ring
    queue, session = task_queue(world.ports), world.session(talking)

    await queue.claim(session, ClaimAgent("mario", f"{talking}.1"))
    assert state(world).ring == ring is not None
    await queue.free(session, FreeAgent("mario"))
    assert state(world).ring == ring


async def test_freeing_an_agent_again_does_not_make_him_idle_anew(world: World) -> None:
    session_id = await world.connected()
    await world.app.conversations.end(world.activity(), session_id)
    idle_since = state(world).idle_since
    world.clock.advance(60)

    await task_queue(world.ports).free(world.session(session_id), FreeAgent("mario"))

    assert state(world).idle_since == idle_since


@pytest.mark.parametrize("verb", ["claim", "release", "free"])
async def test_an_agent_whose_row_is_gone_is_no_reason_to_stop(world: World, verb: str) -> None:
    session_id = await world.connected()
    world.agent_store.records.clear()
    queue, session = task_queue(world.ports), world.session(session_id)
    verbs: dict[str, Callable[[], Awaitable[None]]] = {
        "claim": lambda: queue.claim(session, ClaimAgent("mario", "x")),
        "release": lambda: queue.release(session, ReleaseAgent("mario", "x")),
        "free": lambda: queue.free(session, FreeAgent("mario")),
    }
    await verbs[verb]()

    assert world.agent_store.records == {}
