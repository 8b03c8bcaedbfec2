"""The relay: takes a session's lease, lists what is new, lets the engine decide, saves, then sends.

The steps carry the numbers of docs/architecture.md. Whatever happens between two lines, another host can go on:
what is to be done is saved before it is done, and a watchdog was armed before that.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.application import turn
from shared.application.carry_out import CarryOut
from shared.application.occasions import Happened, Nudge, Occasion, Wake
from shared.domain.effects import ReadThread, SendToCustomer
from shared.domain.errors import AlreadyExists, NotSent, OutcomeUnknown, Rejected, VersionConflict
from shared.domain.events import AgentFreed, DeliveryFailed, Event
from shared.domain.sessions import Phase, Session
from shared.ports import Cursor, Lease, PendingEffect, Ports, SessionRecord, ThreadMessage

LEASE = timedelta(seconds=20)
CALL = timedelta(seconds=6)
WATCH = timedelta(seconds=45)
TRIES = 12
PATIENCE = timedelta(seconds=3)
"""A throttled call is waited for this long; for more, the session is left to a timer."""

logger = logging.getLogger(__name__)


@dataclass
class _Work:
    """The effects that a lease holder still has to carry out; `outcomes` are of those done but not yet recorded."""

    record: SessionRecord
    owner: str
    pending: dict[int, PendingEffect]
    in_doubt: int | None = None
    sent_before: frozenset[str] = frozenset()
    outcomes: dict[int, tuple[Event, ...]] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether nothing that is still pending can have happened."""
        return self.in_doubt not in self.pending and not self.outcomes


@dataclass(frozen=True)
class Seen:
    """A session as it was when the occasion was settled; `repeated` where that had happened before."""

    session: Session
    repeated: bool = False


