"""The engine: an event comes in, effects go out. Pure and total; it never raises for an event in the wrong state."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.effects import (
    CloseConversation,
    CloseInvitation,
    CloseMessaging,
    Effect,
    FreeSlot,
    NotifyAgent,
    ReadThread,
    SendToCustomer,
)
from shared.domain.events import (
    AdministratorEnded,
    AgentEnded,
    AgentMessageReceived,
    AgentMessageRevised,
    ConversationErased,
    ConversationShown,
    CustomerEnded,
    CustomerMessageReceived,
    DeliveryFailed,
    EraseRequested,
    Event,
    HistoryRecorded,
    InvitationSent,
    MessageFound,
    MessageLeft,
    MessageShown,
    ParametersSet,
    RecipientsFound,
    SessionOpened,
    StillFound,
    TimerDue,
    Transferred,
    VisitorSeen,
)
from shared.domain.notices import how_it_ended, notice
from shared.domain.parameters import check_custom
from shared.domain.sessions import MISSED_HEARTBEATS, EndReason, Phase, Session, VisitorPresence, gone_at
from shared.domain.workflows import Definition
from shared.workflow.activities import ACTIVITIES
from shared.workflow.activity import Context, Step, read_parameters
from shared.workflow.agent_messages import agent_message, agent_message_revised, message_found
from shared.workflow.customer_messages import customer_message
from shared.workflow.ending import end
from shared.workflow.erasing import AGAIN as ERASE_AGAIN
from shared.workflow.erasing import erase, erasure_event
from shared.workflow.left_messages import AGAIN, leave, leave_again, left_message_event
from shared.workflow.transfers import is_leaving_for, move

HOPS = 50
"""More activities than this in one go are a circle or too long, which lint refuses. With all that a session's end adds,
the effects of so many still fit into one transaction of 100 rows."""


def advance(
    session: Session, definition: Definition, event: Event, now: datetime
) -> tuple[Session, tuple[Effect, ...]]:
    """Apply one event; the next state and the effects in the order in which they are to happen.

    Time inside never runs backwards: it is the later of `now` and the last time seen.
    """
    step = decide(session, definition, event, now)
    return step.session, step.effects


def decide(session: Session, definition: Definition, event: Event, now: datetime) -> Step:
    """As `advance`, with the way through the workflow."""
    now = max(now, session.last_now)
    session = replace(session, last_now=now)
    if isinstance(event, TimerDue):
        if not _is_due(session, event, now):
            return Step(session)
        session = session.with_deadline(event.deadline_id, None)
    session = _with_news(session, event)
    step = _of_the_session(session, definition, event, now)
    if step is None:
        step = _of_the_activity(session, definition, event, now)
    return step


def _with_news(session: Session, event: Event) -> Session:
    """What is noted of an event wherever the workflow stands."""
    match event:
        case VisitorSeen():
            return replace(session, visitor_seen=True)
        case ParametersSet():
            kept = {**session.parameters, **event.values}
            return session if check_custom(kept, "parameters") else replace(session, parameters=kept)
    return session


def _is_due(session: Session, event: TimerDue, now: datetime) -> bool:
    """A deadline that was cancelled or put off meanwhile is not; a visitor may be gone before the deadline says so."""
    return event.deadline_id == "recovery" or any(d.id == event.deadline_id for d in session.due(now))


def _of_the_session(session: Session, definition: Definition, event: Event, now: datetime) -> Step | None:
    """What holds in every workflow; None leaves the event to the current activity."""
    match event:
        case SessionOpened():
            return _open(session, definition, now)
        case CustomerMessageReceived():
            return customer_message(session, definition, event, now)
        case AgentMessageReceived():
            return agent_message(session, definition, event)
        case AgentMessageRevised():
            return agent_message_revised(session, event)
        case MessageFound():
            return message_found(session, definition, event)
        case AgentEnded() if _is_with(session, event.agent_id):
            return end(session, definition, EndReason.AGENT, now)
        case AgentEnded():
            return Step(session)
        case CustomerEnded():
            return end(session, definition, EndReason.CUSTOMER, now)
        case AdministratorEnded():
            return end(session, definition, EndReason.ADMINISTRATOR, now)
        case EraseRequested():
            return erase(session)
        case TimerDue(deadline_id="recovery"):
            return _look_for_the_visitor(session, definition, event.presence, now)
        case TimerDue(deadline_id="close"):
            # Nothing can be written after it; what was written before it, in whatever moment, has its answer.
            return Step(session, (CloseMessaging(), ReadThread()))
        case TimerDue(deadline_id=due) if due in ("erase", ERASE_AGAIN):
            return erase(session)
        case TimerDue(deadline_id=due) if due == AGAIN:
            return leave_again(session)
        case Transferred():
            return _transferred(session, definition, event, now)
        case MessageLeft() if session.phase is Phase.OPENED:
            return leave(session, definition, event, now)
        case MessageShown() | RecipientsFound() | DeliveryFailed(effect="leave_message" | "find_recipients"):
            return left_message_event(session, event, now) or Step(session)
        case ConversationErased() | HistoryRecorded() | StillFound():
            return erasure_event(session, event, now)
        case DeliveryFailed(effect="erase_conversation" | "record_history"):
            return erasure_event(session, event, now)
        case DeliveryFailed(effect="relay_to_agent" | "send_to_customer"):
            return _undelivered(session, definition, event)
    return None


def _open(session: Session, definition: Definition, now: datetime) -> Step:
    if session.phase is not Phase.OPENED:
        return Step(session)
    due = _gone_at(session, definition, None)
    waiting = replace(session, phase=Phase.WAITING).with_deadline("recovery", due)
    return _follow(_enter(waiting, definition, definition.workflow.start, now), definition, now)


def _transferred(session: Session, definition: Definition, event: Transferred, now: datetime) -> Step:
    """A new run, in the other service; a slot that was taken there for nothing is freed."""
    if session.phase is not Phase.WAITING or not is_leaving_for(session, definition, event.contact):
        # What comes late may speak of the service in which the conversation goes on meanwhile: that slot is its own.
        is_there = session.phase is not Phase.ENDED and session.contact == event.contact
        return Step(session, () if is_there else (FreeSlot(event.contact),))
    moved, effects = move(session, definition, event)
    step = _follow(_enter(moved, event.definition, event.definition.workflow.start, now), event.definition, now)
    return replace(step, effects=(*effects, *step.effects))


def _undelivered(session: Session, definition: Definition, event: DeliveryFailed) -> Step:
    """Tell the side that wrote; a notice that cannot be delivered either ends here, in the timeline."""
    if session.phase is not Phase.CONNECTED or session.agent is None:
        return Step(session)
    if event.effect == "relay_to_agent":
        text = notice("undelivered", definition.language)
        return Step(session, (SendToCustomer(text, definition.contact_name, "system", "undelivered"),))
    return Step(session, (NotifyAgent(session.agent.id, notice("undelivered", definition.default_language)),))


def _gone_at(session: Session, definition: Definition, presence: VisitorPresence | None) -> datetime:
    """A page that has never given a sign of life has nothing to come back to, whatever the recovery timeout is."""
    if presence is None and not session.visitor_seen:
        return session.created_at + MISSED_HEARTBEATS
    return gone_at(presence or VisitorPresence(session.created_at), definition.recovery_timeout)


def _look_for_the_visitor(
    session: Session, definition: Definition, presence: VisitorPresence | None, now: datetime
) -> Step:
    if session.phase is Phase.ENDED:
        return Step(session)
    gone = _gone_at(session, definition, presence)
    if now >= gone:
        return end(session, definition, EndReason.CUSTOMER_GONE, now)
    return Step(session.with_deadline("recovery", gone))


def _of_the_activity(session: Session, definition: Definition, event: Event, now: datetime) -> Step:
    context = _context(session, definition, session.position, now)
    step = None
    if context is not None:
        activity_context, type_name = context
        step = ACTIVITIES[type_name].on(activity_context, event)
    return _follow(step, definition, now) if step is not None else Step(session, _too_late(session, definition, event))


def _too_late(session: Session, definition: Definition, event: Event) -> tuple[Effect, ...]:
    """Cards that arrive when the session has moved on are closed at once, so that none stays open for ever."""
    match event:
        case InvitationSent():
            return (CloseInvitation(event.agent_id, event.card_id, "withdrawn"),)
        case ConversationShown() if session.agent is not None:
            closing = how_it_ended(session.end_reason, definition.default_language)
            return (CloseConversation(session.agent.id, event.card_id, closing),)
    return ()


def _enter(session: Session, definition: Definition, activity_id: str, now: datetime) -> Step:
    entered = replace(session, position=activity_id)
    context = _context(entered, definition, activity_id, now)
    if context is None:
        return end(session, definition, EndReason.WORKFLOW_FAULT, now)
    activity_context, type_name = context
    return replace(ACTIVITIES[type_name].enter(activity_context), way=((activity_id, None),))


def _follow(step: Step, definition: Definition, now: datetime) -> Step:
    """Leave by exits until an activity stays."""
    effects, way = step.effects, step.way
    for _ in range(HOPS):
        if step.exit is None:
            return Step(step.session, effects, way=way)
        way = (*way, (step.session.position or "", step.exit))
        current = definition.workflow.activity(step.session.position or "")
        target = current.exits.get(step.exit) if current else None
        if target is None:
            step = end(step.session, definition, EndReason.WORKFLOW_FAULT, now)
        else:
            step = _enter(step.session, definition, target, now)
        effects, way = (*effects, *step.effects), (*way, *step.way)
    ended = end(step.session, definition, EndReason.WORKFLOW_FAULT, now)
    return Step(ended.session, (*effects, *ended.effects), way=way)


def _context(
    session: Session, definition: Definition, activity_id: str | None, now: datetime
) -> tuple[Context, str] | None:
    activity = definition.workflow.activity(activity_id) if activity_id else None
    if activity is None or activity.type not in ACTIVITIES:
        return None
    parameters, _ = read_parameters(ACTIVITIES[activity.type].parameters, activity.parameters, activity.id)
    return Context(session, definition, parameters, now), activity.type


def _is_with(session: Session, agent_id: str) -> bool:
    return session.phase is Phase.CONNECTED and session.agent is not None and session.agent.id == agent_id
