"""Steps 6 to 8 of the relay: the holder of a session's lease carries out effects in order, one record for each."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.application import turn
from shared.application.carry_out import CarryOut
from shared.application.correlation import about
from shared.application.reading import until_legible
from shared.application.session_access import SessionAccess
from shared.application.watchdogs import Watchdogs
from shared.domain.effects import (
    CloseMessaging,
    EraseConversation,
    ForgetCustomer,
    InviteAgent,
    LeaveMessage,
    NotifyAgent,
    ReadThread,
    RelayToAgent,
    SendToCustomer,
    ShowConversation,
)
from shared.domain.errors import NewerSchema, NotSent, OutcomeUnknown, PortError, Rejected, VersionConflict
from shared.domain.events import DeliveryFailed, Event
from shared.ports import Cursor, Lease, PendingEffect, Ports, SessionRecord, ThreadMessage

LEASE = timedelta(seconds=20)
CALL = timedelta(seconds=6)
EFFECT = timedelta(seconds=8)
"""What an effect may take with all that it reads before it sends. A call that is given up may land CALL later still."""
TRIES = 12
PATIENCE = timedelta(seconds=3)
"""A throttled call is waited for this long; for more, the session is left to a timer."""
LONGEST_WAIT = timedelta(minutes=5)
"""Whatever Retry-After says: a mistaken value must not park a session."""
LOOK_SOON = timedelta(seconds=2)
DELIVERIES = (
    CloseMessaging,
    EraseConversation,
    ForgetCustomer,
    InviteAgent,
    LeaveMessage,
    NotifyAgent,
    RelayToAgent,
    SendToCustomer,
    ShowConversation,
)
"""Effects that reach somebody: each has a line of its own in the timeline when it is done."""
BACKWARDS = timedelta(minutes=2)
"""How much the clocks of ours and of the messaging service may differ."""

logger = logging.getLogger(__name__)


@dataclass
class _Work:
    """The effects that are still to be carried out; `outcomes` are of those done but not yet recorded."""

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


class Worker:
    """Does what was saved; leaves a session so that anybody can go on."""

    def __init__(self, ports: Ports, carry_out: CarryOut, access: SessionAccess, watchdogs: Watchdogs) -> None:
        self._ports = ports
        self._watchdogs = watchdogs
        self._carry_out = carry_out
        self._access = access

    async def work(
        self, before: SessionRecord, saved: SessionRecord, owner: str, pending: dict[int, PendingEffect]
    ) -> None:
        """Carry out all effects, or stop where the lease, a throttle or a doubt says so."""
        work = _Work(saved, owner, pending)
        try:
            await self._look_for_doubts(before, work)
            while work.pending:
                if not self._has_time(work):
                    return await self._leave(work, self._ports.clock.now(), "no_time")
                try:
                    await self._one(work, min(work.pending))
                except NotSent as error:
                    if error.retry_after > PATIENCE.total_seconds() or not self._has_time(work, error.retry_after):
                        later = self._ports.clock.now() + timedelta(seconds=error.retry_after)
                        return await self._leave(work, later, error.code)
                    await self._ports.clock.sleep(error.retry_after)
        except PortError as error:
            # The lease stays, so that nobody sends in between; whoever comes after it resolves what is in doubt.
            logger.warning("session %s effect %d: %s", saved.session.id, min(work.pending, default=0), error.code)
            await self._come_back(work)

    async def _look_for_doubts(self, before: SessionRecord, work: _Work) -> None:
        """Effects of a dead holder: in the thread they can be found; of the others only the first can have happened."""
        lease = before.relay.lease
        if not before.effects or lease is None or lease.clean:
            return
        work.in_doubt = min(effect.number for effect in before.effects)
        if isinstance(work.pending[work.in_doubt].effect, SendToCustomer):
            since = (before.relay.busy_since or before.session.created_at) - BACKWARDS
            there = await self._access.list_after(before, Cursor(0, since))
            work.sent_before = frozenset(message.metadata.get("effectId", "") for message in there)

    def _has_time(self, work: _Work, seconds: float = 0) -> bool:
        lease = work.record.relay.lease
        return lease is not None and self._ports.clock.now() + EFFECT + CALL + timedelta(seconds=seconds) < lease.until

    async def _one(self, work: _Work, number: int) -> None:
        effect, session_id = work.pending[number].effect, work.record.session.id
        messages: Sequence[ThreadMessage] | None = None
        if isinstance(effect, ReadThread):
            messages = await self._access.list_after(work.record, work.record.relay.cursor)
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
        if turn.is_hopeless(work.record.relay, work.pending[number]):
            return (_failed(effect, "given_up"),)
        try:
            with about(effect=f"{number}:{effect.kind}"):
                async with asyncio.timeout(EFFECT.total_seconds()):
                    return await self._carry_out(work.record, effect, number, again=number == work.in_doubt)
        except NewerSchema as error:
            raise until_legible(error) from error
        except Rejected as error:
            session_id = work.record.session.id
            logger.warning("session %s effect %d %s rejected: %s", session_id, number, effect.kind, error.reason)
            return (_failed(effect, error.reason),)
        except VersionConflict as error:
            # An agent's row that others write all the time: nothing has happened, so there is nothing in doubt.
            raise NotSent(str(error)) from error
        except TimeoutError as error:
            raise OutcomeUnknown(f"{effect.kind} took too long") from error

    def _more_for_customer(self, work: _Work) -> bool:
        return bool(work.pending) and isinstance(work.pending[min(work.pending)].effect, SendToCustomer)

    async def _finish(self, work: _Work, number: int, messages: Sequence[ThreadMessage] | None) -> None:
        """The effect is done, its outcome applied; others' notes are taken up, here or soon."""
        record = work.record
        for attempt in range(TRIES):
            now = self._ports.clock.now()
            current = turn.apply(turn.draft(record), work.outcomes[number], now)
            current = _told(current, work, number, now)
            if messages is None and record.relay.nudged and record.session.reads_thread:
                messages = await self._news_or_later(record)
            if messages is not None:
                current = replace(current, relay=replace(current.relay, nudged=False))
                current = turn.take_messages(current, messages, now)
            left = {e.number: e for e in (*record.effects, *current.add) if e.number != number}
            current = await self._renewed(current, work.owner) if left else _released(current)
            try:
                work.record = await self._access.save(record, current, None, (number,))
            except VersionConflict:
                record = await self._read_again(work, attempt)
                if record.relay.nudged and record.session.reads_thread:
                    messages = None
                continue
            work.pending = left
            del work.outcomes[number]
            return
        raise VersionConflict(f"session {record.session.id} stays contended")

    async def _renewed(self, current: turn.Draft, owner: str) -> turn.Draft:
        """The lease begins anew with each effect, so that the last one of many has as much time as the first."""
        until = self._ports.clock.now() + LEASE
        current = await self._watchdogs.arm(current, until)
        return replace(current, relay=replace(current.relay, lease=Lease(owner, until)))

    async def _news_or_later(self, record: SessionRecord) -> Sequence[ThreadMessage] | None:
        """What is done is written down first: a listing that fails now must not make it doubtful."""
        try:
            return await self._access.list_after(record, record.relay.cursor)
        except PortError as error:
            logger.info("session %s: listed later: %s", record.session.id, error.code)
            await self._ports.timers.wake(record.session.id, self._ports.clock.now() + LOOK_SOON, "watchdog")
            return None

    async def _read_again(self, work: _Work, attempt: int) -> SessionRecord:
        """The session after a conflict; raises VersionConflict where the lease is not ours any more."""
        await self._ports.clock.sleep(random.uniform(0, 0.02 * (attempt + 1)))  # noqa: S311 (jitter)
        record = await self._ports.sessions.read(work.record.session.id)
        if record is None or record.relay.lease is None or record.relay.lease.owner != work.owner:
            raise VersionConflict(f"session {work.record.session.id} has another holder")
        return record

    async def _leave(self, work: _Work, until: datetime, why: str) -> None:
        """Stop on purpose: nobody tries before `until`. What was in doubt and is still to be done stays in doubt."""
        now = self._ports.clock.now()
        until = min(max(until, now), now + LONGEST_WAIT)
        await self._ports.timers.wake(work.record.session.id, until, "continue")
        record = work.record
        for attempt in range(TRIES):
            left = replace(turn.draft(record), relay=replace(record.relay, lease=self._lease_left(work, until)))
            left = self._put_off(left, work, until, why)
            try:
                await self._access.save(record, left, None)
            except VersionConflict:
                record = await self._read_again(work, attempt)
            else:
                return
        raise VersionConflict(f"session {record.session.id} stays contended")

    def _put_off(self, left: turn.Draft, work: _Work, until: datetime, why: str) -> turn.Draft:
        """What waits, until when and why; that there was no time left is nothing to tell."""
        if why == "no_time" or not work.pending:
            return left
        first = work.pending[min(work.pending)]
        told = {"effect": first.effect.kind, "number": first.number, "until": until.isoformat(), "reason": why}
        return turn.with_line(left, "PutOff", self._ports.clock.now(), **told)

    def _lease_left(self, work: _Work, until: datetime) -> Lease:
        return Lease(work.owner, until, work.is_clean)

    async def _come_back(self, work: _Work) -> None:
        lease = work.record.relay.lease
        if lease is not None:
            await self._ports.timers.wake(work.record.session.id, lease.until + timedelta(seconds=1), "watchdog")


def _told(current: turn.Draft, work: _Work, number: int, now: datetime) -> turn.Draft:
    """A line for what has reached a person or another service; that it failed says its event."""
    effect = work.pending[number].effect
    failed = any(isinstance(event, DeliveryFailed) for event in work.outcomes[number])
    if failed or not isinstance(effect, DELIVERIES):
        return current
    told: dict[str, object] = {"effect": effect.kind, "number": number}
    if str(number) in work.sent_before:
        told["found"] = True
    elif number == work.in_doubt:
        told["again"] = True
    return turn.with_line(current, "Delivered", now, **told)


def _released(current: turn.Draft) -> turn.Draft:
    return replace(current, relay=replace(current.relay, lease=None))


def _failed(effect: object, reason: str) -> DeliveryFailed:
    agent = getattr(effect, "agent", None)
    agent_id = agent.id if agent is not None else getattr(effect, "agent_id", None)
    return DeliveryFailed(getattr(effect, "kind", ""), reason, agent_id, getattr(effect, "offer_id", None))
