"""What Adaptive Cards are made of: schema 1.5, Universal Actions with a fallback for older clients."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from shared.adapters.teams_text import markdown, markdown_line, shortened

Card = dict[str, Any]
Element = dict[str, Any]

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
BUTTONS_IN_A_ROW = 6
"""Teams shows no more in one set of actions."""


def card(spoken: str, body: Sequence[Element], actions: Sequence[Element] = ()) -> Card:
    """`spoken` is read aloud, and shown by clients that know no cards."""
    summary = shortened(spoken)
    content: Card = {"$schema": SCHEMA, "type": "AdaptiveCard", "version": VERSION, "body": list(body)}
    # `speak` is read as SSML, `fallbackText` as Markdown.
    content |= {"speak": html.escape(summary, quote=False), "fallbackText": markdown_line(summary)}
    return content | ({"actions": list(actions)} if actions else {})


def heading(text: str) -> Element:
    block = {"type": "TextBlock", "style": "heading", "size": "Medium", "weight": "Bolder", "wrap": True}
    return {**block, "text": markdown_line(text)}


def paragraph(text: str, **looks: Any) -> Element:
    return {"type": "TextBlock", "wrap": True, "text": markdown(text), **looks}


def facts(*found: tuple[str, str]) -> Element:
    """Those that have a value."""
    shown = [{"title": markdown_line(title), "value": markdown_line(value)} for title, value in found if value]
    return {"type": "FactSet", "facts": shown}


def rows_of(buttons: Sequence[Element]) -> list[Element]:
    """Sets of actions with as many as Teams shows."""
    rows = [buttons[start : start + BUTTONS_IN_A_ROW] for start in range(0, len(buttons), BUTTONS_IN_A_ROW)]
    return [{"type": "ActionSet", "actions": list(row)} for row in rows]


def button(title: str, verb: str, data: Mapping[str, str], **looks: str) -> Element:
    """Its fallback carries the same for clients without `Action.Execute`."""
    common = {"title": title, **looks}
    fallback = {"type": "Action.Submit", **common, "data": {**data, "verb": verb}}
    return {"type": "Action.Execute", **common, "verb": verb, "data": dict(data), "fallback": fallback}


def refreshed(content: Card, title: str, verb: str, accounts: Sequence[str]) -> Card:
    """A card that asks for itself anew whenever one of these accounts opens it.

    Teams wants the ids by which the bot knows its users (`29:…`), at most 60; with none it asks for nobody.
    """
    action = {"type": "Action.Execute", "title": title, "verb": verb, "data": {"refreshed": "yes"}}
    return content | {"refresh": {"action": action, "userIds": [account for account in accounts if account]}}
