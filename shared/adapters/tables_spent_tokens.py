"""Which site tokens of one use were used, in Table Storage: a partition for each tenant in the table `index`.

{until}:{hash}     what the token has opened; `until` is when it is over, so that what is of no use any more comes first

Those who spend clear up: after every so many tokens, and now and then, a process deletes up to a transaction full of
rows. No row is written twice, and with each token fewer than three rows are touched on average.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from shared.adapters.rows import key, sortable
from shared.adapters.table_operations import Delete, Insert
from shared.adapters.tables import INDEX, Tables
from shared.adapters.transactions import MAX_OPERATIONS
from shared.domain.errors import AlreadyExists, PortError, VersionConflict
from shared.ports import Clock

KEPT = timedelta(minutes=10)
"""After its end; then no clock that differs, and no tolerance of a tenant, lets a token pass any more."""
CLEARED_AFTER = 50
"""Tokens of a tenant in one process. Twice as many are deleted at once, so that rows become fewer, not more."""
CLEARED_EVERY = timedelta(minutes=10)
REMEMBERED = 10_000

logger = logging.getLogger(__name__)


class TableSpentTokens:
    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock
        self._since_cleared: dict[str, tuple[int, datetime]] = {}

    async def spend(self, tenant_id: str, token_id: str, opens: str, until: datetime) -> bool:
        partition = key("site-tokens", tenant_id)
        # Hashed, so that nothing that a site writes as an id can break the row.
        row_key = key(sortable(until), hashlib.sha256(token_id.encode("utf-8", "surrogatepass")).hexdigest())
        try:
            await self._tables.write(INDEX, partition, Insert(row_key, {"opens": opens}))
        except AlreadyExists:
            row = await self._tables.get(INDEX, partition, row_key)
            return row is None or row.values["opens"] == opens
        if self._has_to_clear(tenant_id):
            await self._clear(partition)
        return True

    def _has_to_clear(self, tenant_id: str) -> bool:
        now = self._clock.now()
        spent, since = self._since_cleared.get(tenant_id, (0, datetime.min.replace(tzinfo=now.tzinfo)))
        is_time = spent + 1 >= CLEARED_AFTER or now - since >= CLEARED_EVERY
        if len(self._since_cleared) >= REMEMBERED:
            self._since_cleared.clear()
        self._since_cleared[tenant_id] = (0, now) if is_time else (spent + 1, since)
        return is_time

    async def _clear(self, partition: str) -> None:
        """Best effort: what stays goes the next time, and nobody is refused for it."""
        before = sortable(self._clock.now() - KEPT)
        try:
            over = await self._tables.between(INDEX, partition, "", before, count=MAX_OPERATIONS)
            if over:
                await self._tables.write(INDEX, partition, *(Delete(row.key) for row in over), repeatable=True)
        except VersionConflict:
            logger.debug("another host clears up as well")
        except PortError as error:
            logger.warning("spent site tokens are cleared up later: %s", error.code)
