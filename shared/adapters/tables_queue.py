"""Who waits, in Table Storage: one partition for each queue.

hint:{queued_at}:{session}     waits, in the order of waiting; without content
wait:{number}                  how long one of the last tasks waited

A partition `{tenant}:running` holds the places that sessions have taken, so that what runs is one range:

slot:{kind}:{contact}:{number}     of a service, which has so many
slot:{kind}:{contact}:{session}    of a user, who has no cap
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.adapters.documents import from_json, to_json
from shared.adapters.rows import from_sortable, key, part, parts, prefix, sortable
from shared.adapters.table_operations import Delete, Insert
from shared.adapters.tables import QUEUE, Row, Tables
from shared.domain.errors import InvalidRequest, VersionConflict
from shared.domain.sessions import ContactKind, ContactReference
from shared.ports import RecentWait, Running, RunningPage, Slot

RUNNING = "running"
NUMBER = re.compile(r"[0-9]{2}\Z")
CURSOR = re.compile(r"slot:[A-Za-z0-9%@!$&()*+,;=\-._~|:]{1,1000}\Z")


class TableQueueStore:
    """Writes no row that every session of a queue writes."""

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

    async def remember_wait(self, queue: str, number: int, wait: RecentWait) -> None:
        await self._tables.put(QUEUE, part(queue), key("wait", f"{number:02}"), {"data": to_json(wait)})

    async def recent_waits(self, queue: str) -> Sequence[RecentWait]:
        rows = await self._tables.between(QUEUE, part(queue), *prefix("wait"))
        return [from_json(RecentWait, str(row.values["data"])) for row in rows]

    async def slots(self, queue: str) -> Mapping[int, Slot]:
        numbered = [(parts(row.key)[-1], row) for row in await self._slot_rows(queue)]
        return {int(number): _slot(row) for number, row in numbered if NUMBER.match(number)}

    async def take_slot(self, queue: str, number: int, slot: Slot) -> None:
        partition, contact = _place(queue)
        await self._tables.write(QUEUE, partition, Insert(f"{contact}:{number:02}", {"data": to_json(slot)}))

    async def keep_place(self, queue: str, slot: Slot) -> None:
        partition, contact = _place(queue)
        await self._tables.put(QUEUE, partition, f"{contact}:{part(slot.session_id)}", {"data": to_json(slot)})

    async def running(
        self, tenant_id: str, contact: ContactReference | None, after: str | None, count: int
    ) -> RunningPage:
        first = ("slot",) if contact is None else ("slot", contact.kind.value, contact.id)
        start, before = prefix(*first)
        if after is not None:
            if not CURSOR.match(after) or not start <= after < before:
                raise InvalidRequest("is not the `next` of a page", "after")
            # "!" is before everything that a key can go on with.
            start = f"{after}!"
        rows = await self._tables.between(QUEUE, key(tenant_id, RUNNING), start, before, count)
        found = tuple(Running(_contact(row), _slot(row)) for row in rows)
        return RunningPage(found, rows[-1].key if len(rows) == count else None)

    async def free_slot(self, queue: str, session_id: str) -> None:
        for row in await self._slot_rows(queue):
            if _slot(row).session_id == session_id:
                await self._free(queue, row)

    async def _free(self, queue: str, row: Row) -> None:
        try:
            await self._tables.write(QUEUE, _place(queue)[0], Delete(row.key, row.version))
        except VersionConflict:
            # Freed by another host meanwhile, and perhaps taken by another session: it is not ours any more.
            return

    async def _slot_rows(self, queue: str) -> Sequence[Row]:
        partition, contact = _place(queue)
        return await self._tables.between(QUEUE, partition, f"{contact}:", f"{contact};")


def _place(queue: str) -> tuple[str, str]:
    """The partition of a queue's slots, and with what their keys begin."""
    tenant_id, kind, contact_id = queue.split(":", 2)
    return key(tenant_id, RUNNING), key("slot", kind, contact_id)


def _contact(row: Row) -> ContactReference:
    _, kind, contact_id, _ = parts(row.key)
    return ContactReference(ContactKind(kind), contact_id)


def _slot(row: Row) -> Slot:
    return from_json(Slot, str(row.values["data"]))


def _hint(queued_at: datetime, session_id: str) -> str:
    return key("hint", sortable(queued_at), session_id)
