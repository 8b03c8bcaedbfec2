"""How a session ends, whoever ends it: each side is told once, the agent is free, messaging closes a little later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.effects import (
    AnnounceState,
    CloseConversation,
    Effect,
    FreeAgent,
    FreeSlot,
    LeaveQueue,
    NotifyAgent,
    ReadThread,
    RecordHistory,
    SendToCustomer,
)
from shared.domain.notices import how_it_ended, notice
from shared.domain.sessions import EndReason, Phase, Session, Task, TaskPhase
from shared.domain.workflows import Definition
from shared.workflow.activity import Step
from shared.workflow.offers import withdraw
from shared.workflow.texts import known_of

GRACE = timedelta(seconds=30)
"""So long the visitor's page can still read the last messages before its token is revoked."""


def end(session: Session, definition: Definition, reason: EndReason, now: datetime) -> Step:
    """End the session; ending an ended one changes nothing."""
    if session.phase is Phase.ENDED:
        return Step(session)
    was_connected = session.phase is Phase.CONNECTED
    effects: list[Effect] = []
    task = session.task
    if task is not None and task.phase is not TaskPhase.CANCELLED:
        withdrawn, task = withdraw(task, "withdrawn")
        effects += withdrawn
        if not was_connected and task.phase is not TaskPhase.LEFT:
            effects.append(LeaveQueue(task.queued_at))
        task = replace(task, phase=TaskPhase.CANCELLED)
    effects += _farewell_to_customer(session, definition, reason)
    effects += _farewell_to_agent(session, definition, reason)
    # It is in the history before it stops counting as running, so that it is found at any moment.
    effects += [RecordHistory(), FreeSlot(session.contact), AnnounceState()]
    if was_connected:
        effects.append(ReadThread())
    ended = replace(
        session, phase=Phase.ENDED, task=_settled(task), position=None, deadlines=(), end_reason=reason, ended_at=now
    ).with_deadline("close", now + GRACE)
    return Step(_disposed(_with_retention(ended, definition, now), definition), tuple(effects))


def _disposed(session: Session, definition: Definition) -> Session:
    return session if definition.store_conversation_context else replace(session, parameters={})


def _with_retention(session: Session, definition: Definition, now: datetime) -> Session:
    if not definition.retention_days:
        return session
    return session.with_deadline("erase", now + timedelta(days=definition.retention_days))


def _settled(task: Task | None) -> Task | None:
    return replace(task, invitations=(), offer_id=None, until=None) if task else None


def _farewell_to_customer(session: Session, definition: Definition, reason: EndReason) -> list[Effect]:
    if reason is EndReason.ADMINISTRATOR:
        # A session may be stuck because it has got no thread: then there is nowhere to say it.
        told = session.chat is not None and bool(session.chat.thread_id)
        text = notice("ended", definition.language)
        return [SendToCustomer(text, definition.contact_name, "system", "ended")] if told else []
    slots = {EndReason.AGENT: ("ended_by_user", "ended"), EndReason.DECLINED: ("declined", "declined")}
    if reason not in slots:
        return []
    slot, event = slots[reason]
    text = definition.wording.text(slot, session.customer, session.agent, known_of(session, definition))
    return [SendToCustomer(text, definition.contact_name, "system", event)] if text else []


def _farewell_to_agent(session: Session, definition: Definition, reason: EndReason) -> list[Effect]:
    agent = session.agent
    if session.phase is not Phase.CONNECTED or agent is None:
        return []
    # First of all the agent is free: a farewell that cannot be delivered holds nobody up.
    effects: list[Effect] = [FreeAgent(agent.id, definition.after_call_work)]
    told = definition.wording.text("ended", session.customer, agent, known_of(session, definition))
    if reason is EndReason.ADMINISTRATOR:
        told = notice(reason.value, definition.default_language)
    if reason is not EndReason.AGENT and told:
        effects.append(NotifyAgent(agent.id, told))
    if session.conversation_card_id:
        closing = how_it_ended(reason.value, definition.default_language)
        effects.append(CloseConversation(agent.id, session.conversation_card_id, closing))
    return effects
