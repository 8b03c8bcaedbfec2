"""What an agent writes reaches the customer once, or is explained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.application.agents import MAXIMUM_MESSAGE, Answer
from shared.domain.sessions import Phase
from tests.application.company import LUISA, MARIO
from tests.application.world import World

# --- writing ---------------------------------------------------------------------------------------------------------


async def test_a_reply_reaches_the_customer_under_the_agent_s_name(world: World) -> None:
    session_id = await world.connected()

    answer = await world.app.conversations.reply(world.activity(), session_id, "Yes, by Friday.")

    assert answer == Answer("sent", "Carla Customer")
    message = world.thread(session_id)[-1]
    assert message.text == "Yes, by Friday."
    assert world.messaging.display_names[message.id] == "Mario"
    assert message.metadata["kind"] == "agent"


async def test_the_same_activity_again_is_sent_but_once(world: World) -> None:
    session_id = await world.connected()
    activity = world.activity(activity_id="same")

    answers = [await world.app.conversations.reply(activity, session_id, "Yes.") for _ in range(3)]

    assert [answer.outcome for answer in answers] == ["sent"] * 3
    assert world.read_by_customer(session_id).count("Yes.") == 1


async def test_the_same_words_in_two_activities_are_two_messages(world: World) -> None:
    session_id = await world.connected()

    for _ in range(2):
        await world.app.conversations.reply(world.activity(), session_id, "Yes.")

    assert world.read_by_customer(session_id).count("Yes.") == 2


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
async def test_an_empty_reply_is_not_sent(world: World, text: str) -> None:
    session_id = await world.connected()

    assert await world.app.conversations.reply(world.activity(), session_id, text) == Answer("empty")


async def test_a_reply_that_is_too_long_is_not_sent(world: World) -> None:
    session_id = await world.connected()
    conversations = world.app.conversations

    assert (await conversations.reply(world.activity(), session_id, "x" * MAXIMUM_MESSAGE)).outcome == "sent"
    assert (await conversations.reply(world.activity(), session_id, "x" * (MAXIMUM_MESSAGE + 1))) == Answer("too_long")


async def test_a_reply_after_the_end_is_not_sent(world: World) -> None:
    session_id = await world.connected()
    await world.app.conversations.end(world.activity(), session_id)
    before = world.read_by_customer(session_id)

    answer = await world.app.conversations.reply(world.activity(), session_id, "One more thing")

    assert answer.outcome == "ended"
    assert world.read_by_customer(session_id) == before


async def test_a_reply_to_somebody_else_s_conversation_is_not_sent(world: World) -> None:
    session_id = await world.connected()

    assert (await world.app.conversations.reply(world.activity(LUISA), session_id, "Hello")).outcome == "ended"
    assert "Hello" not in world.read_by_customer(session_id)


# --- composing in the chat with the bot ------------------------------------------------------------------------------


async def test_a_text_goes_to_the_only_open_conversation_without_a_word(world: World) -> None:
    session_id = await world.connected()
    before = len(world.agents.sent)

    assert (await world.app.conversations.say(world.activity(), "Yes.")).outcome == "sent"

    assert world.read_by_customer(session_id)[-1] == "Yes."
    assert len(world.agents.sent) == before


async def test_without_a_conversation_the_agent_is_told(world: World) -> None:
    await world.registers(MARIO)

    assert await world.app.conversations.say(world.activity(), "Hello?") == Answer("no_conversation")
    assert world.shown(what="notify") == [
        "You have no open conversation. Invitations will appear here. Write help for what you can do."
    ]


async def test_who_never_registered_is_told_too(world: World) -> None:
    assert (await world.app.conversations.say(world.activity(), "Hello?")).outcome == "no_conversation"
    assert len(world.shown(what="notify")) == 1


async def test_with_several_conversations_the_agent_is_asked_which_one(world: World) -> None:
    first, second = await world.connected("key-1"), await world.connected("key-2")

    assert await world.app.conversations.say(world.activity(), "Yes.") == Answer("asked")

    (asked,) = world.agents.of("chat-mario", "ask_which")
    assert asked.text == "Yes."
    assert asked.options == ((first, "Carla Customer"), (second, "Carla Customer"))
    assert "Yes." not in (*world.read_by_customer(first), *world.read_by_customer(second))


async def test_conversations_that_are_over_are_no_choice(world: World) -> None:
    first, second = await world.connected("key-1"), await world.connected("key-2")
    rows = world.sessions.rows[first]
    rows.session = replace(rows.session, phase=Phase.ENDED)

    await world.app.conversations.say(world.activity(), "Yes.")

    assert [asked.options for asked in world.agents.of("chat-mario", "ask_which")] == [((second, "Carla Customer"),)]


async def test_a_text_for_a_conversation_that_has_just_ended_is_explained(world: World) -> None:
    session_id = await world.connected()
    rows = world.sessions.rows[session_id]
    rows.session = replace(rows.session, phase=Phase.ENDED)

    assert (await world.app.conversations.say(world.activity(), "Yes.")).outcome == "ended"
    assert world.shown(what="notify") == ["This conversation has ended. Your message was not delivered."]


async def test_a_text_that_is_too_long_is_explained(world: World) -> None:
    await world.connected()

    await world.app.conversations.say(world.activity(), "x" * (MAXIMUM_MESSAGE + 1))

    assert world.shown(what="notify") == [
        f"Your message is longer than {MAXIMUM_MESSAGE} characters and was not sent. Please split it."
    ]


async def test_with_one_conversation_left_messages_bring_no_reply_field_any_more(world: World) -> None:
    first, second = await world.connected("key-1"), await world.connected("key-2")
    await world.app.relay.look(second, world.writes(second, "And to Bern?"))
    await world.app.conversations.end(world.activity(), first)

    await world.app.relay.look(second, world.writes(second, "And to Thun?"))

    assert [sent.with_reply for sent in world.agents.of("chat-mario", "relay")][-2:] == [True, False]


async def test_with_several_conversations_each_message_brings_its_own_reply_field(world: World) -> None:
    first = await world.connected("key-1")
    await world.connected("key-2")

    await world.app.relay.look(first, world.writes(first, "And to Bern?"))

    assert [sent.with_reply for sent in world.agents.of("chat-mario", "relay")] == [False, True, True]
