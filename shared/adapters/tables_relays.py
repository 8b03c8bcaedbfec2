"""Pools of relay identities in Table Storage: one row `relays:{resource}` in the tenant's partition of `config`."""

from __future__ import annotations

import json

from shared.adapters.rows import joined_text, key, part, text_properties
from shared.adapters.table_operations import Insert
from shared.adapters.tables import CONFIG, Tables
from shared.domain.errors import AlreadyExists


class TableRelayStore:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def load(self, tenant_id: str, endpoint: str) -> tuple[str, ...] | None:
        row = await self._tables.get(CONFIG, part(tenant_id), key("relays", endpoint))
        return tuple(json.loads(joined_text("data", row.values))) if row else None

    async def remember(self, tenant_id: str, endpoint: str, relay_ids: tuple[str, ...]) -> tuple[str, ...]:
        row = Insert(key("relays", endpoint), text_properties("data", json.dumps(relay_ids)))
        try:
            await self._tables.write(CONFIG, part(tenant_id), row)
        except AlreadyExists:
            return await self.load(tenant_id, endpoint) or relay_ids
        return relay_ids
