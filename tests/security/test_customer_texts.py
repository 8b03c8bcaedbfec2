"""What a customer types stays a text where agents read it: tests/vectors/customer_texts.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.adapters import teams_cards
from shared.adapters.teams_text import markdown, markdown_line
from shared.ports import ConversationView, InvitationView, LeftMessageView
from tests.ports.test_teams_text import shown
from tests.security.web import cases

ELEMENTS = {"AdaptiveCard", "TextBlock", "FactSet", "Input.Text", "ActionSet", "Action.Execute", "Action.Submit"}

READ_AS_MARKDOWN = ("text", "value", "fallbackText")
"""Titles of buttons and labels of fields show everything as it is."""


def cards_with(text: str) -> list[dict[str, Any]]:
    """All cards that show something of a customer, with this text wherever one can stand."""
    return [
        teams_cards.invitation(InvitationView("session", "offer", "Sales", text, text, None)),
        teams_cards.closed_invitation(text, "taken", text),
        teams_cards.conversation(ConversationView("session", "Sales", text, text, text, None)),
        teams_cards.left_message(LeftMessageView("Sales", text, text, text, None)),
        teams_cards.closed_conversation(text, text),
        teams_cards.customer_message("session", text, text, again=True),
        teams_cards.choose_conversation(text, [("session", text)]),
    ]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from objects(one)


@pytest.mark.parametrize("case", cases("customer_texts"))
def test_a_text_is_shown_as_it_was_typed(case: dict[str, Any]) -> None:
    expected = case.get("shown", [case["text"]])
    assert shown(markdown(case["text"])) == expected
    assert " ".join(shown(markdown_line(case["text"]))) == " ".join(expected)


@pytest.mark.parametrize("case", cases("customer_texts"))
def test_a_card_has_only_what_we_put_there(case: dict[str, Any]) -> None:
    for card in cards_with(case["text"]):
        json.dumps(card, ensure_ascii=False).encode()
        found = list(objects(card))
        assert {one["type"] for one in found if "type" in one} <= ELEMENTS
        assert not any("url" in one or "msteams" in one or "entities" in one for one in found)
        for one in found:
            texts = [] if one.get("type") == "Input.Text" else [one.get(name, "") for name in READ_AS_MARKDOWN]
            assert all("<" not in text and "{{" not in text and "${" not in text for text in texts)
            if one.get("type") == "TextBlock":
                shown(one["text"])
        assert "<" not in card["speak"]
