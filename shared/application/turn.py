"""Pure bookkeeping of a relay's turn: events into the engine, effects numbered, messages accounted for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from shared.application.occasions import Nudge
from shared.domain.consent import Consent
from shared.domain.effects import (
    ClaimAgent,
    CloseMessaging,
    Effect,
    EraseConversation,
    ForgetCustomer,
    FreeAgent,
    RecordHistory,
    SendToCustomer,
)
from shared.domain.events import (
    ConversationErased,
    CustomerMessageReceived,
    DeliveryFailed,
    Event,
    HistoryRecorded,
    MessageFound,
    SessionOpened,
    StillFound,
    TimerDue,
    Transferred,
)
from shared.domain.sessions import ContactReference, Phase, Session, VisitorPresence, gone_at
from shared.domain.workflows import Definition
from shared.ports import Cursor, PendingEffect, RelayState, SessionChange, SessionRecord, ThreadMessage, TimelineEntry
from shared.workflow.activity import Step
from shared.workflow.customer_messages import OVER_BUDGET
from shared.workflow.engine import decide

REMEMBERED = 64
AT_ONCE = 30
"""Messages taken over in one turn; a transaction holds at most 100 rows …"""
BYTES_AT_ONCE = 500_000
"""… and 4 MB; texts count as they are stored, with control characters escaped."""
CLIENT_ID = 128
"""A longer client message id is none: it comes from the visitor's page and is remembered in the session's row."""
ABANDONED = timedelta(minutes=10)
"""A session that has got no thread by then is given up; the same time for which a start can be repeated."""
GIVE_UP = 10
"""A message or a card that was left in doubt this often is given up: others wait behind it."""
KEEP_ON = 1_000
"""What nothing else would mend is tried for hours: an agent would stay connected for ever, or a token valid."""
MENDED_BY_NOBODY = (ClaimAgent, FreeAgent, CloseMessaging, RecordHistory, EraseConversation, ForgetCustomer)
SKEW = timedelta(seconds=2)


@dataclass(frozen=True)
class Draft:
    """A change in the making."""

    session: Session
    definition: Definition
    relay: RelayState
    add: tuple[PendingEffect, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    body_hash: str = ""
    is_moved: bool = False

    def change(self, *, done: tuple[int, ...] = (), seen: str | None = None) -> SessionChange:
        definition = self.definition if self.is_moved else None
        return SessionChange(self.session, self.relay, self.add, done, seen, self.timeline, definition, self.body_hash)


def draft(record: SessionRecord) -> Draft:
    return Draft(record.session, record.definition, record.relay, body_hash=record.body_hash)


def apply(current: Draft, events: Iterable[Event], now: datetime) -> Draft:
    """Run events through the engine; effects get the next numbers, notable events a line in the timeline."""
    for event in events:
        step = decide(current.session, current.definition, event, now)
        session, effects = step.session, step.effects
        # What nobody hears of otherwise has its line at least: a notice that was refused as well.
        ignored = not effects and is_same(session, current.session) and not isinstance(event, DeliveryFailed)
        if isinstance(event, Transferred) and session.transfers > current.session.transfers:
            current = replace(current, definition=event.definition, is_moved=True)
        if current.session.customer != session.customer and not session.customer.email:
            # The customer is forgotten, and so is the hash of the form.
            current = replace(current, body_hash="", is_moved=True)
        number = current.relay.next_effect
        added = tuple(PendingEffect(number + index, effect) for index, effect in enumerate(effects))
        current = replace(
            current,
            session=session,
            relay=replace(current.relay, next_effect=number + len(effects)),
            add=(*current.add, *added),
            timeline=current.timeline if ignored else (*current.timeline, *_line(event, step, number, now)),
        )
    return current


def take_messages(current: Draft, messages: Sequence[ThreadMessage], now: datetime) -> Draft:
    """Account for what the thread holds after the cursor: the customer's messages become events, each once."""
    relay_id = current.session.chat.relay_id if current.session.chat else ""
    taken, size = 0, 0
    for message in messages:
        from_customer = message.is_text and message.sender_id != relay_id
        size += len(json.dumps(message.text, ensure_ascii=False).encode()) if from_customer else 0
        if from_customer and taken and (taken == AT_ONCE or size > BYTES_AT_ONCE):
            return replace(current, relay=replace(current.relay, nudged=True))
        known, client_id = current.relay, _client_id(message)
        relay = replace(known, cursor=Cursor(message.sequence, message.created_on))
        if from_customer:
            taken += 1
            relay = replace(
                relay,
                recent=_remember(known.recent, message.id),
                recent_client_ids=_remember(known.recent_client_ids, client_id),
            )
        current = replace(current, relay=relay)
        is_repeated = bool(client_id) and client_id in known.recent_client_ids
        if from_customer and not is_repeated:
            current = apply(current, [CustomerMessageReceived(message.id, message.text, message.created_on)], now)
    return current


