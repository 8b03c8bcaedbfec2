"""Timer messages that are enqueued before anything is written: watchdogs, and those of a session's deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from shared.application.turn import Draft
from shared.ports import Ports

WATCH = timedelta(seconds=45)
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

    async def arm(self, current: Draft, lease_end: datetime) -> Draft:
        """Make sure that a watchdog comes after `lease_end`, and note it in the draft."""
        session_id = current.session.id
        for until in (current.relay.armed_until, self._coming.get(session_id)):
            if until is not None and until > lease_end:
                return replace(current, relay=replace(current.relay, armed_until=until))
        until = self._ports.clock.now() + WATCH
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
        if self._deadlines.get((session_id, reason)) == second:
            return
        await self._ports.timers.wake(session_id, second, reason)
        if len(self._deadlines) >= REMEMBERED:
            self._deadlines.clear()
        self._deadlines[session_id, reason] = second

    def is_coming(self, session_id: str) -> bool:
        """Whether this process has enqueued a watchdog that is not due yet."""
        until = self._coming.get(session_id)
        return until is not None and until > self._ports.clock.now()
