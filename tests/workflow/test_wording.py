"""System messages in the flow: their moments, emptied ones, languages and custom display names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.domain.effects import InviteAgent, NotifyAgent, SendToCustomer, ShowConversation
from shared.domain.workflows import ActivityDefinition
from shared.workflow.direct import DIRECT_WORKFLOW
from tests.workflow.stories import (
    ACCEPT,
    CANCEL,
    DISCONNECT,
    LIMIT,
    MARIO,
    QUEUE,
    SAY_SORRY,
    Story,
    connected,
    definition,
    direct,
    of,
    opened,
    ringing,
    texts,
    workflow,
)


def ended_by_mario(story: Story) -> Story:
    story.ends(MARIO)
    return story


def limit_reached(story: Story) -> Story:
    story.passes(LIMIT)
    return story


CUSTOMER_SLOTS: dict[str, Callable[[str], Story]] = {
    "waiting": lambda text: opened(definition(waiting=text)),
    "connected": lambda text: connected(definition(connected=text)),
    "ended_by_user": lambda text: ended_by_mario(connected(definition(ended_by_user=text))),
    "no_agent_available": lambda text: limit_reached(opened(definition(no_agent_available=text))),
}
slots = pytest.mark.parametrize("slot", CUSTOMER_SLOTS)


@slots
def test_a_message_to_the_customer_has_its_moment(slot: str) -> None:
    assert CUSTOMER_SLOTS[slot]("Here I am").said.count("Here I am") == 1


@slots
def test_an_emptied_message_to_the_customer_sends_nothing(slot: str) -> None:
    with_text, without = CUSTOMER_SLOTS[slot]("Here I am"), CUSTOMER_SLOTS[slot]("")

    assert without.said == [text for text in with_text.said if text != "Here I am"]
    assert without.session.phase == with_text.session.phase


@slots
def test_a_message_of_which_only_blanks_are_left_sends_nothing(slot: str) -> None:
    assert CUSTOMER_SLOTS[slot](" $(Unknown) ").said == CUSTOMER_SLOTS[slot]("").said


def test_an_emptied_refusal_of_a_direct_conversation_sends_nothing() -> None:
    story = direct(definition(DIRECT_WORKFLOW, declined=""))
    story.are_free()

    assert story.said == []


def test_an_emptied_farewell_to_the_agent_sends_nothing() -> None:
    effects = connected(definition(ended="")).customer_ends()

    assert of(effects, NotifyAgent) == []


def test_an_invitation_without_a_text_is_still_an_invitation() -> None:
    assert [invitation.text for invitation in of(ringing(MARIO, of=definition(incoming="")).told, InviteAgent)] == [""]


def test_an_emptied_end_question_still_shows_the_conversation() -> None:
    story = connected(definition(end_question=""))

    assert [shown.end_question for shown in of(story.told, ShowConversation)] == [""]


def test_the_widget_is_told_what_a_system_message_means() -> None:
    story = ended_by_mario(connected())

    assert [(sent.author, sent.event) for sent in of(story.told, SendToCustomer)] == [
        ("system", None),
        ("system", "waiting"),
        ("system", "connected"),
        ("system", "ended"),
    ]


# --- display name ----------------------------------------------------------------------------------------------------


def test_customers_see_the_custom_display_name_wherever_the_agent_is_named() -> None:
    story = connected(definition(display_name="Team $(User.LastName)"))

    assert story.said[-1] == "You are now connected with Team Lunifico."
    assert of(story.writes(MARIO, "Hello"), SendToCustomer)[0].sender == "Team Lunifico"
    assert texts(story.ends(MARIO)) == ["Team Lunifico has ended the conversation."]


def test_system_messages_come_from_the_service() -> None:
    assert {sent.sender for sent in of(connected().told, SendToCustomer)} == {"Lunifico Sales"}


# --- languages -------------------------------------------------------------------------------------------------------


def test_the_built_in_messages_speak_the_visitor_s_language() -> None:
    story = ended_by_mario(connected(definition(language="de")))

    assert story.said[1:] == [
        "Vielen Dank, Carla Customer. Gleich ist jemand für Sie da.",
        "Sie sind jetzt mit Mario verbunden.",
        "Mario hat die Unterhaltung beendet.",
    ]


def greeting(language: str, default: str = "en", **by_language: str) -> list[str]:
    """What a Message activity with these texts says in a session of this language, in a tenant with this default."""
    says = ActivityDefinition("greeting", "message", {"texts": by_language}, {"next": "queue"})
    of_activity = workflow(ACCEPT, says, QUEUE, CANCEL, SAY_SORRY, DISCONNECT)
    return opened(definition(of_activity, language=language, default_language=default, waiting="")).said


def test_a_message_activity_speaks_the_visitor_s_language_the_tenant_s_english_or_its_first_one() -> None:
    assert greeting("de", en="Hello", de="Hallo") == ["Hallo"]
    assert greeting("de", default="fr", en="Hello", fr="Bonjour") == ["Bonjour"]
    assert greeting("de", default="it", fr="Bonjour", en="Hello") == ["Hello"]
    assert greeting("de", default="it", fr="Bonjour", es="Hola") == ["Bonjour"]


@pytest.mark.parametrize("emptied", ["", "  "])
def test_a_message_activity_whose_text_was_emptied_says_nothing_in_another_language(emptied: str) -> None:
    assert greeting("de", de=emptied, en="Hello") == []


def test_a_message_activity_without_a_text_says_nothing() -> None:
    assert greeting("en") == []
    assert greeting("en", en="  ") == []


def test_a_message_activity_fills_in_parameters() -> None:
    assert greeting("en", en="Hello $(Customer.DisplayName)$(User.DisplayName)!") == ["Hello Carla Customer!"]
