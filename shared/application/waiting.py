"""Who waits: hints in the order of waiting, the position of a task, and the expected wait. Slots cap a service's tasks.

All of it is a hint only: a session's row owns its task.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.application.occasions import AGENT_FREED
from shared.domain.events import QueueEntered
from shared.domain.sessions import ContactKind, ContactReference, Phase, Session, TaskPhase
from shared.ports import Ports, RecentWait, SessionRecord

FIRST = 4
"""So many of the longest waiting tasks are looked at when an agent becomes free."""
COUNTED = 100
"""A position beyond this is not counted any more."""
REMEMBERED_WAITS = 16
"""Rows of recent waits of a service; each is overwritten now and then by one of its sessions, so that none is hot."""
REMEMBERED_WAKES = 10_000
STALE_WAIT = 3_600
"""Seconds after which a wait says nothing about today's queue."""


class Waiting:
    """Reads and writes hints; every write is idempotent."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._coming: dict[str, datetime] = {}

    async def enter(self, session: Session, queued_at: datetime) -> tuple[QueueEntered, ...]:
        """Insert the hint; the position, with the expected wait in seconds where recent waits tell one."""
        queue = queue_of(session)
        await self._ports.queue.insert(queue, queued_at, session.id)
        hints = await self._without_a_stale_one(queue, await self._ports.queue.first(queue, COUNTED), session)
        ahead = sum(1 for hint in hints if hint < (queued_at, session.id))
        waits = await self._ports.queue.recent_waits(queue)
        return (QueueEntered(ahead + 1, expected_wait(waits, ahead + 1, self._ports.clock.now())),)

    async def leave(self, session: Session, queued_at: datetime) -> None:
        """Delete the hint; who was connected leaves behind how long that took."""
        queue, task = queue_of(session), session.task
        await self._ports.queue.delete(queue, queued_at, session.id)
        if session.phase is Phase.CONNECTED and task is not None and task.position is not None:
            now = self._ports.clock.now()
            wait = RecentWait(now, max(0.0, (now - queued_at).total_seconds()), task.first_position or 1)
            await self._ports.queue.remember_wait(queue, zlib.crc32(session.id.encode()) % REMEMBERED_WAITS, wait)

    async def is_among_the_first(self, session: Session, count: int) -> bool:
        """Step 2. Hints of sessions that do not wait any more are deleted on the way."""
        queue = queue_of(session)
        hints = await self._ports.queue.first(queue, count)
        if any(waiting == session.id for _, waiting in hints) or len(hints) < count:
            return True
        for hint in hints:
            await self.clear_if_stale(queue, *hint, await self._ports.sessions.read(hint[1]))
        hints = await self._ports.queue.first(queue, count)
        return any(waiting == session.id for _, waiting in hints) or len(hints) < count

    async def clear_if_stale(
        self, queue: str, queued_at: datetime, session_id: str, record: SessionRecord | None
    ) -> bool:
        """Delete a hint whose session does not wait in this queue any more; whether it was one."""
        if record is not None and waits(record.session, queue, queued_at):
            return False
        await self._ports.queue.delete(queue, queued_at, session_id)
        return True

    async def _without_a_stale_one(
        self, queue: str, hints: Sequence[tuple[datetime, str]], session: Session
    ) -> Sequence[tuple[datetime, str]]:
        """The hints without the first one, should it be left over: so every queue heals, however few wait in it."""
        if not hints or hints[0][1] == session.id:
            return hints
        record = await self._ports.sessions.read(hints[0][1])
        return hints[1:] if await self.clear_if_stale(queue, *hints[0], record) else hints

    async def wake_for(
        self,
        tenant_id: str,
        user_id: str,
        besides: Session | None = None,
        at: datetime | None = None,
        within: timedelta = timedelta(0),
    ) -> None:
        """An agent may be free, now or `at` that time: look at the longest waiting of all that the agent serves.

        `within` this time it is soon enough, so that nobody is woken twice in it by the same process.
        """
        free_from = at or self._ports.clock.now()
        due = free_from + within
        for queue in await self.queues_of(tenant_id, user_id):
            for _, waiting in await self._ports.queue.first(queue, FIRST):
                is_coming = free_from < self._coming.get(waiting, free_from) <= due
                if not is_coming and (besides is None or waiting != besides.id):
                    await self._ports.timers.wake(waiting, due, AGENT_FREED)
                    self._coming[waiting] = due
        if len(self._coming) > REMEMBERED_WAKES:
            self._coming.clear()

    async def queues_of(self, tenant_id: str, user_id: str) -> Sequence[str]:
        """The queues from which an agent gets tasks: those of the services, and the agent's own."""
        services = await self._ports.config.services_of(tenant_id, user_id)
        contacts = [ContactReference(ContactKind.SERVICE, service.id) for service in services]
        contacts.append(ContactReference(ContactKind.USER, user_id))
        return [queue_name(tenant_id, contact) for contact in contacts]


def queue_name(tenant_id: str, contact: ContactReference) -> str:
    return f"{tenant_id}:{contact.key}"


def queue_of(session: Session) -> str:
    return queue_name(session.tenant_id, session.contact)


def waits(session: Session, queue: str, queued_at: datetime) -> bool:
    """Whether the session waits in this queue since then: a transfer leads to another one, or back later."""
    task = session.task
    if session.phase is Phase.ENDED or task is None or (queue_of(session), task.queued_at) != (queue, queued_at):
        return False
    return task.phase in (TaskPhase.WAITING, TaskPhase.OFFERING, TaskPhase.OFFERED)


def expected_wait(waits: Sequence[RecentWait], position: int, now: datetime) -> int | None:
    """Seconds: what recent tasks waited for each place in the queue, times the places; None without recent ones."""
    recent = [wait for wait in waits if (now - wait.connected_at).total_seconds() <= STALE_WAIT]
    places = sum(wait.position for wait in recent)
    if not places:
        return None
    return round(sum(wait.seconds for wait in recent) / places * position)
