"""How the customer of an ended session is forgotten: what names somebody goes first, the way to it last.

Where the messaging service refuses for good, the session keeps what is left by its ids, and its address leads to it
until that is gone as well: whoever asks again begins another try. One begins by itself, ever more rarely.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.effects import Effect, EraseConversation, ForgetCustomer, RecordHistory
from shared.domain.events import ConversationErased, DeliveryFailed, HistoryRecorded, StillFound
from shared.domain.parameters import Customer
from shared.domain.sessions import Phase, Session, Unerased
from shared.workflow.activity import Step

AGAIN = "erase_again"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(days=1), timedelta(days=32)


def erase(session: Session) -> Step:
    """Forget who the customer was: thread and identity go, and what is kept names nobody."""
    if session.phase is not Phase.ENDED:
        return Step(session)
    before = session.unerased or Unerased()
    left = replace(before, channels=(*before.channels, *session.channels), history=True, reason="")
    nobody = replace(session, customer=Customer("", ""), parameters={}, origin="", channels=(), left_message=None)
    nobody = replace(nobody, deadlines=(), unerased=left)
    effects: list[Effect] = [EraseConversation(chat) for chat in left.channels]
    effects.append(RecordHistory())
    # Last of all: until then whoever asks again finds what is left.
    if session.customer.email or left.digests:
        effects.append(ForgetCustomer(session.customer.email, left.digests))
    return Step(nobody, tuple(effects))


def erasure_event(
    session: Session, event: ConversationErased | HistoryRecorded | StillFound | DeliveryFailed, now: datetime
) -> Step:
    """What has become of it; it is over when nothing is left."""
    left = session.unerased
    if left is None:
        return Step(session)
    match event:
        case ConversationErased():
            left = left.without(event.thread_id, event.visitor_id)
        case HistoryRecorded():
            left = replace(left, history=left.history and event.names_customer)
        case StillFound():
            left = replace(left, digests=event.digests)
        case DeliveryFailed():
            return Step(_refused(session, left, event.reason, now))
    return Step(replace(session, unerased=left if left.channels or left.history else None))


def _refused(session: Session, left: Unerased, reason: str, now: datetime) -> Session:
    if any(deadline.id == AGAIN for deadline in session.deadlines):
        reasons = dict.fromkeys((*left.reason.split(", "), reason)) if left.reason else (reason,)
        return replace(session, unerased=replace(left, reason=", ".join(reasons)))
    pause = min(FIRST_PAUSE * 2 ** min(left.tries, 10), LONGEST_PAUSE)
    refused = replace(left, reason=reason, tries=left.tries + 1)
    return replace(session, unerased=refused).with_deadline(AGAIN, now + pause)
