"""What the relay and its worker both do with a session's rows and thread."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from shared.application import turn
from shared.application.carry_out import CarryOut
from shared.application.watchdogs import Watchdogs
from shared.domain.errors import Rejected
from shared.ports import Cursor, Ports, SessionRecord, ThreadMessage

logger = logging.getLogger(__name__)


class SessionAccess:
    """Reads a session's thread and saves its rows, with the rules that hold wherever that happens."""

    def __init__(self, ports: Ports, carry_out: CarryOut, watchdogs: Watchdogs) -> None:
        self._ports = ports
        self._watchdogs = watchdogs
        self._carry_out = carry_out

    async def list_after(self, record: SessionRecord, cursor: Cursor) -> Sequence[ThreadMessage]:
        """Messages after the cursor; none where the thread cannot be read any more, so that the session can end."""
        chat = record.session.chat
        if chat is None or not chat.thread_id:
            return ()
        try:
            tenant = await self._carry_out.tenant(record.session)
            return await self._ports.messaging.list_after(tenant, chat.thread_id, chat.relay_id, cursor)
        except Rejected as error:
            logger.warning("the thread of session %s cannot be read: %s", record.session.id, error.reason)
            return ()

    async def save(
        self, record: SessionRecord, current: turn.Draft, seen: str | None, done: tuple[int, ...] = ()
    ) -> SessionRecord:
        """One conditional transaction; new deadlines get their timer messages before it. Raises VersionConflict."""
        for reason, due in turn.new_deadlines(record.session, current.session):
            await self._watchdogs.wake_at(record.session.id, reason, due)
        change = current.change(done=done, seen=seen)
        version = await self._ports.sessions.save(record.session.id, record.version, change)
        effects = tuple(e for e in (*record.effects, *current.add) if e.number not in done)
        return replace(
            record,
            session=current.session,
            definition=current.definition,
            relay=current.relay,
            version=version,
            effects=effects,
        )
