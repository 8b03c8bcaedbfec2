"""Who waits, in Table Storage: one partition for each queue.

hint:{queued_at}:{session}     waits, in the order of waiting; without content
slot:{number}                  a place that a session has taken
wait:{number}                  how long one of the last tasks waited
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.adapters.documents import from_json, to_json
from shared.adapters.rows import from_sortable, key, part, parts, prefix, sortable
from shared.adapters.table_operations import Delete, Insert
from shared.adapters.tables import QUEUE, Row, Tables
from shared.domain.errors import VersionConflict
from shared.ports import RecentWait, Slot


class TableQueueStore:
    """Writes no row that every session of a queue writes."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def insert(self, queue: str, queued_at: datetime, session_id: str) -> None:
        await self._tables.put(QUEUE, part(queue), _hint(queued_at, session_id), {})

    async def delete(self, queue: str, queued_at: datetime, session_id: str) -> None:
        await self._tables.remove(QUEUE, part(queue), _hint(queued_at, session_id))

    async def first(self, queue: str, count: int) -> Sequence[tuple[datetime, str]]:
        rows = await self._tables.between(QUEUE, part(queue), *prefix("hint"), count=count)
        hints = (parts(row.key) for row in rows)
        return [(from_sortable(queued_at), session_id) for _, queued_at, session_id in hints]

    async def remember_wait(self, queue: str, number: int, wait: RecentWait) -> None:
        await self._tables.put(QUEUE, part(queue), key("wait", f"{number:02}"), {"data": to_json(wait)})

    async def recent_waits(self, queue: str) -> Sequence[RecentWait]:
        rows = await self._tables.between(QUEUE, part(queue), *prefix("wait"))
        return [from_json(RecentWait, str(row.values["data"])) for row in rows]

    async def slots(self, queue: str) -> Mapping[int, Slot]:
        return {int(parts(row.key)[1]): _slot(row) for row in await self._slot_rows(queue)}

    async def take_slot(self, queue: str, number: int, slot: Slot) -> None:
        await self._tables.write(QUEUE, part(queue), Insert(key("slot", f"{number:02}"), {"data": to_json(slot)}))

    async def free_slot(self, queue: str, session_id: str) -> None:
        for row in await self._slot_rows(queue):
            if _slot(row).session_id == session_id:
                await self._free(queue, row)

    async def _free(self, queue: str, row: Row) -> None:
        try:
            await self._tables.write(QUEUE, part(queue), Delete(row.key, row.version))
        except VersionConflict:
            # Freed by another host meanwhile, and perhaps taken by another session: it is not ours any more.
            return

    async def _slot_rows(self, queue: str) -> Sequence[Row]:
        return await self._tables.between(QUEUE, part(queue), *prefix("slot"))


def _slot(row: Row) -> Slot:
    return from_json(Slot, str(row.values["data"]))


def _hint(queued_at: datetime, session_id: str) -> str:
    return key("hint", sortable(queued_at), session_id)
