"""Who is watched, in Table Storage: one partition of table `queue` for each tenant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
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
NOTHING_TOLD = (None, None, None)
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
        told = {_contact(row): _told(row) for row in by_kind[TOLD]}
        contacts = [
            Watched(_contact(row), from_sortable(str(row.values["until"])), *told.get(_contact(row), NOTHING_TOLD))
            for row in by_kind[UNTIL]
        ]
        return Watching(contacts, _chain(by_kind[CHAIN]))

    async def watch(self, tenant_id: str, contact: ContactReference, until: datetime) -> None:
        row_key = _row_key(UNTIL, contact)
        await self._tables.put(QUEUE, _partition(tenant_id), row_key, {"until": sortable(until)})

    async def tell(self, tenant_id: str, watched: Watched, state: ContactState | None, at: datetime) -> Watched:
        values = {"state": state.value if state else "", "at": sortable(at)}
        version = await self._replace(tenant_id, _row_key(TOLD, watched.contact), values, watched.version)
        return replace(watched, told=state, told_at=at, version=version)

    async def forget(self, tenant_id: str, contact: ContactReference) -> None:
        for kind in (UNTIL, TOLD):
            await self._tables.remove(QUEUE, _partition(tenant_id), _row_key(kind, contact))

    async def move(self, tenant_id: str, chain: Chain | None, turn: int, due: datetime | None) -> None:
        values = {"turn": turn, "due": sortable(due) if due else ""}
        await self._replace(tenant_id, CHAIN, values, chain.version if chain else None)

    async def _replace(self, tenant_id: str, row_key: str, values: dict[str, Any], version: str | None) -> str:
        """Write the row in place of exactly this version, or as a new one; its version."""
        change = Insert(row_key, values) if version is None else Put(row_key, values, version)
        try:
            (written,) = await self._tables.write(QUEUE, _partition(tenant_id), change)
        except AlreadyExists as error:
            raise VersionConflict(f"{row_key} of tenant {tenant_id} was written meanwhile") from error
        return written


def _partition(tenant_id: str) -> str:
    """Queues of contacts are `tenant:kind:id`; this is none of them."""
    return part(f"{tenant_id}:watched")


def _row_key(kind: str, contact: ContactReference) -> str:
    return key(kind, contact.kind.value, contact.id)


def _contact(row: Row) -> ContactReference:
    _, kind, contact_id = parts(row.key)
    return ContactReference(ContactKind(kind), contact_id)


def _told(row: Row) -> tuple[ContactState | None, datetime | None, str | None]:
    state = str(row.values["state"])
    return ContactState(state) if state else None, from_sortable(str(row.values["at"])), row.version


def _chain(rows: Sequence[Row]) -> Chain | None:
    if not rows:
        return None
    due = str(rows[0].values["due"])
    return Chain(int(rows[0].values["turn"]), from_sortable(due) if due else None, rows[0].version)
