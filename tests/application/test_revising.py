"""What an agent changes or takes back in Teams is changed for the customer as well."""

from __future__ import annotations

import pytest

from shared.application.agents import MAXIMUM_MESSAGE
from tests.application.company import LUISA, MARIO
from tests.application.world import World


def events(world: World, session_id: str) -> list[tuple[str, str, str]]:
    """Event, target and text of what tells the page of changes."""
    return [
        (message.metadata["event"], message.metadata["target"], message.text)
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
    assert events(world, session_id) == [("edited", "written", "It comes on Friday.")]


async def test_a_deleted_message_is_gone_from_the_thread(world: World, session_id: str) -> None:
    await world.app.conversations.revise(world.activity(MARIO, "written"), None)

    assert "It comes on Fryday." not in texts(world, session_id)
    assert events(world, session_id) == [("deleted", "written", "This message was deleted.")]


async def test_after_the_end_a_message_can_still_be_taken_back_without_a_word(world: World, session_id: str) -> None:
    await world.app.conversations.end(world.activity(MARIO), session_id)
    world.agent_store.change("lunifico", MARIO.id, conversations=(session_id,))
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
