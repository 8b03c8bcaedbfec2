"""The queue: who is offered a task, longest idle first, and why somebody is not. The session's row owns the task."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.adapters.memory import MemoryConfigStore
from shared.domain.distribution import Ring
from shared.domain.errors import VersionConflict
from shared.domain.events import AgentsReserved
from shared.domain.licences import Licence
from shared.domain.sessions import Phase, TaskPhase
from tests.application.company import DIRECTLY_MARIO, LUISA, MARIO, SERVICE, TENANT
from tests.application.faults import watched
from tests.application.queueing import OTHERS, change, left_out, offered_to, offering, state, task_queue
from tests.application.world import World

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
    session, effect = offering(world, session_id)

    async def another_host_is_faster(name: str, call: Any) -> Any:
        if name == "agent_store.save":
            change(world, MARIO, ring=Ring("other", "other.1", world.clock.now()))
        return await call()

    (answer,) = await task_queue(watched(world.ports, another_host_is_faster)).offer(session, effect)

    assert isinstance(answer, AgentsReserved)
    assert answer.agents == ()
    assert ("mario", "taken_meanwhile") in answer.left_out


async def test_a_ring_that_cannot_be_settled_because_others_write_counts_for_now(world: World) -> None:
    await world.registers(MARIO)
    session_id = await world.opens()
    change(world, MARIO, ring=Ring("gone", "gone.1", world.clock.now()))
    session, effect = offering(world, session_id)

    async def always_another(name: str, call: Any) -> Any:
        if name == "agent_store.save":
            raise VersionConflict("somebody else wrote first")
        return await call()

    (answer,) = await task_queue(watched(world.ports, always_another)).offer(session, effect)

    assert isinstance(answer, AgentsReserved)
    assert dict(answer.left_out)["mario"] == "ringing"


async def test_an_agent_may_hold_as_many_conversations_as_the_tenant_says(world: World) -> None:
    await world.connected("key-1")
    await world.connected("key-2")

    third = await world.opens("key-3")

    assert len(state(world).conversations) == TENANT.conversations_per_agent == 2
    assert left_out(world, third)["mario"] == "at_capacity"


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

    await world.is_there(started)

    assert left_out(world, started.record.session.id) == {"mario": "unknown_user"}
