"""Finding and pressing buttons of cards without a browser."""

from __future__ import annotations

from typing import Any

from local.desk.cards import find_action, pressed, refresh_of
from tests.local.desk.fake_bot import invitation_card, reply_card


def test_buttons_are_found_by_verb_or_title_wherever_they_are() -> None:
    button = {"type": "Action.Execute", "title": "Take", "verb": "take"}
    nested = {
        "type": "AdaptiveCard",
        "body": [{"type": "Container", "items": [{"type": "ActionSet", "actions": [button]}]}],
    }

    assert find_action(nested, verb="take") == button
    assert find_action(nested, title="Take") == button
    assert find_action(nested, verb="leave") is None
    assert find_action(invitation_card(), title="Decline") == invitation_card()["actions"][1]


def test_a_submit_button_is_found_by_the_verb_in_its_data() -> None:
    button = {"type": "Action.Submit", "title": "Accept", "data": {"verb": "accept"}}

    assert find_action({"actions": [button]}, verb="accept") == button


def test_a_fallback_is_not_shown_and_so_not_found() -> None:
    hidden = {"type": "Action.Submit", "title": "Accept", "data": {"verb": "accept"}}

    assert find_action({"actions": [{"type": "Action.Http", "fallback": hidden}]}, verb="accept") is None


def test_inputs_overwrite_values_and_values_overwrite_data() -> None:
    card: dict[str, Any] = {
        "body": [{"type": "Input.Text", "id": "note", "value": "kept"}, {"type": "Input.Text", "id": "reply"}],
        "actions": [{"type": "Action.Execute", "verb": "send", "data": {"note": "old", "session": "s1"}}],
    }

    action = pressed(card, card["actions"][0], {"reply": "Hello", "unknown": "dropped"})

    assert action["data"] == {"session": "s1", "note": "kept", "reply": "Hello"}


def test_a_button_that_wants_no_inputs_gets_none() -> None:
    card = reply_card()

    assert pressed(card, card["actions"][1], {"reply": "Hello"})["data"] == {"session": "s1"}


def refreshing(**refresh: object) -> dict[str, object]:
    action = {"type": "Action.Execute", "title": "Refresh", "verb": "tasks", "data": {"page": 1}}
    return {"type": "AdaptiveCard", "refresh": {"action": action, **refresh}}


def test_a_card_is_refreshed_for_those_whom_it_names() -> None:
    assert refresh_of(refreshing(userIds=["29:mario"]), "29:mario") == {
        "type": "Action.Execute",
        "title": "Refresh",
        "verb": "tasks",
        "data": {"page": 1},
    }
    assert refresh_of(refreshing(userIds=["29:mario"]), "29:luisa") is None
    assert refresh_of(refreshing(userIds=[]), "29:mario") is None


def test_a_card_that_names_nobody_is_refreshed_for_everybody() -> None:
    assert refresh_of(refreshing(), "29:mario")


def test_other_cards_are_not_refreshed() -> None:
    others: list[Any] = [{}, {"refresh": None}, {"refresh": {}}, {"refresh": {"action": {"type": "Action.Submit"}}}, ""]
    assert [refresh_of(card, "29:mario") for card in others] == [None] * len(others)
