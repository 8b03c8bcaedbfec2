"""A start that breaks off anywhere is completed by its repetition; two at once are one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import pytest

from shared.application.sessions import Started
from shared.domain.sessions import Phase
from tests.application.company import HOME, MARIO, form
from tests.application.faults import HostDied, PatientClock, dies_at, pausing
from tests.application.world import World

FIRST_MESSAGE = "Do you deliver to Basel?"


def first_messages(world: World, session_id: str) -> list[str]:
    return [message.text for message in world.thread(session_id) if "clientMessageId" in message.metadata]


# --- a host that dies between any two calls --------------------------------------------------------------------------


CALLS_OF_A_START = 14


async def test_a_start_makes_fourteen_calls(world: World) -> None:
    await world.starts()

    assert len(world.calls) == CALLS_OF_A_START


@pytest.mark.parametrize("before_the_effect", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("number", range(1, CALLS_OF_A_START + 1))
async def test_a_start_that_broke_off_anywhere_is_completed_by_its_repetition(
    world: World, number: int, before_the_effect: bool
) -> None:
    with pytest.raises(HostDied):
        await world.host(dies_at(number, before_the_effect=before_the_effect)).sessions.start(form(), HOME)
    world.clock.advance(2)

    started = await world.starts()

    session_id = started.record.session.id
    chat = world.session(session_id).chat
    assert chat is not None
    assert chat.visitor_id == started.credentials.user_id
    assert world.messaging.participants[chat.thread_id] == {chat.visitor_id}
    assert first_messages(world, session_id) == [FIRST_MESSAGE]
    assert world.sessions.index == {chat.thread_id: session_id}
    await world.passes(5)
    assert world.session(session_id).phase is Phase.WAITING


# --- two hosts at the same time --------------------------------------------------------------------------------------


async def start_on_two_hosts(world: World, seed: int) -> Sequence[Started]:
    hosts = [world.host(pausing(random.Random(f"{seed} {name}"))) for name in "ab"]
    return await asyncio.gather(*(host.sessions.start(form(), HOME) for host in hosts))


@pytest.mark.parametrize("seed", range(25))
async def test_two_starts_at_the_same_time_lead_to_one_session_with_one_first_message(seed: int) -> None:
    world = World(PatientClock())

    first, second = await start_on_two_hosts(world, seed)

    session_id = first.record.session.id
    assert second.record.session.id == session_id
    assert second.credentials.user_id == first.credentials.user_id
    assert list(world.messaging.thread_of_session) == [session_id]
    chat = world.session(session_id).chat
    assert chat is not None
    assert world.messaging.participants[chat.thread_id] == {first.credentials.user_id}
    assert first.record.session.chat == second.record.session.chat == chat
    assert first_messages(world, session_id) == [FIRST_MESSAGE]


async def test_the_agent_reads_a_first_message_once_even_if_a_slow_host_has_sent_it_again(world: World) -> None:
    started = await world.starts("key-1")
    session_id = started.record.session.id
    world.writes(session_id, FIRST_MESSAGE, client_id="key-1")
    await world.registers(MARIO)
    await world.is_there(started)
    await world.accepts(MARIO, session_id)

    assert world.shown() == [FIRST_MESSAGE]
