"""The concurrency cap: a service has at most so many tasks at the same time, whoever starts them."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from shared.application.slots import STARTING, Slots
from shared.domain.errors import Busy, VisitorCode
from shared.domain.sessions import Phase
from shared.ports import Slot
from tests.application.centre import put, queue_task, workflow
from tests.application.company import DIRECTLY_MARIO, HOME, MARIO, form
from tests.application.faults import HostDied, PatientClock, dies_at, pausing
from tests.application.world import World

QUEUE = "lunifico:service:sales"
CAP = 2


@pytest.fixture
async def world() -> World:
    centre = World()
    put(centre, concurrency_cap=CAP)
    return centre


def holders(world: World) -> set[str]:
    return {slot.session_id for slot in world.queue.taken.get(QUEUE, {}).values()}


async def test_a_service_that_has_all_its_tasks_refuses_the_next_one_and_says_when_to_ask_again(world: World) -> None:
    sessions = {(await world.starts(f"key-{number}")).record.session.id for number in range(CAP)}
    assert holders(world) == sessions

    with pytest.raises(Busy) as refusal:
        await world.starts("key-9")

    assert (refusal.value.visitor_code, refusal.value.status, refusal.value.code) == (
        VisitorCode.BUSY,
        429,
        "concurrency_cap_reached",
    )
    assert refusal.value.retry_after == 30
    assert len(world.identity.visitors) == CAP


async def test_the_end_of_a_conversation_makes_room_for_the_next(world: World) -> None:
    started = [await world.starts(f"key-{number}") for number in range(CAP)]
    await world.app.sessions.end(started[0].record.session.id, started[0].token, HOME)

    await world.starts("key-9")

    assert len(holders(world)) == CAP


@pytest.mark.parametrize("ending", ["customer", "agent", "queue", "gone"])
async def test_every_end_frees_the_slot(world: World, ending: str) -> None:
    await world.registers(MARIO)
    put(world, workflow(queue_task(time_limit=200)), [MARIO], concurrency_cap=CAP)
    started = await world.starts()
    session_id = started.record.session.id
    if ending == "customer":
        await world.app.sessions.end(session_id, started.token, HOME)
    elif ending == "agent":
        await world.is_there(started)
        await world.accepts(MARIO, session_id)
        await world.app.conversations.end(world.activity(), session_id)
    await world.passes(400)

    assert world.session(session_id).phase is Phase.ENDED
    assert holders(world) == set()


async def test_the_service_s_own_cap_goes_before_the_tenant_s(world: World) -> None:
    put(world, concurrency_cap=None)

    for number in range(20):
        await world.starts(f"key-{number}")

    with pytest.raises(Busy):
        await world.starts("key-20")


async def test_conversations_with_a_user_in_person_take_no_slot(world: World) -> None:
    for number in range(CAP + 1):
        await world.starts(f"key-{number}", contact=DIRECTLY_MARIO)

    assert world.queue.taken == {}


async def test_repeating_a_start_takes_no_second_slot(world: World) -> None:
    for _ in range(3):
        await world.starts("key-1")

    assert len(world.queue.taken[QUEUE]) == 1


async def test_a_start_that_broke_off_goes_on_in_its_own_slot(world: World) -> None:
    await world.starts("key-0")
    with pytest.raises(HostDied):
        await world.host(dies_at(7, before_the_effect=False)).sessions.start(form("key-1"), HOME)
    assert len(holders(world)) == CAP
    world.clock.advance(3)

    started = await world.starts("key-1")

    assert started.record.session.id in holders(world)
    assert len(world.queue.taken[QUEUE]) == CAP


# --- abandoned slots -------------------------------------------------------------------------------------------------


async def fill_with_a_start_that_nobody_repeats(world: World) -> None:
    await world.queue.take_slot(QUEUE, 0, Slot("never-stored", world.clock.now()))
    await world.starts("key-1")


async def test_a_slot_whose_session_was_never_stored_is_free_after_a_minute(world: World) -> None:
    await fill_with_a_start_that_nobody_repeats(world)
    world.clock.advance(STARTING.total_seconds() - 1)
    with pytest.raises(Busy):
        await world.starts("key-2")

    world.clock.advance(1)

    assert (await world.starts("key-2")).record.session.id in holders(world)
    assert "never-stored" not in holders(world)


async def test_a_slot_of_a_session_that_has_ended_is_free(world: World) -> None:
    ended = await world.starts("key-1")
    await world.starts("key-2")
    await world.app.sessions.end(ended.record.session.id, ended.token, HOME)
    taken = Slot(ended.record.session.id, world.clock.now())
    await world.queue.take_slot(QUEUE, min({0, 1} - set(world.queue.taken[QUEUE])), taken)

    await world.starts("key-3")

    assert ended.record.session.id not in holders(world)


async def test_slots_above_a_cap_that_was_lowered_are_given_to_nobody(world: World) -> None:
    for number in range(CAP):
        await world.starts(f"key-{number}")
    put(world, concurrency_cap=1)
    for session_id in list(holders(world)):
        await world.queue.free_slot(QUEUE, session_id)
    await world.queue.take_slot(QUEUE, 1, Slot((await world.starts("key-5")).record.session.id, world.clock.now()))

    assert not await Slots(world.ports).take(QUEUE, "another", 1)


async def test_who_comes_back_with_an_old_slot_takes_it_anew(world: World) -> None:
    """Before another host takes it for abandoned, which it would just when the session is stored."""
    await world.queue.take_slot(QUEUE, 0, Slot("mine", world.clock.now() - STARTING))

    assert await Slots(world.ports).take(QUEUE, "mine", CAP)

    (slot,) = world.queue.taken[QUEUE].values()
    assert slot == Slot("mine", world.clock.now())


# --- several hosts at once -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(15))
async def test_two_hosts_at_once_never_exceed_the_cap_and_leave_no_room_unused(seed: int) -> None:
    world = World(PatientClock())
    put(world, concurrency_cap=3)
    hosts = [world.host(pausing(random.Random(f"{seed} {name}"))) for name in "ab"]

    outcomes = await asyncio.gather(
        *(hosts[number % 2].sessions.start(form(f"key-{number}"), HOME) for number in range(6)), return_exceptions=True
    )

    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 3
    assert {type(outcome) for outcome in outcomes if isinstance(outcome, Exception)} == {Busy}
    assert holders(world) == set(world.sessions.rows)


@pytest.mark.parametrize("seed", range(10))
async def test_many_who_meet_at_the_last_slot_are_told_apart(seed: int) -> None:
    world = World(PatientClock())
    slots = [Slots(world.host(pausing(random.Random(f"{seed} {name}"))).ports) for name in range(8)]

    took = await asyncio.gather(*(one.take(QUEUE, f"session-{number}", 1) for number, one in enumerate(slots)))

    assert sum(took) == 1


async def test_freeing_again_leaves_the_slot_of_another_alone(world: World) -> None:
    slots = Slots(world.ports)
    await slots.take(QUEUE, "first", 1)
    await slots.free(QUEUE, "first")
    await slots.take(QUEUE, "second", 1)

    await slots.free(QUEUE, "first")

    assert holders(world) == {"second"}
    assert world.queue.taken[QUEUE][0].taken_at - world.clock.now() == timedelta(0)
