"""The relay: takes a session's lease, lists what is new, lets the engine decide, saves, and has it carried out.

The steps carry the numbers of docs/architecture.md. Whatever happens between two lines, another host can go on:
what is to be done is saved before it is done, and a watchdog was armed before that.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.application import turn
from shared.application.carry_out import CarryOut
from shared.application.correlation import about
from shared.application.occasions import AGENT_FREED, Happened, Nudge, Occasion, Wake
from shared.application.session_access import SessionAccess
from shared.application.watchdogs import Watchdogs
from shared.application.worker import LEASE, LONGEST_WAIT, Worker
from shared.domain.errors import AlreadyExists, NotSent, PortError, VersionConflict
from shared.domain.events import AgentFreed
from shared.domain.sessions import Phase, Session
from shared.ports import Lease, Ports, SessionRecord, ThreadMessage

TRIES = 12
LONGEST_LEASE = LONGEST_WAIT + LEASE
"""Nobody takes or leaves one for longer: what lies further ahead was written by a clock that ran ahead."""
LATER = timedelta(seconds=60)
"""A session whose start is not finished is looked at again after this."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """A session as it was when the occasion was settled; `repeated` where that had happened before."""

    session: Session
    repeated: bool = False


class Relay:
    """One method for all occasions; any number of hosts may call it at the same time."""

    def __init__(self, ports: Ports, carry_out: CarryOut) -> None:
        self._ports = ports
        self._watchdogs = Watchdogs(ports)
        self._access = SessionAccess(ports, carry_out, self._watchdogs)
        self._worker = Worker(ports, carry_out, self._access, self._watchdogs)

    async def look(self, session_id: str, occasion: Occasion) -> Seen | None:
        """Look at a session; the state in which the occasion was settled.

        None where there is no such session, or the occasion is none of its tenant's. Raises a PortError where the
        occasion could not be settled; its trigger is then repeated by the platform.
        """
        with about(session=session_id, occasion=type(occasion).__name__):
            return await self._look(session_id, occasion)

    async def _look(self, session_id: str, occasion: Occasion) -> Seen | None:
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
            except PortError as error:
                if not isinstance(occasion, Wake) or not self._watchdogs.is_coming(session_id):
                    raise
                # Its successor is on its way: were this message repeated as well, an outage would multiply them.
                logger.warning("session %s is left to the next watchdog: %s: %s", session_id, error.code, error)
                return Seen(record.session)
        raise NotSent(f"session {session_id} stays contended", retry_after=2)

    def _is_held(self, record: SessionRecord) -> bool:
        lease, now = record.relay.lease, self._ports.clock.now()
        return lease is not None and now < lease.until <= now + LONGEST_LEASE

    # --- step 2: somebody else holds the lease -----------------------------------------------------------------------

    async def _join(self, record: SessionRecord, occasion: Occasion) -> Session:
        """Leave a note for the holder; it finds it when its own write conflicts."""
        lease = record.relay.lease
        if lease is None:
            raise VersionConflict("the lease is gone")
        if isinstance(occasion, Wake):
            await self._watchdogs.come_again(record.session.id, occasion.reason, lease.until, record.relay.armed_until)
            return record.session
        if isinstance(occasion, Nudge):
            if not record.session.reads_thread or record.relay.nudged or turn.is_behind(record.relay, occasion):
                return record.session
            note = turn.Draft(record.session, record.definition, replace(record.relay, nudged=True))
            return (await self._access.save(record, await self._look_soon(note, lease), None)).session
        note = turn.apply(turn.draft(record), [occasion.event], self._ports.clock.now())
        if turn.is_same(note.session, record.session) and not note.add:
            return record.session
        return (await self._access.save(record, await self._look_soon(note, lease), occasion.activity_id)).session

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
        if isinstance(occasion, Wake) and not due and turn.is_without_thread(record.session):
            await self._ports.timers.wake(record.session.id, now + LATER, occasion.reason)
            return record.session
        if isinstance(occasion, Wake) and (due or record.effects or record.relay.nudged):
            # This timer message stays invisible for minutes if the host dies, so its successor comes first.
            current = await self._watchdogs.arm(current, now + LEASE)
        current = turn.apply(current, due, now)
        if isinstance(occasion, Happened):
            current = turn.apply(current, [occasion.event], now)
        elif isinstance(occasion, Wake) and occasion.reason == AGENT_FREED:
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
        # A cursor that only moved past our own messages is not worth a write.
        relay = replace(current.relay, cursor=record.relay.cursor, armed_until=record.relay.armed_until)
        is_changed = not turn.is_same(current.session, record.session) or relay != record.relay
        return not (is_changed or current.add or record.effects)

    async def _news(self, record: SessionRecord, occasion: Occasion) -> Sequence[ThreadMessage]:
        """What the thread holds after the cursor; a nudged message that is not listed yet is looked for once more."""
        messages = await self._access.list_after(record, record.relay.cursor)
        if isinstance(occasion, Nudge) and all(message.id != occasion.message_id for message in messages):
            await self._ports.clock.sleep(1)
            messages = await self._access.list_after(record, record.relay.cursor)
        return messages

    async def _hold(self, record: SessionRecord, current: turn.Draft, seen: str | None) -> Session:
        """Arm before the write, write, then have the effects carried out."""
        now = self._ports.clock.now()
        pending = {effect.number: effect for effect in (*record.effects, *current.add)}
        owner = self._ports.ids.new()
        if pending:
            current = await self._watchdogs.arm(current, now + LEASE)
            relay = turn.count_doubts(record, current.relay)
            if relay.doubtful and (relay.doubtful, relay.doubts) != (record.relay.doubtful, record.relay.doubts):
                told = {"number": relay.doubtful, "effect": pending[relay.doubtful].effect.kind, "times": relay.doubts}
                current = turn.with_line(current, "InDoubt", now, **told)
            busy_since = record.relay.busy_since if record.effects else now
            current = replace(current, relay=replace(relay, lease=Lease(owner, now + LEASE), busy_since=busy_since))
        saved = await self._access.save(record, current, seen)
        if pending:
            await self._worker.work(record, saved, owner, pending)
        return saved.session


def _is_foreign(session: Session, occasion: Occasion) -> bool:
    """An occasion counts for its own tenant's sessions only; timers are our own."""
    if isinstance(occasion, Wake) or occasion.tenant_id is None:
        return False
    return occasion.tenant_id != session.tenant_id
