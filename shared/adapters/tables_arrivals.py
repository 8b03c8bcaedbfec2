"""When the last event of a tenant came, in Table Storage: one row of table `queue`, in a partition of its own.

Each process writes it once a minute at most, without a condition: whoever is late by a moment does no harm.
"""

from __future__ import annotations

from datetime import datetime

from shared.adapters.rows import from_sortable, part, sortable
from shared.adapters.tables import QUEUE, Tables

LAST = "last"


class TableArrivals:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def note(self, tenant_id: str, at: datetime) -> None:
        await self._tables.put(QUEUE, _partition(tenant_id), LAST, {"at": sortable(at)})

    async def last(self, tenant_id: str) -> datetime | None:
        row = await self._tables.get(QUEUE, _partition(tenant_id), LAST)
        return from_sortable(str(row.values["at"])) if row is not None else None


def _partition(tenant_id: str) -> str:
    """Queues of contacts are `tenant:kind:id`; this is none of them."""
    return part(f"{tenant_id}:events")
