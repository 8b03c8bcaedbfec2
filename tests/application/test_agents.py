"""What an agent does in Teams, and what the bot answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.application.agents import MAXIMUM_MESSAGE, TRIES, Answer
from shared.domain.distribution import AgentState
from shared.domain.errors import NotSent, VersionConflict
from shared.domain.sessions import EndReason, Phase
from shared.ports import BotConversation
from tests.application.world import LUISA, MARIO, TENANT, Call, World


def state(world: World) -> AgentState:
    return world.agent_store.records[(TENANT.id, "mario")].state


async def ringing(world: World) -> tuple[str, str]:
    """Mario is invited; the session and the offer."""
    await world.registers(MARIO)
    session_id = await world.opens()
    return session_id, world.task(session_id).offer_id


# --- registering with the bot ----------------------------------------------------------------------------------------


async def test_installing_the_bot_registers_the_user_and_remembers_the_chat(world: World) -> None:
    await world.registers(MARIO)

    record = world.agent_store.records[(TENANT.id, "mario")]
    assert record.state == AgentState("mario", registered=True)
    assert record.conversation == BotConversation("https://smba.example", "chat-mario")


async def test_registering_again_writes_nothing_unless_the_chat_has_moved(world: World) -> None:
    await world.registers(MARIO)
    world.calls.clear()
    await world.registers(MARIO)
    assert world.calls == ["agent_store.read"]

    moved = replace(world.activity(), conversation=BotConversation("https://smba.example", "another"))
    await world.app.conversations.register(moved)

    record = world.agent_store.records[(TENANT.id, "mario")]
    assert record.conversation == moved.conversation


async def test_registering_again_keeps_what_the_agent_is_doing(world: World) -> None:
    session_id = await world.connected()

    await world.app.conversations.register(
        replace(world.activity(), conversation=BotConversation("https://smba.example", "another"))
    )

    assert state(world).conversations == (session_id,)


async def test_who_removes_the_bot_is_offered_nothing_any_more(world: World) -> None:
    await world.registers(MARIO)
    await world.app.conversations.unregister(world.activity())

    session_id = await world.opens()

    assert not state(world).registered
    assert world.task(session_id).invitations == ()


async def test_available_again_resets_the_flag_of_a_missed_invitation(world: World) -> None:
    await world.registers(MARIO)
    world.agent_store.change(TENANT.id, "mario", missed="earlier.1", on_duty=False)

    answer = await world.app.conversations.available(world.activity())

    assert answer == Answer("available")
    assert (state(world).missed, state(world).on_duty) == (None, True)


async def test_a_row_that_others_write_as_well_is_read_again(world: World) -> None:
    await world.registers(MARIO)
    others = 0

    async def others_write_first(name: str, call: Call) -> Any:
        nonlocal others
        if name == "agent_store.save" and others < 3:
            others += 1
            world.agent_store.change(TENANT.id, "mario", conversations=(f"other-{others}",))
        return await call()

    await world.host(others_write_first).conversations.unregister(world.activity())

    assert (state(world).registered, state(world).conversations) == (False, ("other-3",))


async def test_a_row_that_stays_contended_is_left_to_the_repetition_by_teams(world: World) -> None:
    tries = 0

    async def somebody_is_always_faster(name: str, call: Call) -> Any:
        nonlocal tries
        if name == "agent_store.save":
            tries += 1
            raise VersionConflict("somebody else wrote first")
        return await call()

    with pytest.raises(NotSent):
        await world.host(somebody_is_always_faster).conversations.register(world.activity())

    assert tries == TRIES


# --- accept and decline ----------------------------------------------------------------------------------------------


async def test_accepting_connects_and_shows_the_conversation(world: World) -> None:
    session_id, offer_id = await ringing(world)

    answer = await world.app.conversations.accept(world.activity(), session_id, offer_id)

    assert answer == Answer("accepted", "Carla Customer")
    assert world.shown(what="show_conversation") == [
        "Do you want to end the instant message session with Carla Customer?"
    ]
    assert world.shown() == ["Do you deliver to Basel?"]


async def test_pressing_accept_twice_is_accepted_twice_and_shown_once(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.app.conversations.accept(world.activity(), session_id, offer_id)

    answer = await world.app.conversations.accept(world.activity(), session_id, offer_id)

    assert answer.outcome == "accepted"
    assert len(world.shown(what="show_conversation")) == 1


async def test_who_comes_too_late_learns_who_was_faster(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.accepts(MARIO, session_id)

    answer = await world.app.conversations.accept(world.activity(LUISA), session_id, offer_id)

    assert answer == Answer("taken", "Carla Customer", "Mario")


async def test_an_invitation_expires(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.passes(30)

    answer = await world.app.conversations.accept(world.activity(), session_id, offer_id)

    assert answer == Answer("expired", "Carla Customer")


async def test_an_invitation_whose_customer_has_left_is_expired(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.passes(301)
    assert world.session(session_id).phase is Phase.ENDED

    assert (await world.app.conversations.accept(world.activity(), session_id, offer_id)).outcome == "expired"


async def test_accepting_a_conversation_of_one_s_own_that_is_over_says_so(world: World) -> None:
    session_id, offer_id = await ringing(world)
    await world.accepts(MARIO, session_id)
    await world.app.conversations.end(world.activity(), session_id)

    answer = await world.app.conversations.accept(world.activity(), session_id, offer_id)

    assert answer == Answer("ended", "Carla Customer")


async def test_who_was_not_invited_cannot_accept(world: World) -> None:
    session_id, offer_id = await ringing(world)

    answer = await world.app.conversations.accept(world.activity(LUISA), session_id, offer_id)

    assert answer.outcome == "expired"
    assert world.session(session_id).agent is None


@pytest.mark.parametrize("verb", ["accept", "decline", "end", "reply"])
async def test_an_agent_of_another_tenant_learns_nothing(world: World, verb: str) -> None:
    session_id, offer_id = await ringing(world)
    stranger = replace(world.activity(), tenant_id="elsewhere")
    world.config.put("elsewhere", replace(TENANT, id="elsewhere", widget_key="another-key"), LUISA)
    stranger = replace(stranger, user_id="luisa")
    conversations = world.app.conversations

    answer = await {
        "accept": lambda: conversations.accept(stranger, session_id, offer_id),
        "decline": lambda: conversations.decline(stranger, session_id, offer_id),
        "end": lambda: conversations.end(stranger, session_id),
        "reply": lambda: conversations.reply(stranger, session_id, "Hello"),
    }[verb]()

    assert answer.customer_name == ""
    assert answer.outcome in ("expired", "over", "ended")
    assert world.session(session_id).phase is Phase.WAITING


async def test_a_user_whom_the_configuration_does_not_know_cannot_accept(world: World) -> None:
    session_id, offer_id = await ringing(world)
    world.config.documents[TENANT.id] = {
        key: document for key, document in world.config.documents[TENANT.id].items() if key.id != "mario"
    }

    answer = await world.app.conversations.accept(world.activity(), session_id, offer_id)

    assert answer == Answer("expired")
    assert world.session(session_id).agent is None


async def test_declining_frees_the_agent_for_others(world: World) -> None:
    session_id, offer_id = await ringing(world)

    answer = await world.app.conversations.decline(world.activity(), session_id, offer_id)

    assert answer == Answer("declined", "Carla Customer")
    assert (state(world).ring, state(world).missed) == (None, None)
    assert [sent.outcome for sent in world.agents.of("chat-mario", "close_invitation")] == ["declined"]


async def test_an_unknown_session_is_expired_or_over_like_any_that_is_gone(world: World) -> None:
    conversations = world.app.conversations

    assert await conversations.accept(world.activity(), "unknown", "unknown.1") == Answer("expired")
    assert await conversations.decline(world.activity(), "unknown", "unknown.1") == Answer("expired")
    assert await conversations.end(world.activity(), "unknown") == Answer("over")
    assert await conversations.reply(world.activity(), "unknown", "Hello") == Answer("ended")


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
    assert world.shown(what="notify") == ["You have no open conversation. Invitations will appear here."]


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


async def test_with_several_conversations_each_message_brings_its_own_reply_field(world: World) -> None:
    first = await world.connected("key-1")
    await world.connected("key-2")

    await world.app.relay.look(first, world.writes(first, "And to Bern?"))

    assert [sent.with_reply for sent in world.agents.of("chat-mario", "relay")] == [False, True, True]


# --- the end ---------------------------------------------------------------------------------------------------------


async def test_the_agent_ends_and_the_customer_reads_so(world: World) -> None:
    session_id = await world.connected()

    answer = await world.app.conversations.end(world.activity(), session_id)

    assert answer == Answer("ended", "Carla Customer")
    assert world.session(session_id).end_reason is EndReason.AGENT
    assert world.read_by_customer(session_id)[-1] == "Mario has ended the conversation."
    assert world.shown(what="close_conversation") == ["You have ended this conversation."]
    assert state(world).conversations == ()


async def test_ending_twice_says_so_once(world: World) -> None:
    session_id = await world.connected()

    for _ in range(2):
        assert (await world.app.conversations.end(world.activity(), session_id)).outcome == "ended"

    assert world.read_by_customer(session_id).count("Mario has ended the conversation.") == 1


async def test_nobody_else_can_end_a_conversation(world: World) -> None:
    session_id = await world.connected()

    await world.app.conversations.end(world.activity(LUISA), session_id)

    assert world.session(session_id).phase is Phase.CONNECTED
