"""Slots: a service has at most so many tasks at the same time. One row for each slot, so that no counter is hot."""

from __future__ import annotations

import random
import zlib
from collections.abc import Collection, Mapping
from datetime import timedelta

from shared.domain.errors import AlreadyExists
from shared.domain.sessions import Phase
from shared.ports import Ports, Slot

TRIES = 6
LOOKED_AT = 3
"""A refused start must not cost a read of every session; sooner or later each slot is looked at."""
STARTING = timedelta(seconds=60)
"""A slot is taken before its session is stored; so long a slot without a session is not abandoned."""


class Slots:
    """A session takes one slot of its service when it starts, and frees it when it ends; both may be repeated."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def take(self, queue: str, session_id: str, cap: int, customer: str = "") -> bool:
        """Whether the session has a slot now. Slots of sessions that have ended without freeing theirs are freed.

        `customer` is the digest of the address.
        """
        for attempt in range(TRIES):
            taken = await self._ports.queue.slots(queue)
            own = next((slot for slot in taken.values() if slot.session_id == session_id), None)
            if own is not None and self._age(own) < STARTING / 2:
                return True
            if own is not None:
                # Of an earlier attempt: so old that another host may soon take it for abandoned.
                await self.free(queue, session_id)
                continue
            free = _free(taken, cap, session_id, attempt)
            if free is None:
                if not await self._free_abandoned(queue, taken):
                    return False
                continue
            try:
                await self._ports.queue.take_slot(queue, free, Slot(session_id, self._ports.clock.now(), customer))
            except AlreadyExists:
                continue
            return True
        return False

    async def keep_place(self, queue: str, session_id: str, customer: str) -> None:
        """Note that the session runs with somebody who has no cap, so that it is found among all that run."""
        await self._ports.queue.keep_place(queue, Slot(session_id, self._ports.clock.now(), customer))

    async def free(self, queue: str, session_id: str) -> None:
        await self._ports.queue.free_slot(queue, session_id)

    async def _free_abandoned(self, queue: str, taken: Mapping[int, Slot]) -> bool:
        """Whether a slot was held by a session that is not there, or has ended."""
        freed = False
        slots = sorted(taken.values(), key=lambda slot: slot.session_id)
        for slot in random.sample(slots, min(LOOKED_AT, len(slots))):
            record = await self._ports.sessions.read(slot.session_id)
            if record.session.phase is Phase.ENDED if record else self._age(slot) >= STARTING:
                await self.free(queue, slot.session_id)
                freed = True
        return freed

    def _age(self, slot: Slot) -> timedelta:
        return self._ports.clock.now() - slot.taken_at


def _free(taken: Collection[int], cap: int, session_id: str, attempt: int) -> int | None:
    """A free slot; different sessions try different ones, so that they do not all meet at the first."""
    free = [slot for slot in range(cap) if slot not in taken]
    return free[(zlib.crc32(session_id.encode()) + attempt) % len(free)] if free else None
