"""Which tenant a widget key belongs to, and which tenants there are: the table `widgetkeys`.

    partition hash of a key:    `tenant`, with the tenant's id
    partition `tenants`:        one row for each tenant

These rows only lead to a tenant's document, which has the last word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from shared.adapters.rows import part, parts
from shared.adapters.tables import WIDGET_KEYS, Tables

OWNER = "tenant"
TENANTS = "tenants"


class WidgetKeys:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def owner(self, widget_key: str) -> str | None:
        """The id of the tenant that has, or had, this key."""
        row = await self._tables.get(WIDGET_KEYS, _hash(widget_key), OWNER)
        return str(row.values["tenant"]) if row else None

    async def tenant_ids(self) -> Sequence[str]:
        rows = await self._tables.between(WIDGET_KEYS, TENANTS, "!", "~")
        return [parts(row.key)[0] for row in rows]

    async def claim(self, tenant_id: str, *widget_keys: str) -> None:
        await self._tables.put(WIDGET_KEYS, TENANTS, part(tenant_id), {})
        for widget_key in widget_keys:
            await self._tables.put(WIDGET_KEYS, _hash(widget_key), OWNER, {"tenant": tenant_id})

    async def release(self, *widget_keys: str) -> None:
        for widget_key in widget_keys:
            await self._tables.remove(WIDGET_KEYS, _hash(widget_key), OWNER)

    async def forget_tenant(self, tenant_id: str) -> None:
        await self._tables.remove(WIDGET_KEYS, TENANTS, part(tenant_id))


def _hash(widget_key: str) -> str:
    # Hashed, so that nothing that somebody sends as a key can break the row.
    return hashlib.sha256(widget_key.encode("utf-8", "surrogatepass")).hexdigest()
