"""A message that a visitor leaves while nobody is there: each member gets a card, and it is kept until one has.

Where every card is refused (all members have blocked the bot, or have left), the message is tried again with whoever is
a member then, ever more rarely, until the retention of what is known of the customer is over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.effects import FindRecipients, LeaveMessage, RecordHistory
from shared.domain.events import DeliveryFailed, MessageLeft, MessageShown, RecipientsFound
from shared.domain.sessions import EndReason, LeftMessage, Phase, Session
from shared.domain.workflows import Definition
from shared.workflow.activity import Step

AGAIN = "leave_again"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(hours=6)
MOST_DAYS = 30
"""So long it is tried where what is known of customers is kept for ever."""


def leave(session: Session, definition: Definition, event: MessageLeft, now: datetime) -> Step:
    """A message for all members; there is nothing to talk about, so the session ends with it."""
    ended = replace(session, phase=Phase.ENDED, end_reason=EndReason.MESSAGE_LEFT, ended_at=now, deadlines=())
    if definition.retention_days:
        ended = ended.with_deadline("erase", now + timedelta(days=definition.retention_days))
    step = _send(replace(ended, left_message=LeftMessage(event.text)), event.members, now)
    # In the history first: so it is found by its customer's address, however long the cards take.
    return replace(step, effects=(RecordHistory(), *step.effects))


def left_message_event(
    session: Session, event: MessageShown | DeliveryFailed | RecipientsFound, now: datetime
) -> Step | None:
    """What becomes of it; None where the event is about something else, or the message needs nothing any more."""
    kept = session.left_message
    match event:
        case _ if kept is None:
            return None
        case MessageShown():
            return Step(replace(session, left_message=None).with_deadline(AGAIN, None))
        case RecipientsFound():
            return _send(session, event.members, now)
        case DeliveryFailed(effect="leave_message"):
            waiting = tuple(member for member in kept.waiting if member != event.agent_id)
            if waiting or not kept.waiting:
                return Step(replace(session, left_message=replace(kept, waiting=waiting)))
            return _later(session, kept, now)
        case DeliveryFailed(effect="find_recipients"):
            return _later(session, kept, now)
    return None


def leave_again(session: Session) -> Step:
    """It is time for another try."""
    return Step(session, (FindRecipients(),) if session.left_message else ())


def _send(session: Session, members: tuple[str, ...], now: datetime) -> Step:
    kept = session.left_message
    if kept is None:
        return Step(session)
    if not members:
        return _later(session, kept, now)
    cards = tuple(LeaveMessage(member, kept.text) for member in members)
    return Step(replace(session, left_message=replace(kept, waiting=members)), cards)


def _later(session: Session, kept: LeftMessage, now: datetime) -> Step:
    """Everybody has refused it."""
    began = session.ended_at or session.created_at
    if now - began > timedelta(days=MOST_DAYS):
        return Step(replace(session, left_message=None))
    pause = min(FIRST_PAUSE * 2 ** min(kept.tries, 10), LONGEST_PAUSE)
    put_off = replace(session, left_message=replace(kept, waiting=(), tries=kept.tries + 1))
    return Step(put_off.with_deadline(AGAIN, now + pause))
