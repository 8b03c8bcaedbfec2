"""What an agent changes or takes back in Teams is changed for the customer as well."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application.agents import MAXIMUM_MESSAGE
from shared.domain.errors import OutcomeUnknown
from tests.application.company import LUISA, MARIO
from tests.application.faults import fails_afterwards
from tests.application.world import World

WRITTEN = 3
"""Where the agent's message stands: after the question, a welcome and the connection."""


def events(world: World, session_id: str) -> list[tuple[str, int, str]]:
    """What tells the page of changes: event, the place of the message in the thread, text."""
    ids = [message.id for message in world.thread(session_id)]
    return [
        (message.metadata["event"], ids.index(message.metadata["target"]), message.text)
        for message in world.thread(session_id)
        if "target" in message.metadata
    ]


def texts(world: World, session_id: str) -> list[str]:
    return [
        message.text for message in world.thread(session_id) if message.is_text and "target" not in message.metadata
    ]


@pytest.fixture
async def session_id(world: World) -> str:
    """Mario has written one message, as the activity `written`."""
    opened = await world.connected()
    await world.app.conversations.say(world.activity(MARIO, "written"), "It comes on Fryday.")
    return opened


async def test_a_changed_message_is_changed_in_the_thread_and_the_page_is_told(world: World, session_id: str) -> None:
    await world.app.conversations.revise(world.activity(MARIO, "written"), "It comes on Friday.")

    assert texts(world, session_id)[-1] == "It comes on Friday."
    assert events(world, session_id) == [("edited", WRITTEN, "It comes on Friday.")]


async def test_a_deleted_message_is_gone_from_the_thread(world: World, session_id: str) -> None:
    await world.app.conversations.revise(world.activity(MARIO, "written"), None)

    assert "It comes on Fryday." not in texts(world, session_id)
    assert events(world, session_id) == [("deleted", WRITTEN, "This message was deleted.")]


async def test_what_told_of_a_change_is_gone_when_the_next_one_is_told(world: World, session_id: str) -> None:
    for text in ("The password is 1234.", None):
        await world.app.conversations.revise(world.activity(MARIO, "written"), text)

    assert events(world, session_id) == [("deleted", WRITTEN, "This message was deleted.")]
    assert not any("1234" in message.text for message in world.thread(session_id))


async def test_a_deleted_message_that_is_restored_is_told_as_changed(world: World, session_id: str) -> None:
    for text in (None, "It comes on Fryday."):
        await world.app.conversations.revise(world.activity(MARIO, "written"), text)

    assert events(world, session_id) == [("edited", WRITTEN, "It comes on Fryday.")]


@pytest.mark.parametrize("call", ["messaging.list_after", "messaging.revise", "messaging.send", "sessions.save"])
async def test_a_deletion_whose_outcome_is_lost_on_the_way_is_told_once(
    world: World, session_id: str, call: str
) -> None:
    faulty = world.host(fails_afterwards(call, OutcomeUnknown("no answer")))
    with contextlib.suppress(OutcomeUnknown):
        await faulty.conversations.revise(world.activity(MARIO, "written"), None)
    await world.passes(120)

    assert "It comes on Fryday." not in texts(world, session_id)
    assert events(world, session_id) == [("deleted", WRITTEN, "This message was deleted.")]


async def test_after_the_end_a_message_can_still_be_taken_back_without_a_word(world: World, session_id: str) -> None:
    await world.app.conversations.end(world.activity(MARIO), session_id)
    await world.app.conversations.revise(world.activity(MARIO, "written"), None)

    assert "It comes on Fryday." not in texts(world, session_id)
    assert events(world, session_id) == []


async def test_nobody_changes_what_a_colleague_has_written(world: World, session_id: str) -> None:
    await world.registers(LUISA)
    world.agent_store.change("lunifico", LUISA.id, conversations=(session_id,))
    await world.app.conversations.revise(world.activity(LUISA, "written"), "Something else")

    assert texts(world, session_id)[-1] == "It comes on Fryday."


async def test_a_message_that_never_reached_a_customer_changes_nothing(world: World, session_id: str) -> None:
    before = len(world.thread(session_id))
    await world.app.conversations.revise(world.activity(MARIO, "a command"), "status")

    assert len(world.thread(session_id)) == before


async def test_a_change_that_is_too_long_is_refused_with_a_word(world: World, session_id: str) -> None:
    answer = await world.app.conversations.revise(world.activity(MARIO, "written"), "x" * (MAXIMUM_MESSAGE + 1))

    assert answer.outcome == "too_long"
    assert texts(world, session_id)[-1] == "It comes on Fryday."
    assert world.shown(MARIO, "notify") != []


async def test_an_older_change_that_comes_late_does_not_bring_back_what_was_deleted(
    world: World, session_id: str
) -> None:
    written = world.activity(MARIO, "written")
    now = world.clock.now()
    await world.app.conversations.revise(replace(written, at=now), None)
    await world.app.conversations.revise(replace(written, at=now - timedelta(seconds=1)), "It comes on Sunday.")

    assert "It comes on Sunday." not in texts(world, session_id)
    assert events(world, session_id) == [("deleted", WRITTEN, "This message was deleted.")]
