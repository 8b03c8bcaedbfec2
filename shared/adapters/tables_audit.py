"""The audit log: rows of the tenant's partition of `config`, written in the transaction of what they tell of.

    audit:{time}:{id}                     who, when, what, the document before and after
    audited:{kind}:{id}:{time}:{id}       leads to the entries of one document

Times are written so that the newest comes first.
"""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.adapters.document_rows import changed_of, changed_values
from shared.adapters.document_schema import document_in, properties_of
from shared.adapters.rows import key, part, prefix
from shared.adapters.table_operations import Insert
from shared.adapters.tables import CONFIG, Row, Tables
from shared.domain.documents import Document, DocumentKey, Kind
from shared.domain.errors import InvalidRequest, Rejected
from shared.ports.administration import INTERACT, AuditAction, AuditEntry, AuditPage, Changed

START, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"[0-9]{20}:[0-9A-Za-z]{1,40}\Z")
LOOKED_AT = 500
"""Entries that one page looks at for those of a kind; a page may be empty where they are rarer."""


def audit_operations(entry: AuditEntry, entry_id: str) -> list[Insert]:
    """What writes an entry, as a part of the transaction."""
    when = newest_first(entry.at)
    values = {
        "what": entry.what.value,
        "kind": entry.key.kind.value,
        "document": entry.key.id,
        "replaced": entry.replaced or "",
        "version": entry.version or "",
        **changed_values(Changed(entry.at, entry.by)),
        **_snapshot("before", entry.before),
        **_snapshot("after", entry.after),
        **({"details": json.dumps(dict(entry.details))} if entry.details else {}),
    }
    leading = key("audited", entry.key.kind.value, entry.key.id, when, entry_id)
    return [Insert(key("audit", when, entry_id), values), Insert(leading)]


class AuditLog:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def write(self, tenant_id: str, entry: AuditEntry, entry_id: str) -> None:
        await self._tables.write(CONFIG, part(tenant_id), *audit_operations(entry, entry_id), repeatable=False)

    async def page(
        self, tenant_id: str, kind: Kind | None, document_id: str | None, after: str | None, top: int
    ) -> AuditPage:
        """Entries after a cursor, the newest first; raises InvalidRequest."""
        if after is not None and not CURSOR.match(after):
            raise InvalidRequest("is not the `next` of a page", "after")
        if kind is not None and document_id is not None:
            return await self._of_document(tenant_id, DocumentKey(kind, document_id), after, top)
        count = LOOKED_AT if kind is not None else top + 1
        rows = list(await self._rows(tenant_id, ("audit",), after, count))
        has_more = len(rows) == count
        chosen = [row for row in rows if kind is None or row.values.get("kind") == kind.value][:top]
        looked_at_all = len(chosen) < top
        last = (rows[-1] if looked_at_all else chosen[-1]) if rows else None
        more = has_more or (not looked_at_all and last is not rows[-1])
        return AuditPage(tuple(_entry(row) for row in chosen), _cursor(last) if last is not None and more else None)

    async def _of_document(self, tenant_id: str, own: DocumentKey, after: str | None, top: int) -> AuditPage:
        leading = await self._rows(tenant_id, ("audited", own.kind.value, own.id), after, top + 1)
        cursors = [_cursor(row) for row in leading]
        found = await asyncio.gather(
            *(self._tables.get(CONFIG, part(tenant_id), f"audit:{cursor}") for cursor in cursors[:top])
        )
        entries = tuple(_entry(row) for row in found if row is not None)
        return AuditPage(entries, cursors[top - 1] if len(cursors) > top else None)

    async def _rows(self, tenant_id: str, first: tuple[str, ...], after: str | None, count: int) -> tuple[Row, ...]:
        start, before = prefix(*first)
        # "!" is before everything that a key can go on with.
        start = f"{start}{after}!" if after else start
        return tuple(await self._tables.between(CONFIG, part(tenant_id), start, before, count))


def newest_first(at: datetime) -> str:
    return f"{(END - at) // timedelta(microseconds=1):020}"


def _cursor(row: Row) -> str:
    """Time and id of an entry, with which the keys of both its rows end."""
    return ":".join(row.key.split(":")[-2:])


def _snapshot(name: str, document: Document | None) -> dict[str, Any]:
    return properties_of(document, name) if document is not None else {}


def _entry(row: Row) -> AuditEntry:
    values = row.values
    own = DocumentKey(Kind(str(values["kind"])), str(values["document"]))
    changed = changed_of(values) or Changed(START, INTERACT)
    return AuditEntry(
        at=changed.at,
        by=changed.by,
        what=AuditAction(str(values["what"])),
        key=own,
        before=_document(row, "before", own.kind),
        after=_document(row, "after", own.kind),
        replaced=str(values["replaced"]) or None,
        version=str(values["version"]) or None,
        details=json.loads(str(values.get("details") or "{}")),
    )


def _document(row: Row, name: str, kind: Kind) -> Document | None:
    """None where there was none, and where it has become unreadable since: the entry still tells who and when."""
    if name not in row.values:
        return None
    try:
        return document_in(kind, row.values, name)
    except Rejected:
        return None
