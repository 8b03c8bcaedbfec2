"""Which site tokens of one use were used, in Table Storage: a partition for each token in the table `index`.

spent     what it has opened, and when the token is over; a row is of no use after that
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from shared.adapters.rows import key, sortable
from shared.adapters.table_operations import Insert
from shared.adapters.tables import INDEX, Tables
from shared.domain.errors import AlreadyExists

SPENT = "spent"


class TableSpentTokens:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def spend(self, tenant_id: str, token_id: str, opens: str, until: datetime) -> bool:
        # Hashed, so that nothing that a site writes as an id can break the row.
        partition = key("site-token", tenant_id, hashlib.sha256(token_id.encode("utf-8", "surrogatepass")).hexdigest())
        try:
            await self._tables.write(INDEX, partition, Insert(SPENT, {"opens": opens, "until": sortable(until)}))
        except AlreadyExists:
            row = await self._tables.get(INDEX, partition, SPENT)
            return row is None or row.values["opens"] == opens
        return True
