"""The agents' cards: valid by the schema, complete for screen readers and old clients, and safe."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.adapters import teams_cards
from shared.adapters.teams_elements import Card
from shared.adapters.teams_state_cards import TeamsCards
from shared.domain.parameters import Proof
from shared.ports import ConversationView, InvitationView, LeftMessageView
from tests.ports import cards

NASTY = "**Carla** <at>all</at> {{DATE(2030-01-01T00:00:00Z)}} $(User.Upn)\u202e"
INVITATION = InvitationView("session-1", "offer-1", "Lunifico Sales", "Carla Customer", "You have a new message")
CONVERSATION = ConversationView(
    "session-1", "Lunifico Sales", "Carla Customer", "carla@example.org", "Do you want to end the session with Carla?"
)
PROOF = Proof("https://www.lunifico.example", "4711", name=True, email=True)
OPTIONS = [("session-1", "Carla Customer"), ("session-2", "Otto")]

ALL: dict[str, Card] = {
    "invitation": teams_cards.invitation(INVITATION),
    "nasty invitation": teams_cards.invitation(InvitationView("s", "o", NASTY, NASTY, NASTY * 50)),
    "empty invitation": teams_cards.invitation(InvitationView("s", "o", "", "", "")),
    "taken": teams_cards.closed_invitation("Carla Customer", "taken", "Luisa"),
    "expired": teams_cards.closed_invitation("Carla Customer", "expired", None),
    "unknown outcome": teams_cards.closed_invitation("Carla Customer", "something else", None),
    "conversation": teams_cards.conversation(CONVERSATION),
    "nasty conversation": teams_cards.conversation(ConversationView("s", NASTY, NASTY, NASTY, NASTY)),
    "closed conversation": teams_cards.closed_conversation("Carla Customer", "Carla Customer has left."),
    "message": teams_cards.customer_message("session-1", "Carla Customer", "Hello\nthere", again=False),
    "message again": teams_cards.customer_message("session-1", NASTY, NASTY, again=True),
    "choice": teams_cards.choose_conversation("Good morning", OPTIONS),
    "choice of twenty": teams_cards.choose_conversation(NASTY, [(f"session-{n}", NASTY) for n in range(20)]),
    "no choice": teams_cards.choose_conversation("Good morning", []),
    "notice": teams_cards.notice("You are available again."),
    "verified conversation": teams_cards.conversation(replace(CONVERSATION, proof=PROOF)),
    "nasty proof": teams_cards.invitation(replace(INVITATION, proof=Proof(NASTY, NASTY * 9))),
    "German invitation": teams_cards.invitation(INVITATION, "de"),
    "German conversation": teams_cards.conversation(CONVERSATION, "de"),
    "German message": teams_cards.customer_message("s", "Carla Customer", "Hallo", again=True, language="de"),
    "German choice": teams_cards.choose_conversation("Guten Morgen", OPTIONS, "de"),
    "German missed invitation": teams_cards.closed_invitation("Carla Customer", "expired", None, "de"),
}


@pytest.fixture(params=list(ALL.values()), ids=list(ALL))
def card(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_every_card_is_valid_by_schema_1_5(card: Card) -> None:
    assert card["version"] == "1.5"
    assert cards.faults(card) == []


@pytest.mark.parametrize(
    "broken",
    [
        {**ALL["notice"], "body": [{"type": "TextBlok", "text": "x"}]},
        {**ALL["notice"], "body": [{"type": "TextBlock"}]},
        {**ALL["notice"], "body": [{"type": "TextBlock", "text": "x", "weight": "Boldest"}]},
        {**ALL["notice"], "actions": [{"type": "Action.Execute", "verb": 3}]},
    ],
)
def test_the_schema_finds_mistakes(broken: Card) -> None:
    assert cards.faults(broken)


def test_every_card_can_be_read_aloud_and_shown_by_old_clients(card: Card) -> None:
    assert card["speak"]
    assert card["fallbackText"]
    assert "<" not in card["speak"]
    headings = [one for one in cards.elements(card) if one.get("style") == "heading"]
    assert headings or len(card["body"]) == 1
    for element in cards.elements(card):
        assert element["type"] != "TextBlock" or element["wrap"] is True
        assert element["type"] != "Input.Text" or (element["label"] and element["errorMessage"])


def test_every_button_has_a_fallback_that_carries_the_same(card: Card) -> None:
    for button in cards.buttons(card).values():
        assert button["type"] == "Action.Execute"
        fallback = button["fallback"]
        assert (fallback["type"], fallback["title"]) == ("Action.Submit", button["title"])
        assert fallback["data"] == {**button["data"], "verb": button["verb"]}
        assert fallback.get("associatedInputs") == button.get("associatedInputs")


def test_no_text_of_a_customer_means_anything(card: Card) -> None:
    shown = [*cards.texts(card), *cards.facts(card).values(), card["fallbackText"]]
    for text in shown:
        assert "**" not in text
        assert "{{" not in text
        assert "<" not in text
    for label in [*cards.buttons(card), *(field["label"] for field in cards.fields(card)), *shown]:
        assert "\u202e" not in label


def test_an_invitation_names_contact_and_customer_and_offers_two_answers() -> None:
    card = ALL["invitation"]
    assert cards.texts(card) == ["Lunifico Sales", "You have a new message"]
    assert cards.facts(card) == {"Customer": "Carla Customer"}
    answers = {title: (one["verb"], one["data"]) for title, one in cards.buttons(card).items()}
    data = {"session": "session-1", "offer": "offer-1"}
    assert answers == {"Accept": ("accept", data), "Decline": ("decline", data)}


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("accepted", "You have accepted this conversation."),
        ("taken", "Luisa has taken this conversation."),
        ("declined", "You have declined."),
        ("withdrawn", "The invitation was withdrawn: the customer is not waiting any more."),
    ],
)
def test_a_closed_invitation_says_what_became_of_it_and_has_no_buttons(outcome: str, sentence: str) -> None:
    card = teams_cards.closed_invitation("Carla Customer", outcome, "Luisa")
    assert cards.texts(card) == ["Carla Customer", sentence]
    assert not cards.buttons(card)


def test_who_did_not_answer_can_become_available_again() -> None:
    buttons = cards.buttons(ALL["expired"])
    assert [(title, one["verb"]) for title, one in buttons.items()] == [("Available again", "available")]


def test_a_conversation_shows_the_customer_and_how_to_answer_and_end() -> None:
    card = ALL["conversation"]
    assert cards.texts(card) == ["Carla Customer", "Write here to answer.", CONVERSATION.end_question]
    assert cards.facts(card) == {"Email": "carla@example.org", "Contact": "Lunifico Sales"}
    assert not cards.fields(card)
    end = cards.buttons(card)["End"]
    assert (end["verb"], end["data"]) == ("end", {"session": "session-1"})


def test_an_empty_end_question_is_left_out() -> None:
    view = ConversationView("session-1", "Lunifico Sales", "Carla Customer", "carla@example.org", "")
    assert cards.texts(teams_cards.conversation(view)) == ["Carla Customer", "Write here to answer."]


def test_a_message_among_several_conversations_brings_its_own_reply_field() -> None:
    card = ALL["message"]
    assert cards.texts(card) == ["Carla Customer", "Hello\n\nthere"]
    field = cards.fields(card)[0]
    assert (field["id"], field["label"], field["isRequired"]) == ("text", "Reply to Carla Customer", True)
    send, end = cards.buttons(card)["Send"], cards.buttons(card)["End"]
    assert (send["verb"], send["data"]) == ("reply", {"session": "session-1"})
    assert (end["verb"], end["associatedInputs"]) == ("end", "none"), "an empty field must not prevent ending"


def test_a_repeated_message_is_marked() -> None:
    assert "(sent again)" in cards.texts(ALL["message again"])
    assert "(sent again)" not in cards.texts(ALL["message"])


def test_a_composed_text_can_be_sent_to_one_of_the_conversations() -> None:
    card = ALL["choice"]
    assert cards.fields(card)[0]["value"] == "Good morning"
    sends = {title: (one["verb"], one["data"]) for title, one in cards.buttons(card).items()}
    assert sends == {
        "Send to Carla Customer": ("choose", {"session": "session-1"}),
        "Send to Otto": ("choose", {"session": "session-2"}),
    }
    rows = [one for one in cards.elements(ALL["choice of twenty"]) if one["type"] == "ActionSet"]
    assert [len(row["actions"]) for row in rows] == [6, 6, 6, 2]


def test_the_cards_that_answer_a_button_are_the_same_cards() -> None:
    answers = TeamsCards()
    assert answers.closed_invitation("Carla Customer", "taken", "Luisa", "en") == ALL["taken"]
    assert answers.closed_conversation("Carla Customer", "Carla Customer has left.") == ALL["closed conversation"]
    assert answers.notice("You are available again.") == ALL["notice"]


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        (PROOF, "Verified by www.lunifico.example"),
        (replace(PROOF, email=False), "Name verified by www.lunifico.example, email as typed"),
        (replace(PROOF, name=False), "Email verified by www.lunifico.example, name as typed"),
        (
            replace(PROOF, name=False, email=False),
            "Signed in at www.lunifico.example as 4711; name and email as typed",
        ),
        (None, None),
    ],
)
def test_who_vouches_for_the_customer_and_for_what_is_said_in_words(proof: Proof | None, said: str | None) -> None:
    left = LeftMessageView("Lunifico Sales", "Carla Customer", "carla@example.org", "Call me", proof)
    for card in (
        teams_cards.invitation(replace(INVITATION, proof=proof)),
        teams_cards.conversation(replace(CONVERSATION, proof=proof)),
        teams_cards.left_message(left),
    ):
        assert cards.facts([card]).get("Identity") == said


def test_a_customer_cannot_write_the_row_that_vouches() -> None:
    """Whatever is typed stands in rows of other names."""
    typed = replace(CONVERSATION, customer_name="Identity: Verified by us", customer_email="x@example.org\nIdentity: y")
    assert "Identity" not in cards.facts([teams_cards.conversation(typed)])


def test_a_tenant_s_agents_read_german_where_that_is_its_language() -> None:
    assert set(cards.buttons(ALL["German invitation"])) == {"Annehmen", "Ablehnen"}
    assert set(cards.buttons(ALL["German message"])) == {"Senden", "Beenden"}
    assert "(erneut gesendet)" in cards.texts(ALL["German message"])
    assert set(cards.buttons(ALL["German missed invitation"])) == {"Wieder verfügbar"}


def test_a_language_that_there_is_not_is_english() -> None:
    assert teams_cards.invitation(INVITATION, "fr") == ALL["invitation"]
