"""What a relayed message costs when nobody else works on the session; the numbers are promises of the architecture."""

from __future__ import annotations

from collections import Counter

import pytest

from shared.application.agent_side import REMEMBER_AGENT
from shared.application.occasions import Nudge, Wake
from tests.application.company import DIRECTLY_MARIO, TENANT
from tests.application.world import World


def of(world: World, *ports: str) -> list[str]:
    return [call for call in world.calls if call.split(".")[0] in ports]


@pytest.fixture
async def session_id(world: World) -> str:
    """A conversation in which a message has just been relayed."""
    opened = await world.connected()
    await world.app.relay.look(opened, world.writes(opened, "Hello?"))
    world.calls.clear()
    world.timers.due.clear()
    return opened


async def test_a_customer_s_message_is_three_transactions_and_two_calls(world: World, session_id: str) -> None:
    await world.app.relay.look(session_id, world.writes(session_id, "By Friday?"))

    assert world.shown()[-1] == "By Friday?"
    assert of(world, "sessions") == ["sessions.read", "sessions.save", "sessions.save"]
    assert of(world, "messaging", "agents", "identity", "realtime") == ["messaging.list_after", "agents.relay"]


async def test_where_the_agent_s_chat_is_is_remembered_for_a_while(world: World, session_id: str) -> None:
    await world.app.relay.look(session_id, world.writes(session_id, "By Friday?"))
    assert of(world, "agent_store", "queue") == []

    world.clock.advance(REMEMBER_AGENT.total_seconds())
    await world.app.relay.look(session_id, world.writes(session_id, "Or by Monday?"))
    assert of(world, "agent_store", "queue") == ["agent_store.read"]


async def test_an_agent_s_message_is_three_transactions_two_calls_and_a_look_at_the_agent(
    world: World, session_id: str
) -> None:
    await world.app.conversations.say(world.activity(), "Yes.")

    assert world.read_by_customer(session_id)[-1] == "Yes."
    assert of(world, "sessions") == ["sessions.read", "sessions.save", "sessions.save"]
    assert of(world, "messaging", "agents", "identity", "realtime") == ["messaging.send", "realtime.nudge"]
    assert of(world, "agent_store", "queue") == ["agent_store.read"]


async def test_a_reply_from_a_card_needs_no_look_at_the_agent(world: World, session_id: str) -> None:
    await world.app.conversations.reply(world.activity(), session_id, "Yes.")

    assert of(world, "sessions", "agent_store") == ["sessions.read", "sessions.save", "sessions.save"]


async def test_several_messages_that_were_found_together_are_listed_and_decided_once(
    world: World, session_id: str
) -> None:
    nudges = [world.writes(session_id, text) for text in ("one", "two", "three")]

    for nudge in nudges:
        await world.app.relay.look(session_id, nudge)

    assert world.shown()[-3:] == ["one", "two", "three"]
    # One decision and three deliveries; then two nudges that find their message behind the cursor.
    assert Counter(of(world, "sessions")) == {"sessions.read": 3, "sessions.save": 4}
    assert of(world, "messaging") == ["messaging.list_after"]


@pytest.mark.parametrize("pause", [0.5, 3, 10, 24], ids=lambda pause: f"every {pause} s")
async def test_a_lively_conversation_arranges_at_most_one_look_in_25_seconds(
    world: World, session_id: str, pause: float
) -> None:
    started = world.clock.now()
    for number in range(120):
        if number % 2:
            await world.app.conversations.say(world.activity(), f"answer {number}")
        else:
            await world.app.relay.look(session_id, world.writes(session_id, f"question {number}"))
        world.clock.advance(pause)

    seconds = (world.clock.now() - started).total_seconds()
    assert len(of(world, "timers")) <= seconds / 25 + 1


async def test_every_look_is_arranged_before_the_write_that_needs_it(world: World, session_id: str) -> None:
    world.clock.advance(60)

    await world.app.relay.look(session_id, world.writes(session_id, "Still there?"))

    assert world.calls.index("timers.wake") < world.calls.index("sessions.save")


async def test_an_event_that_comes_again_costs_one_read(world: World, session_id: str) -> None:
    nudge = world.writes(session_id, "By Friday?")
    await world.app.relay.look(session_id, nudge)
    world.calls.clear()

    await world.app.relay.look(session_id, nudge)

    assert world.calls == ["sessions.read"]


async def test_an_activity_that_comes_again_costs_no_second_message(world: World, session_id: str) -> None:
    activity = world.activity(activity_id="same")
    await world.app.conversations.reply(activity, session_id, "Yes.")
    world.calls.clear()

    await world.app.conversations.reply(activity, session_id, "Yes.")

    assert of(world, "messaging", "agents", "realtime") == []


async def test_our_own_message_is_known_without_asking_anybody(world: World, session_id: str) -> None:
    await world.app.conversations.say(world.activity(), "Yes.")
    echo = world.thread(session_id)[-1]
    world.calls.clear()

    assert await world.app.ports.messaging.is_relay(TENANT, echo.sender_id)
    assert not await world.app.ports.messaging.is_relay(TENANT, "visitor-1")
    assert world.calls == ["messaging.is_relay"] * 2


async def test_a_watchdog_that_finds_nothing_to_do_writes_nothing(world: World, session_id: str) -> None:
    await world.app.conversations.say(world.activity(), "Yes.")
    world.calls.clear()

    await world.app.relay.look(session_id, Wake("watchdog"))

    assert of(world, "sessions", "timers") == ["sessions.read"]


async def test_a_look_at_an_ended_session_costs_one_read(world: World, session_id: str) -> None:
    await world.app.conversations.end(world.activity(), session_id)
    await world.passes(60)
    world.calls.clear()

    await world.app.relay.look(session_id, Wake("watchdog"))

    assert world.calls == ["sessions.read"]


async def test_a_message_while_waiting_costs_one_read(world: World) -> None:
    waiting = await world.opens("key-2")
    world.calls.clear()

    await world.app.relay.look(waiting, world.writes(waiting, "Hello?"))

    assert world.calls == ["sessions.read"]


async def test_another_tenant_s_event_costs_one_read(world: World, session_id: str) -> None:
    foreign = Nudge("message-1", world.clock.now(), "elsewhere")

    assert await world.app.relay.look(session_id, foreign) is None
    assert world.calls == ["sessions.read"]


async def test_a_direct_conversation_costs_the_same(world: World) -> None:
    await world.connected("key-1")
    directly = await world.opens("key-2", contact=DIRECTLY_MARIO)
    offer_id = world.task(directly).offer_id
    await world.app.conversations.accept(world.activity(), directly, offer_id)
    await world.app.relay.look(directly, world.writes(directly, "Hello?"))
    world.calls.clear()

    await world.app.relay.look(directly, world.writes(directly, "By Friday?"))

    assert of(world, "sessions") == ["sessions.read", "sessions.save", "sessions.save"]
    assert of(world, "messaging", "agents") == ["messaging.list_after", "agents.relay"]