class Relay:
    """One method for each occasion; all of them may run on several hosts at the same time."""

    def __init__(self, ports: Ports, carry_out: CarryOut) -> None:
        self._ports = ports
        self._carry_out = carry_out

    async def look(self, session_id: str, occasion: Occasion) -> Seen | None:
        """Look at a session; the state in which the occasion was settled, None where there is no such session.

        Raises NotSent where the session stays contended: the trigger is repeated by its platform.
        """
        for attempt in range(TRIES):
            record = await self._ports.sessions.read(session_id)
            if record is None or _is_foreign(record.session, occasion):
                return None
            try:
                if self._is_held(record):
                    return Seen(await self._join(record, occasion))
                return Seen(await self._take(record, occasion))
            except VersionConflict:
                await self._ports.clock.sleep(random.uniform(0.01, 0.05 * (attempt + 1)))  # noqa: S311 (jitter)
            except AlreadyExists:
                return Seen(record.session, repeated=True)
        raise NotSent(f"session {session_id} stays contended", retry_after=2)

    def _is_held(self, record: SessionRecord) -> bool:
        lease = record.relay.lease
        return lease is not None and lease.until > self._ports.clock.now()

    # --- step 2: somebody else holds the lease -----------------------------------------------------------------------

    async def _join(self, record: SessionRecord, occasion: Occasion) -> Session:
        """Leave a note for the holder; it finds it when its own write conflicts."""
        lease = record.relay.lease
        if lease is None:
            raise VersionConflict("the lease is gone")
        if isinstance(occasion, Wake):
            await self._ports.timers.wake(record.session.id, lease.until + timedelta(seconds=2), occasion.reason)
            return record.session
        if isinstance(occasion, Nudge):
            if not record.session.reads_thread or record.relay.nudged or turn.is_behind(record.relay, occasion):
                return record.session
            noted = turn.Draft(record.session, record.definition, replace(record.relay, nudged=True))
            return (await self._save(record, await self._look_soon(noted, lease), None)).session
        joined = turn.apply(turn.draft(record), [occasion.event], self._ports.clock.now())
        if turn.is_same(joined.session, record.session) and not joined.add:
            return record.session
        return (await self._save(record, await self._look_soon(joined, lease), occasion.activity_id)).session

    async def _look_soon(self, note: turn.Draft, lease: Lease) -> turn.Draft:
        """Should the holder have died, its note is found as soon as the lease is over, not only by the watchdog."""
        soon = lease.until + timedelta(seconds=1)
        if note.relay.armed_until is not None and note.relay.armed_until <= soon + timedelta(seconds=1):
            return note
        await self._ports.timers.wake(note.session.id, soon, "watchdog")
        return replace(note, relay=replace(note.relay, armed_until=soon))

    # --- steps 3 to 5: nobody holds it -------------------------------------------------------------------------------

    async def _take(self, record: SessionRecord, occasion: Occasion) -> Session:
        now = self._ports.clock.now()
        due = turn.due_events(record, now)
        current = turn.draft(record)
        if isinstance(occasion, Wake) and (due or record.effects):
            # This timer message stays invisible for minutes if the host dies, so its successor comes first.
            current = await self._arm(current, now)
        current = turn.apply(current, due, now)
        if isinstance(occasion, Happened):
            current = turn.apply(current, [occasion.event], now)
        elif isinstance(occasion, Wake) and occasion.reason == "agent_freed":
            current = turn.apply(current, [AgentFreed()], now)
        if self._should_list(record, occasion):
            messages = await self._news(record, occasion)
            current = turn.take_messages(replace(current, relay=replace(current.relay, nudged=False)), messages, now)
        if self._is_idle(record, current):
            return record.session
        seen = occasion.activity_id if isinstance(occasion, Happened) else None
        return await self._hold(record, current, seen)

    def _should_list(self, record: SessionRecord, occasion: Occasion) -> bool:
        if not record.session.reads_thread or record.session.chat is None:
            return False
        if isinstance(occasion, Nudge):
            return record.relay.nudged or not turn.is_behind(record.relay, occasion)
        return record.relay.nudged or (isinstance(occasion, Wake) and record.session.phase is Phase.CONNECTED)

    def _is_idle(self, record: SessionRecord, current: turn.Draft) -> bool:
        changed = not turn.is_same(current.session, record.session)
        # A cursor that only moved past our own messages is not worth a write.
        relay = replace(current.relay, cursor=record.relay.cursor, armed_until=record.relay.armed_until)
        return not (changed or current.add or record.effects or relay != record.relay)

    async def _news(self, record: SessionRecord, occasion: Occasion) -> Sequence[ThreadMessage]:
        """What the thread holds after the cursor; a nudged message that is not listed yet is looked for once more."""
        messages = await self._list(record)
        if isinstance(occasion, Nudge) and all(message.id != occasion.message_id for message in messages):
            await self._ports.clock.sleep(1)
            messages = await self._list(record)
        return messages

    async def _list(self, record: SessionRecord) -> Sequence[ThreadMessage]:
        tenant, chat = await self._carry_out.tenant(record.session), record.session.chat
        if chat is None:
            return ()
        return await self._ports.messaging.list_after(tenant, chat.thread_id, chat.relay_id, record.relay.cursor)

    async def _hold(self, record: SessionRecord, current: turn.Draft, seen: str | None) -> Session:
        """Arm before the write, write, then work."""
        now = self._ports.clock.now()
        pending = {effect.number: effect for effect in (*record.effects, *current.add)}
        owner = self._ports.ids.new()
        if pending:
            current = await self._arm(current, now)
            current = replace(current, relay=replace(current.relay, lease=Lease(owner, now + LEASE)))
        saved = await self._save(record, current, seen)
        if pending:
            work = _Work(saved, owner, pending)
            await self._look_for_doubts(record, work)
            await self._work(work)
        return saved.session

    async def _arm(self, current: turn.Draft, now: datetime) -> turn.Draft:
        armed = current.relay.armed_until
        if armed is not None and armed > now + LEASE:
            return current
        await self._ports.timers.wake(current.session.id, now + WATCH, "watchdog")
        return replace(current, relay=replace(current.relay, armed_until=now + WATCH))

    async def _save(
        self, record: SessionRecord, current: turn.Draft, seen: str | None, done: tuple[int, ...] = ()
    ) -> SessionRecord:
        for reason, due in turn.new_deadlines(record.session, current.session):
            await self._ports.timers.wake(record.session.id, due, reason)
        version = await self._ports.sessions.save(
            record.session.id, record.version, current.change(done=done, seen=seen)
        )
        effects = tuple(e for e in (*record.effects, *current.add) if e.number not in done)
        return replace(record, session=current.session, relay=current.relay, version=version, effects=effects)

    # --- steps 6 and 7: the holder works -----------------------------------------------------------------------------

    async def _look_for_doubts(self, before: SessionRecord, work: _Work) -> None:
        """Effects of a dead holder: in the thread they can be found; of the others only the first can have happened."""
        lease = before.relay.lease
        if not before.effects or lease is None or lease.clean:
            return
        work.in_doubt = min(effect.number for effect in before.effects)
        if isinstance(work.pending[work.in_doubt].effect, SendToCustomer):
            there = await self._list(replace(before, relay=replace(before.relay, cursor=Cursor())))
            work.sent_before = frozenset(message.metadata.get("effectId", "") for message in there)

    async def _work(self, work: _Work) -> None:
        while work.pending:
            number = min(work.pending)
            if not self._has_time(work):
                return await self._leave(work, self._ports.clock.now())
            try:
                await self._one(work, number)
            except NotSent as error:
                if error.retry_after <= PATIENCE.total_seconds() and self._has_time(work, error.retry_after):
                    await self._ports.clock.sleep(error.retry_after)
                    continue
                return await self._leave(work, self._ports.clock.now() + timedelta(seconds=error.retry_after))
            except (OutcomeUnknown, VersionConflict) as error:
                # The lease stays, so that nobody sends in between; whoever comes after it resolves what is in doubt.
                logger.warning("session %s effect %d: %s", work.record.session.id, number, error.code)
                return await self._come_back(work)

    async def _come_back(self, work: _Work) -> None:
        lease = work.record.relay.lease
        if lease is not None:
            soon = lease.until + timedelta(seconds=1)
            await self._ports.timers.wake(work.record.session.id, soon, "watchdog")

    def _has_time(self, work: _Work, seconds: float = 0) -> bool:
        lease = work.record.relay.lease
        return lease is not None and self._ports.clock.now() + CALL + timedelta(seconds=seconds) < lease.until

    async def _one(self, work: _Work, number: int) -> None:
        effect, session_id = work.pending[number].effect, work.record.session.id
        messages: Sequence[ThreadMessage] | None = None
        if isinstance(effect, ReadThread):
            messages = await self._list(work.record)
            work.outcomes[number] = ()
        elif number not in work.outcomes:
            work.outcomes[number] = await self._do(work, number)
        await self._finish(work, number, messages)
        if isinstance(effect, SendToCustomer) and not self._more_for_customer(work):
            await self._ports.realtime.nudge(session_id, work.record.session.phase.value)

    async def _do(self, work: _Work, number: int) -> tuple[Event, ...]:
        if str(number) in work.sent_before:
            return ()
        effect = work.pending[number].effect
        try:
            return await self._carry_out(work.record, effect, number, again=number == work.in_doubt)
        except Rejected as error:
            session_id = work.record.session.id
            logger.warning("session %s effect %d %s rejected: %s", session_id, number, effect.kind, error.reason)
            return (_failed(effect, error),)

    def _more_for_customer(self, work: _Work) -> bool:
        return bool(work.pending) and isinstance(work.pending[min(work.pending)].effect, SendToCustomer)

    async def _finish(self, work: _Work, number: int, messages: Sequence[ThreadMessage] | None) -> None:
        """Step 7's transaction: the effect is done, its outcome applied; others' notes are taken up on a conflict."""
        record = work.record
        for attempt in range(TRIES):
            now = self._ports.clock.now()
            current = turn.apply(turn.draft(record), work.outcomes[number], now)
            if messages is None and record.relay.nudged and record.session.reads_thread:
                messages = await self._list(record)
            if messages is not None:
                current = replace(current, relay=replace(current.relay, nudged=False))
                current = turn.take_messages(current, messages, now)
            left = {e.number: e for e in (*record.effects, *current.add) if e.number != number}
            if not left:
                current = replace(current, relay=replace(current.relay, lease=None))
            try:
                work.record = await self._save(record, current, None, (number,))
            except VersionConflict:
                await self._ports.clock.sleep(random.uniform(0, 0.02 * (attempt + 1)))  # noqa: S311 (jitter)
                reread = await self._ports.sessions.read(record.session.id)
                if reread is None or reread.relay.lease is None or reread.relay.lease.owner != work.owner:
                    raise
                record = reread
                if reread.relay.nudged and reread.session.reads_thread:
                    messages = None
                continue
            work.pending = left
            del work.outcomes[number]
            return
        raise VersionConflict(f"session {record.session.id} stays contended")

    async def _leave(self, work: _Work, until: datetime) -> None:
        """Stop on purpose: nobody tries before `until`. What was in doubt and is still to be done stays in doubt."""
        record = work.record
        until = max(until, self._ports.clock.now())
        await self._ports.timers.wake(record.session.id, until, "continue")
        left = replace(turn.draft(record), relay=replace(record.relay, lease=Lease(work.owner, until, work.is_clean)))
        try:
            await self._save(record, left, None)
        except VersionConflict:
            # Somebody has left a note: the lease runs out by itself, and the timer finds the rest.
            logger.info("session %s was noted while it was left", record.session.id)


def _is_foreign(session: Session, occasion: Occasion) -> bool:
    return isinstance(occasion, Nudge) and occasion.tenant_id != session.tenant_id


def _failed(effect: object, error: Rejected) -> DeliveryFailed:
    agent = getattr(effect, "agent", None)
    agent_id = agent.id if agent is not None else getattr(effect, "agent_id", None)
    return DeliveryFailed(getattr(effect, "kind", ""), error.reason, agent_id, getattr(effect, "offer_id", None))
