"""Who is watched, in Table Storage: one partition of table `queue` for each tenant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.adapters.rows import from_sortable, key, part, parts, sortable
from shared.adapters.table_operations import Insert, Put
from shared.adapters.tables import QUEUE, Row, Tables
from shared.domain.availability import ContactState
from shared.domain.errors import AlreadyExists, VersionConflict
from shared.domain.sessions import ContactKind, ContactReference
from shared.ports import Chain, Watched, Watching

CHAIN, TOLD, UNTIL = "chain", "told", "until"
FIRST, AFTER = CHAIN, "v"
"""The range of all rows: `chain`, `told:…` and `until:…`."""
MOST_ROWS = 1_000
"""One page of Table Storage: some five hundred contacts with two rows each, and the chain."""


class TableWatchStore:
    """What is written by visitors' calls and what by publishing stand in rows of their own, so that none conflicts."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def read(self, tenant_id: str) -> Watching:
        rows = await self._tables.between(QUEUE, _partition(tenant_id), FIRST, AFTER, count=MOST_ROWS)
        by_kind: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_kind[parts(row.key)[0]].append(row)
        told = {_contact(row): ContactState(str(row.values["state"])) for row in by_kind[TOLD]}
        contacts = [
            Watched(_contact(row), from_sortable(str(row.values["until"])), told.get(_contact(row)))
            for row in by_kind[UNTIL]
        ]
        return Watching(contacts, _chain(by_kind[CHAIN]))

    async def watch(self, tenant_id: str, contact: ContactReference, until: datetime) -> None:
        await self._put(tenant_id, UNTIL, contact, {"until": sortable(until)})

    async def tell(self, tenant_id: str, contact: ContactReference, state: ContactState) -> None:
        await self._put(tenant_id, TOLD, contact, {"state": state.value})

    async def forget(self, tenant_id: str, contact: ContactReference) -> None:
        for kind in (UNTIL, TOLD):
            await self._tables.remove(QUEUE, _partition(tenant_id), _row_key(kind, contact))

    async def move(self, tenant_id: str, chain: Chain | None, turn: int, due: datetime | None) -> None:
        values = {"turn": turn, "due": sortable(due) if due else ""}
        change = Insert(CHAIN, values) if chain is None else Put(CHAIN, values, chain.version)
        try:
            await self._tables.write(QUEUE, _partition(tenant_id), change)
        except AlreadyExists as error:
            raise VersionConflict(f"the chain of tenant {tenant_id} was begun meanwhile") from error

    async def _put(self, tenant_id: str, kind: str, contact: ContactReference, values: dict[str, Any]) -> None:
        await self._tables.put(QUEUE, _partition(tenant_id), _row_key(kind, contact), values)


def _partition(tenant_id: str) -> str:
    """Queues of contacts are `tenant:kind:id`; this is none of them."""
    return part(f"{tenant_id}:watched")


def _row_key(kind: str, contact: ContactReference) -> str:
    return key(kind, contact.kind.value, contact.id)


def _contact(row: Row) -> ContactReference:
    _, kind, contact_id = parts(row.key)
    return ContactReference(ContactKind(kind), contact_id)


def _chain(rows: Sequence[Row]) -> Chain | None:
    if not rows:
        return None
    due = str(rows[0].values["due"])
    return Chain(int(rows[0].values["turn"]), from_sortable(due) if due else None, rows[0].version)
