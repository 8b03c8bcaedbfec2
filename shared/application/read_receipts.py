"""How far an agent has read, as Teams says: told to the customers of the agent's open conversations, best effort."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from shared.application.agents import Activity
from shared.application.throttle import Throttle
from shared.domain.errors import PortError
from shared.domain.sessions import Phase
from shared.ports import Ports, SessionRecord

EVERY = timedelta(seconds=5)
"""So often at most an agent's receipts are written down; what comes sooner is written together afterwards."""
SKEW = timedelta(seconds=2)
"""The clocks of Teams and of the messaging service may differ."""

logger = logging.getLogger(__name__)


class ReadReceipts:
    """Each process gathers for itself; what it has not written down when it ends, the next receipt brings."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._throttle = Throttle(ports.clock, EVERY)
        self._newest: dict[str, tuple[Activity, datetime]] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}

    async def agent_has_read(self, activity: Activity, read_at: datetime) -> None:
        """The chat with the bot was read up to the message that was sent at `read_at`."""
        key = f"{activity.tenant_id} {activity.user_id}"
        known = self._newest.get(key)
        self._newest[key] = (activity, max(read_at, known[1]) if known else read_at)
        if key in self._waiting:
            return
        if self._throttle.is_soon(key):
            task = self._waiting[key] = asyncio.ensure_future(self._later(key))
            task.add_done_callback(lambda _: self._waiting.pop(key))
        else:
            await self._write(key)

    async def settled(self) -> None:
        """Returns when all receipts that this process knows are written down."""
        while self._waiting:
            await asyncio.gather(*self._waiting.values())

    async def _later(self, key: str) -> None:
        await self._ports.clock.sleep(self._throttle.left(key).total_seconds())
        await self._write(key)

    async def _write(self, key: str) -> None:
        self._throttle.take(key)
        activity, read_at = self._newest.pop(key)
        try:
            agent = await self._ports.agent_store.read(activity.tenant_id, activity.user_id)
            for session_id in agent.state.conversations if agent else ():
                await self._tell(session_id, activity.user_id, read_at)
        except PortError as error:
            logger.info("a read receipt is lost: %s", error.code)

    async def _tell(self, session_id: str, user_id: str, read_at: datetime) -> None:
        record = await self._ports.sessions.read(session_id)
        until = _read_until(record, user_id, read_at) if record else None
        if record is None or until is None or (record.read_until is not None and until <= record.read_until):
            return
        await self._ports.sessions.agent_has_read(session_id, until)
        await self._ports.realtime.nudge(session_id, record.session.phase.value)


def _read_until(record: SessionRecord, user_id: str, read_at: datetime) -> datetime | None:
    """Until when the customer's messages were read: what was not relayed yet cannot be among them."""
    session, relayed = record.session, record.relay.cursor.since
    if session.phase is not Phase.CONNECTED or session.agent is None or session.agent.id != user_id or relayed is None:
        return None
    return min(read_at + SKEW, relayed)
