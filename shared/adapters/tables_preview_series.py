"""Which preview links count, in Table Storage: a row of table `index` for each contact whose links were ever revoked.

It is read where a link is made or presented, and nowhere else; ordinary sessions never come here.
"""

from __future__ import annotations

from shared.adapters.rows import key, part
from shared.adapters.tables import INDEX, Tables


class TablePreviewSeries:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def current(self, tenant_id: str, contact_key: str) -> str:
        row = await self._tables.get(INDEX, _partition(tenant_id), part(contact_key))
        return str(row.values["series"]) if row is not None else ""

    async def begin(self, tenant_id: str, contact_key: str, series: str) -> None:
        await self._tables.put(INDEX, _partition(tenant_id), part(contact_key), {"series": series})


def _partition(tenant_id: str) -> str:
    return key("preview-series", tenant_id)