def due_events(record: SessionRecord, now: datetime) -> list[Event]:
    """What time has brought: the opening that was not worked on yet, deadlines, a visitor who has gone."""
    session = record.session
    events: list[Event] = []
    if session.phase is Phase.OPENED and session.chat is not None and session.chat.thread_id:
        events.append(SessionOpened(session.consent))
    if is_without_thread(session) and now >= session.created_at + ABANDONED:
        events.append(TimerDue("recovery", record.presence))
    events += [TimerDue(deadline.id, record.presence) for deadline in session.due(now)]
    gone = record.presence is not None and now >= gone_at(record.presence, record.definition.recovery_timeout)
    waits_for_visitor = session.phase in (Phase.WAITING, Phase.CONNECTED)
    if gone and waits_for_visitor and not any(isinstance(e, TimerDue) and e.deadline_id == "recovery" for e in events):
        events.append(TimerDue("recovery", record.presence))
    return events


def is_without_thread(session: Session) -> bool:
    """Whether its start was not finished, or not yet."""
    return session.phase is Phase.OPENED and not (session.chat and session.chat.thread_id)


def is_same(after: Session, before: Session) -> bool:
    """Whether nothing but the time has changed."""
    return replace(after, last_now=before.last_now) == before


def is_behind(relay: RelayState, nudge: Nudge) -> bool:
    """Whether the nudged message was relayed before. Its place says it best: the clocks of two hosts differ."""
    if nudge.sequence is not None:
        return nudge.sequence <= relay.cursor.sequence
    since = relay.cursor.since
    return nudge.message_id in relay.recent or (since is not None and nudge.created_on < since - SKEW)


def count_doubts(record: SessionRecord, relay: RelayState) -> RelayState:
    """Count how often the first pending effect was left in doubt; one left on purpose is in none."""
    lease = record.relay.lease
    if not record.effects or lease is None or lease.clean:
        return relay
    number = min(effect.number for effect in record.effects)
    return replace(relay, doubtful=number, doubts=relay.doubts + 1 if number == relay.doubtful else 1)


def is_hopeless(relay: RelayState, pending: PendingEffect) -> bool:
    """Whether an effect was tried so often that going on is worse than giving it up visibly."""
    tries = KEEP_ON if isinstance(pending.effect, MENDED_BY_NOBODY) else GIVE_UP
    return pending.number == relay.doubtful and relay.doubts > tries


def new_deadlines(before: Session, after: Session) -> list[tuple[str, datetime]]:
    """Deadlines that need a timer message before they are saved."""
    return [(d.id, d.due) for d in after.deadlines if d not in before.deadlines]


def presence_or_start(record: SessionRecord) -> VisitorPresence:
    return record.presence or VisitorPresence(record.session.created_at)


def _client_id(message: ThreadMessage) -> str:
    given = message.metadata.get("clientMessageId", "")
    return given if len(given) <= CLIENT_ID else ""


def _remember(ids: tuple[str, ...], new: str) -> tuple[str, ...]:
    return (*ids, new)[-REMEMBERED:] if new else ids


NOT_TOLD = (MessageFound, ConversationErased, HistoryRecorded, StillFound)
"""What their effects have done is told already."""
_TEXTS = frozenset({"text", "values", "definition", "written_at", "at"})


def _line(event: Event, step: Step, number: int, now: datetime) -> tuple[TimelineEntry, ...]:
    """A line for the administrator: the event, the activities that it led through, and the numbered effects.

    No text of a person is in it, and nothing that was only looked up.
    """
    if isinstance(event, NOT_TOLD) or (isinstance(event, TimerDue) and not step.effects):
        return ()
    what = type(event).__name__
    if isinstance(event, CustomerMessageReceived) and _is_over_budget(step.effects):
        what = "MessageBudgetExceeded"
    details = {f.name: _plain(getattr(event, f.name)) for f in fields(event) if f.name not in _TEXTS}
    details = {name: value for name, value in details.items() if value is not None}
    if step.way:
        details["way"] = [[activity, exit_name] for activity, exit_name in step.way]
    if step.effects:
        details["effects"] = [[number + index, effect.kind] for index, effect in enumerate(step.effects)]
    return (TimelineEntry(now, what, details),)


def with_line(current: Draft, what: str, now: datetime, **details: object) -> Draft:
    """The change with one more line about what became of an effect."""
    return replace(current, timeline=(*current.timeline, TimelineEntry(now, what, details)))


def _is_over_budget(effects: Sequence[Effect]) -> bool:
    return any(isinstance(effect, SendToCustomer) and effect.event in (OVER_BUDGET, "ended") for effect in effects)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "display_name") and hasattr(value, "id"):
        return value.id
    if isinstance(value, ContactReference):
        return value.key
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Consent):
        return {"digest": value.digest, "agreed_at": value.agreed_at.isoformat()}
    if isinstance(value, VisitorPresence):
        return value.last_seen.isoformat()
    return value
