"""Texts to the customer: what is known of the conversation, and how one is sent."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.effects import SendToCustomer
from shared.domain.parameters import CUSTOM, Agent
from shared.domain.sessions import Session
from shared.domain.workflows import Definition
from shared.workflow.activity import Context


def known_of(session: Session, definition: Definition) -> Mapping[str, str]:
    """Values for the placeholders that only a running conversation has, by their full names."""
    known = {f"{CUSTOM}{name}": value for name, value in parameters_of(session, definition).items()}
    known["Service.Name"] = definition.contact_name
    known["OpeningHours.OpensAt"] = session.opens_at
    task = session.task
    if task is not None and task.position is not None:
        known["Queue.Position"] = str(task.position)
    if task is not None and task.expected_wait is not None:
        known["Queue.ExpectedWait"] = str(max(1, round(task.expected_wait / 60)))
    return known


def parameters_of(session: Session, definition: Definition) -> Mapping[str, str]:
    """The custom parameters: what the page has set, else the workflow's defaults."""
    return {**definition.workflow.parameters, **session.parameters}


def say(context: Context, slot: str, event: str, agent: Agent | None = None) -> tuple[SendToCustomer, ...]:
    """A system message of the contact; none where its text is empty."""
    session, definition = context.session, context.definition
    text = definition.wording.text(slot, session.customer, agent, known_of(session, definition))
    return (SendToCustomer(text, definition.contact_name, "system", event),) if text else ()
