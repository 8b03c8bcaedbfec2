"""Transfers to another service: the conversation and its history go along, the workflow is another one."""

from __future__ import annotations

from dataclasses import replace

from shared.domain.effects import AnnounceState, Effect, FreeSlot, SendToCustomer
from shared.domain.events import Transferred
from shared.domain.sessions import ContactReference, Session
from shared.domain.workflows import Definition
from shared.workflow.texts import known_of

MOST_TRANSFERS = 5
"""Services that send each other their customers would do so for ever."""


def is_leaving_for(session: Session, definition: Definition, contact: ContactReference) -> bool:
    """Whether the session stands at a transfer to this service; another one's answer comes too late."""
    activity = definition.workflow.activity(session.position or "")
    return activity is not None and activity.type == "transfer" and activity.parameters.get("service") == contact.id


def move(session: Session, definition: Definition, event: Transferred) -> tuple[Session, tuple[Effect, ...]]:
    """The session as it begins in the other service, and what has to be done in the one it leaves."""
    effects: list[Effect] = []
    text = definition.wording.text("transferred", session.customer, None, known_of(session, event.definition))
    if text:
        effects.append(SendToCustomer(text, definition.contact_name, "system", "transferred"))
    effects.append(FreeSlot(session.contact))
    recovery = tuple(deadline for deadline in session.deadlines if deadline.id == "recovery")
    moved = replace(
        session,
        contact=event.contact,
        task=None,
        position=None,
        deadlines=recovery,
        transfers=session.transfers + 1,
    )
    return moved, (*effects, AnnounceState())
