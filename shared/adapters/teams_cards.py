"""The agents' cards about conversations as plain JSON; those about agents themselves are in `teams_state_cards`.

Buttons answer with a verb and data: `accept`, `decline` {session, offer} · `end` {session} · `reply`, `choose`
{session, text} · `available` {}.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.adapters.teams_elements import Card, Element, button, card, facts, heading, paragraph, rows_of
from shared.adapters.teams_text import field_text, one_line, shortened
from shared.domain.agent_texts import agent_text
from shared.domain.parameters import Proof
from shared.domain.site_tokens import issuer_name
from shared.ports import ConversationView, InvitationView, LeftMessageView

REPLY_FIELD = "text"
TITLE_LENGTH = 60
OUTCOMES = {
    "accepted": "invitation_accepted",
    "declined": "declined",
    "expired": "invitation_missed",
    "withdrawn": "invitation_withdrawn",
    "taken": "taken",
}
VOUCHED = {
    (True, True): "verified",
    (True, False): "verified_name",
    (False, True): "verified_email",
    (False, False): "verified_id",
}
"""By whether the name and the e-mail address are vouched for: what is not could be anybody's."""


def invitation(view: InvitationView, language: str = "en") -> Card:
    """An offered task: which contact, which customer, *Accept* and *Decline*."""
    data = {"session": view.session_id, "offer": view.offer_id}
    customer = (agent_text("customer", language), view.customer_name)
    body = [heading(view.contact_name), paragraph(view.text), facts(customer, _identity(view.proof, language))]
    actions = [
        button(agent_text("accept", language), "accept", data, style="positive"),
        button(agent_text("decline", language), "decline", data, style="destructive"),
    ]
    return card(f"{view.contact_name}: {view.text}", body, actions)


def closed_invitation(customer_name: str, outcome: str, taken_by: str | None, language: str = "en") -> Card:
    """What became of an invitation; who did not answer can say here that they are back."""
    agent = one_line(taken_by or agent_text("a_colleague", language))
    sentence = agent_text(OUTCOMES.get(outcome, "invitation_closed"), language, agent=agent)
    again = button(agent_text("available_again", language), "available", {})
    body = [heading(customer_name), paragraph(sentence)]
    return card(f"{customer_name}: {sentence}", body, [again] if outcome == "expired" else [])


def conversation(view: ConversationView, language: str = "en") -> Card:
    """An accepted conversation: who the customer is, how to answer, and *End*."""
    email, contact = agent_text("email", language), agent_text("contact", language)
    body = [
        heading(view.customer_name),
        facts(_identity(view.proof, language), (email, view.customer_email), (contact, view.contact_name)),
        paragraph(agent_text("write_here", language)),
        *([paragraph(view.end_question, isSubtle=True)] if view.end_question else []),
    ]
    spoken = agent_text("conversation_with", language, customer=view.customer_name)
    return card(spoken, body, [_end(view.session_id, language)])


def left_message(view: LeftMessageView, language: str = "en") -> Card:
    """A message that a customer left while nobody was there; it is answered by e-mail."""
    title = agent_text("message_left", language, customer=view.customer_name)
    email, contact = agent_text("email", language), agent_text("contact", language)
    body = [
        heading(title),
        facts(_identity(view.proof, language), (email, view.customer_email), (contact, view.contact_name)),
        paragraph(view.text),
        paragraph(agent_text("answer_by_email", language), isSubtle=True),
    ]
    return card(f"{title}: {view.text}", body, [])


def closed_conversation(customer_name: str, text: str) -> Card:
    return card(f"{customer_name}: {text}", [heading(customer_name), paragraph(text)])


def customer_message(session_id: str, customer_name: str, text: str, *, again: bool, language: str = "en") -> Card:
    """A message with a reply field of its own, for agents in several conversations."""
    label = agent_text("reply_to", language, customer=shortened(customer_name, TITLE_LENGTH))
    body = [
        heading(customer_name),
        paragraph(text),
        *([paragraph(agent_text("sent_again", language), isSubtle=True)] if again else []),
        _input(label, language),
    ]
    send = button(agent_text("send", language), "reply", {"session": session_id}, style="positive")
    return card(f"{customer_name}: {text}", body, [send, _end(session_id, language)])


def choose_conversation(text: str, options: Sequence[tuple[str, str]], language: str = "en") -> Card:
    """For a text that could belong to several conversations; `options` are (session id, customer name)."""
    buttons = [
        button(
            agent_text("send_to", language, customer=shortened(name, TITLE_LENGTH)), "choose", {"session": session_id}
        )
        for session_id, name in options
    ]
    question = agent_text("for_whom" if options else "for_nobody", language)
    field = _input(agent_text("your_message", language), language, value=field_text(text))
    return card(question, [heading(question), field, *rows_of(buttons)])


def notice(text: str) -> Card:
    """One sentence, without buttons."""
    return card(text, [paragraph(text)])


def _identity(proof: Proof | None, language: str) -> tuple[str, str]:
    """Who vouches for the customer and, where it is not all, for what; nothing where nobody does."""
    if proof is None:
        return "", ""
    text = VOUCHED[proof.name, proof.email]
    said = agent_text(text, language, issuer=issuer_name(proof.issuer), subject=shortened(proof.subject, TITLE_LENGTH))
    return agent_text("identity", language), said


def _input(label: str, language: str, **more: Any) -> Element:
    field = {"type": "Input.Text", "id": REPLY_FIELD, "label": label, "isMultiline": True}
    return {**field, "isRequired": True, "errorMessage": agent_text("write_first", language), **more}


def _end(session_id: str, language: str) -> Element:
    # Without inputs: an empty reply field must not keep anybody from ending.
    return button(agent_text("end", language), "end", {"session": session_id}, associatedInputs="none")
