"""The agents' Adaptive Cards as plain JSON: schema 1.5, Universal Actions with a fallback for older clients.

Buttons answer with a verb and data: `accept`, `decline` {session, offer} · `end` {session} · `reply`, `choose`
{session, text} · `available` {}.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from shared.adapters.teams_text import field_text, markdown, markdown_line, one_line, shortened
from shared.ports import ConversationView, InvitationView

Card = dict[str, Any]
Element = dict[str, Any]

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
REPLY_FIELD = "text"
BUTTONS_IN_A_ROW = 6
"""Teams shows no more in one set of actions."""
TITLE_LENGTH = 60
SENT_AGAIN = "(sent again)"

OUTCOMES = {
    "accepted": "You have accepted this conversation.",
    "declined": "You have declined.",
    "expired": "The invitation was not answered in time. You get no further invitations until you are available again.",
    "withdrawn": "The invitation was withdrawn: the customer is not waiting any more.",
}


def invitation(view: InvitationView) -> Card:
    """An offered task: which contact, which customer, *Accept* and *Decline*."""
    data = {"session": view.session_id, "offer": view.offer_id}
    body = [_heading(view.contact_name), _text(view.text), _facts(("Customer", view.customer_name))]
    actions = [
        _button("Accept", "accept", data, style="positive"),
        _button("Decline", "decline", data, style="destructive"),
    ]
    return _card(f"{view.contact_name}: {view.text}", body, actions)


def closed_invitation(customer_name: str, outcome: str, taken_by: str | None) -> Card:
    """What became of an invitation; who did not answer can say here that they are back."""
    sentence = OUTCOMES.get(outcome, "This invitation is closed.")
    if outcome == "taken":
        sentence = f"{one_line(taken_by or 'A colleague')} has taken this conversation."
    actions = [_button("Available again", "available", {})] if outcome == "expired" else []
    return _card(f"{customer_name}: {sentence}", [_heading(customer_name), _text(sentence)], actions)


def conversation(view: ConversationView) -> Card:
    """An accepted conversation: who the customer is, how to answer, and *End*."""
    body = [
        _heading(view.customer_name),
        _facts(("Email", view.customer_email), ("Contact", view.contact_name)),
        _text("Write here to answer."),
        *([_text(view.end_question, isSubtle=True)] if view.end_question else []),
    ]
    return _card(f"Conversation with {view.customer_name}", body, [_end(view.session_id)])


def closed_conversation(customer_name: str, text: str) -> Card:
    return _card(f"{customer_name}: {text}", [_heading(customer_name), _text(text)])


def customer_message(session_id: str, customer_name: str, text: str, *, again: bool) -> Card:
    """A message with a reply field of its own, for agents in several conversations."""
    body = [
        _heading(customer_name),
        _text(text),
        *([_text(SENT_AGAIN, isSubtle=True)] if again else []),
        _reply_field(customer_name),
    ]
    return _card(f"{customer_name}: {text}", body, [_send(session_id), _end(session_id)])


def choose_conversation(text: str, options: Sequence[tuple[str, str]]) -> Card:
    """For a text that could belong to several conversations; `options` are (session id, customer name)."""
    buttons = [_button(f"Send to {shortened(name, TITLE_LENGTH)}", "choose", {"session": one}) for one, name in options]
    rows = [buttons[start : start + BUTTONS_IN_A_ROW] for start in range(0, len(buttons), BUTTONS_IN_A_ROW)]
    question = "Who is this message for?" if options else "This conversation has ended. The message was not sent."
    body = [
        _heading(question),
        _input("Your message", value=field_text(text)),
        *({"type": "ActionSet", "actions": row} for row in rows),
    ]
    return _card(question, body)


def notice(text: str) -> Card:
    """One sentence, without buttons."""
    return _card(text, [_text(text)])


class TeamsCards:
    """The cards that answer a pressed button (the port AgentCards)."""

    def closed_invitation(self, customer_name: str, outcome: str, taken_by: str | None) -> Mapping[str, Any]:
        return closed_invitation(customer_name, outcome, taken_by)

    def closed_conversation(self, customer_name: str, text: str) -> Mapping[str, Any]:
        return closed_conversation(customer_name, text)

    def notice(self, text: str) -> Mapping[str, Any]:
        return notice(text)


def _card(spoken: str, body: Sequence[Element], actions: Sequence[Element] = ()) -> Card:
    summary = shortened(spoken)
    card: Card = {"$schema": SCHEMA, "type": "AdaptiveCard", "version": VERSION, "body": list(body)}
    # `speak` is read as SSML, `fallbackText` as Markdown.
    card |= {"speak": html.escape(summary, quote=False), "fallbackText": markdown_line(summary)}
    return card | ({"actions": list(actions)} if actions else {})


def _heading(text: str) -> Element:
    block = {"type": "TextBlock", "style": "heading", "size": "Medium", "weight": "Bolder", "wrap": True}
    return {**block, "text": markdown_line(text)}


def _text(text: str, **looks: Any) -> Element:
    return {"type": "TextBlock", "wrap": True, "text": markdown(text), **looks}


def _facts(*facts: tuple[str, str]) -> Element:
    return {
        "type": "FactSet",
        "facts": [{"title": title, "value": markdown_line(value)} for title, value in facts if value],
    }


def _reply_field(customer_name: str) -> Element:
    return _input(f"Reply to {shortened(customer_name, TITLE_LENGTH)}")


def _input(label: str, **more: Any) -> Element:
    field = {"type": "Input.Text", "id": REPLY_FIELD, "label": label, "isMultiline": True}
    return {**field, "isRequired": True, "errorMessage": "Write a message first.", **more}


def _send(session_id: str) -> Element:
    return _button("Send", "reply", {"session": session_id}, style="positive")


def _end(session_id: str) -> Element:
    # Without inputs: an empty reply field must not keep anybody from ending.
    return _button("End", "end", {"session": session_id}, associatedInputs="none")


def _button(title: str, verb: str, data: Mapping[str, str], **looks: str) -> Element:
    common = {"title": title, **looks}
    fallback = {"type": "Action.Submit", **common, "data": {**data, "verb": verb}}
    return {"type": "Action.Execute", **common, "verb": verb, "data": dict(data), "fallback": fallback}
