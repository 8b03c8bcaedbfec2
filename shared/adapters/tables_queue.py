"""Hints about who waits, in Table Storage: one partition for each queue, in the order of waiting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.adapters.rows import from_sortable, key, part, parts, prefix, sortable
from shared.adapters.tables import QUEUE, Tables


class TableQueueStore:
    """Rows `hint:{queued_at}:{session}` without content."""

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


def _hint(queued_at: datetime, session_id: str) -> str:
    return key("hint", sortable(queued_at), session_id)
