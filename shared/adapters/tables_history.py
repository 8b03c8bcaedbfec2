"""The history in Table Storage: a partition for each tenant and month of the end. An entry is up to three rows in one
transaction, so that every listing is one range. Times are written so that the newest comes first.

    all:{time}:{session}
    with:{kind}:{contact}:{time}:{session}
    agent:{agent}:{time}:{session}

By an address sessions are found in the table `index`, a partition `customer:{tenant}:{digest}` with a row for each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from shared.adapters.documents import from_json, to_json
from shared.adapters.rows import joined_text, key, part, parts, text_properties
from shared.adapters.table_operations import Put
from shared.adapters.tables import HISTORY, INDEX, Row, Tables
from shared.adapters.tables_audit import newest_first
from shared.domain.errors import InvalidRequest
from shared.domain.history import HistoryEntry
from shared.ports import HistoryPage, HistorySelection

CURSOR = re.compile(r"(20[0-9]{2}-(?:0[1-9]|1[0-2])) ([A-Za-z0-9%@!$&()*+,;=\-._~|:]{1,1000})\Z")
MONTHS = 24
"""So many months one page looks back at most; then it is shorter than was asked for."""
LOOKED_AT = 500
"""Entries that one page looks at for those with an outcome; a page may be empty where they are rarer."""
FIRST, LAST = "!", "~~"
"""Before and after every key: ids are letters and digits."""


class TableHistory:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def record(self, entry: HistoryEntry, digest: str = "") -> None:
        if digest:
            # First of all: what is in the history can be found and erased.
            await self._tables.put(INDEX, _customer(entry.tenant_id, digest), part(entry.session_id), {})
        values = text_properties("data", to_json(entry))
        last = key(newest_first(entry.ended_at), entry.session_id)
        firsts = [key("all"), key("with", entry.contact.kind.value, entry.contact.id)]
        firsts += [key("agent", entry.agent.id)] if entry.agent is not None else []
        rows = (Put(f"{first}:{last}", values) for first in firsts)
        partition = _month(entry.tenant_id, entry.ended_at)
        await self._tables.write(HISTORY, partition, *rows, repeatable=True)

    async def list(self, tenant_id: str, selection: HistorySelection) -> HistoryPage:
        first = _first(selection)
        start = f"{first}:{newest_first(selection.end - timedelta(microseconds=1))}"
        before = f"{first}:{newest_first(selection.start)}~"
        month = _begin(selection.end - timedelta(microseconds=1))
        if selection.after is not None:
            found = CURSOR.match(selection.after)
            if found is None:
                raise InvalidRequest("is not the `next` of a page", "after")
            month = datetime.strptime(found[1], "%Y-%m").replace(tzinfo=UTC)
            # "!" is before everything that a key can go on with.
            start = max(start, f"{first}:{found[2]}!")
        chosen: list[HistoryEntry] = []
        left = LOOKED_AT if selection.outcome is not None else selection.top
        for _ in range(MONTHS):
            if month < _begin(selection.start):
                return HistoryPage(tuple(chosen))
            rows = await self._tables.between(HISTORY, _month(tenant_id, month), start, before, left)
            for row in rows:
                left -= 1
                entry = _entry(row)
                if _is_selected(entry, selection):
                    chosen.append(entry)
                if len(chosen) == selection.top or left == 0:
                    return HistoryPage(tuple(chosen), f"{month:%Y-%m} {row.key.removeprefix(f'{first}:')}")
            month = _begin(month - timedelta(days=1))
        return HistoryPage(tuple(chosen), f"{month:%Y-%m} {start.removeprefix(f'{first}:')}")

    async def sessions_of(self, tenant_id: str, digest: str, count: int) -> Sequence[str]:
        rows = await self._tables.between(INDEX, _customer(tenant_id, digest), FIRST, LAST, count)
        return [parts(row.key)[0] for row in rows]

    async def forget(self, tenant_id: str, digest: str, session_id: str) -> bool:
        partition, row_key = _customer(tenant_id, digest), part(session_id)
        was_there = await self._tables.get(INDEX, partition, row_key) is not None
        if was_there:
            await self._tables.remove(INDEX, partition, row_key)
        return was_there


def _first(selection: HistorySelection) -> str:
    """With what the keys of the smallest range begin that holds all that is selected."""
    if selection.agent_id:
        return key("agent", selection.agent_id)
    contact = selection.contact
    return key("all") if contact is None else key("with", contact.kind.value, contact.id)


def _is_selected(entry: HistoryEntry, selection: HistorySelection) -> bool:
    return (
        selection.contact in (None, entry.contact)
        and selection.outcome in (None, entry.outcome)
        and selection.start <= entry.ended_at < selection.end
    )


def _entry(row: Row) -> HistoryEntry:
    return from_json(HistoryEntry, joined_text("data", row.values))


def _month(tenant_id: str, moment: datetime) -> str:
    return key(tenant_id, f"{moment.astimezone(UTC):%Y-%m}")


def _begin(moment: datetime) -> datetime:
    """When the month of a moment begins."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _customer(tenant_id: str, digest: str) -> str:
    return key("customer", tenant_id, digest)
