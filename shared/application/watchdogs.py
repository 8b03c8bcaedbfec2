"""Timer messages that are enqueued before anything is written: watchdogs, and those of a session's deadlines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from shared.application.occasions import AGENT_FREED
from shared.application.turn import Draft
from shared.ports import Ports

WATCH = timedelta(seconds=45)
NEAR = 2 * WATCH
"""One that is said to come later than this was armed by a clock that ran ahead."""
SOON_AFTER = timedelta(seconds=2)
"""When a session that was found held is looked at again, after its lease …"""
ANYWAY = timedelta(seconds=5)
"""… unless something else comes by then anyway."""
REMEMBERED = 10_000


class Watchdogs:
    """Enqueues no second watchdog while one is known to come.

    The session's row remembers it for all hosts; this process does too, since a write that fails again and again
    would otherwise enqueue one each time.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._coming: dict[str, datetime] = {}
        self._deadlines: dict[tuple[str, str], datetime] = {}
        self._again: dict[tuple[str, bool], datetime] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def arm(self, current: Draft, lease_end: datetime) -> Draft:
        """Make sure that a watchdog comes after `lease_end`, and note it in the draft."""
        async with self._alone(current.session.id):
            return await self._arm(current, lease_end)

    async def _arm(self, current: Draft, lease_end: datetime) -> Draft:
        session_id, now = current.session.id, self._ports.clock.now()
        for until in (current.relay.armed_until, self._coming.get(session_id)):
            if until is not None and lease_end < until <= now + NEAR:
                return replace(current, relay=replace(current.relay, armed_until=until))
        until = now + WATCH
        await self._ports.timers.wake(session_id, until, "watchdog")
        if len(self._coming) >= REMEMBERED:
            self._coming.clear()
        self._coming[session_id] = until
        return replace(current, relay=replace(current.relay, armed_until=until))

    async def wake_at(self, session_id: str, reason: str, due: datetime) -> None:
        """A timer message for a deadline, at the full second after it, once for each second.

        Several timers that come at the same time would otherwise each set the next one, for ever side by side.
        """
        second = due.replace(microsecond=0) + timedelta(seconds=1 if due.microsecond else 0)
        async with self._alone(session_id):
            if self._deadlines.get((session_id, reason)) == second:
                return
            await self._ports.timers.wake(session_id, second, reason)
            if len(self._deadlines) >= REMEMBERED:
                self._deadlines.clear()
            self._deadlines[session_id, reason] = second

    async def come_again(self, session_id: str, reason: str, lease_end: datetime, armed: datetime | None) -> None:
        """One timer message in, at most one out, for a session that was found held.

        None where a watchdog comes right after the lease anyway, or what this process has sent before: whatever the
        message said, its successor does all that is due. Only that an agent is free has to be said by one that says it.
        """
        now, again = self._ports.clock.now(), lease_end + SOON_AFTER
        kind = (session_id, reason == AGENT_FREED)
        if any(known is not None and now < known <= lease_end + ANYWAY for known in (armed, self._again.get(kind))):
            return
        if len(self._again) >= REMEMBERED:
            self._again.clear()
        # Noted before it is sent: should that fail, the message at hand is delivered again, and stands for the others.
        self._again[kind] = again
        await self._ports.timers.wake(session_id, again, reason)

    def _alone(self, session_id: str) -> asyncio.Lock:
        """Who finds the same session at the same time waits for the other's message rather than sending another one."""
        lock = self._locks.get(session_id)
        if lock is None:
            lock = self._locks[session_id] = asyncio.Lock()
        return lock

    def is_coming(self, session_id: str) -> bool:
        """Whether this process has enqueued a watchdog that is not due yet."""
        until, now = self._coming.get(session_id), self._ports.clock.now()
        return until is not None and now < until <= now + NEAR
