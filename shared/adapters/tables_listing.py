"""Lists of documents, a page at a time: every page is a few ranges of bounded size, however many documents there are.

What is searched is found by its words (`find:{kind}:{word}:{id}`), and what is in a few organization units by the
references to them (`ref:organizationUnit:{unit}:{kind}:{id}`); else the documents themselves are listed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

from shared.adapters.document_rows import StoredRow, legible_row, ref_key, row_key
from shared.adapters.document_search import matches, words_in, words_of
from shared.adapters.rows import key, part, parts, prefix
from shared.adapters.tables import CONFIG, Row, Tables
from shared.domain.documents import DocumentKey, Kind, unit_of
from shared.domain.errors import InvalidRequest
from shared.ports.administration import Illegible, Page, Selection, Stored

CURSOR = re.compile(r"[A-Za-z0-9%@!$&()*+,;=\-._~|:]{1,2000}\Z")
ROUNDS = 20
"""So many times a page looks further for what is selected; then it is shorter than was asked for."""
FEW_UNITS = 20


class Listing:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def page(self, tenant_id: str, selection: Selection) -> Page:
        """Raises InvalidRequest for a cursor that is none."""
        if selection.after is not None and not CURSOR.match(selection.after):
            raise InvalidRequest("is not the `next` of a page", "after")
        searched = words_in(selection.search)
        if selection.search.strip() and not searched:
            return Page(())
        chosen: list[Stored] = []
        illegible: dict[DocumentKey, Illegible] = {}
        after, last = selection.after, ""
        for _ in range(ROUNDS):
            found, after = await self._some(tenant_id, replace(selection, after=after), searched)
            for cursor, row in found:
                if len(chosen) == selection.top:
                    return Page(tuple(chosen), last, tuple(illegible.values()))
                last = cursor
                if isinstance(row, Illegible):
                    if await self._is_in(tenant_id, row.key, selection.units):
                        illegible[row.key] = row
                elif row is not None and _is_selected(row, selection, searched, cursor):
                    chosen.append(row.stored)
            if after is None or len(chosen) == selection.top:
                break
        return Page(tuple(chosen), after, tuple(illegible.values()))

    async def _some(
        self, tenant_id: str, selection: Selection, searched: tuple[str, ...]
    ) -> tuple[list[tuple[str, StoredRow | Illegible | None]], str | None]:
        """The next few documents that may be meant, each with its cursor, and where to go on; None at the end."""
        kind, count = selection.kind, selection.top
        if searched:
            # Words hold no "~", which is after all that they can go on with.
            first, word = key("find", kind.value), part(max(searched, key=len))
            rows = await self._range(tenant_id, first, f"{first}:{word}", f"{first}:{word}~", selection.after, count)
            cursors = [row.key.split(":", 2)[2] for row in rows]
        elif selection.units is not None and len(selection.units) <= FEW_UNITS and kind is not Kind.ORGANIZATION_UNIT:
            cursors = await self._in_units(tenant_id, kind, sorted(selection.units), selection.after, count)
        else:
            rows = await self._range(tenant_id, kind.value, *prefix(kind.value), selection.after, count)
            found = [(row.key.split(":", 1)[1], legible_row(kind, row)) for row in rows]
            return list(found), found[-1][0] if len(found) == count else None
        ids = [parts(cursor)[-1] for cursor in cursors]
        read = await asyncio.gather(
            *(self._tables.get(CONFIG, part(tenant_id), row_key(DocumentKey(kind, one))) for one in ids)
        )
        documents = [legible_row(kind, row) if row is not None else None for row in read]
        return list(zip(cursors, documents, strict=True)), cursors[-1] if len(cursors) == count else None

    async def _is_in(self, tenant_id: str, own: DocumentKey, units: frozenset[str] | None) -> bool:
        """Whether a document that cannot be read is in one of the units: by its references."""
        if units is None or own.kind is Kind.ORGANIZATION_UNIT:
            return units is None or own.id in units
        places = [ref_key(DocumentKey(Kind.ORGANIZATION_UNIT, unit), own) for unit in sorted(units)]
        return any(await asyncio.gather(*(self._tables.get(CONFIG, part(tenant_id), place) for place in places)))

    async def _in_units(
        self, tenant_id: str, kind: Kind, units: Sequence[str], after: str | None, count: int
    ) -> list[str]:
        """The next ids, encoded, of documents in any of these units."""
        firsts = [key("ref", Kind.ORGANIZATION_UNIT.value, unit, kind.value) for unit in units]
        ranges = await asyncio.gather(
            *(self._range(tenant_id, first, f"{first}:", f"{first};", after, count) for first in firsts)
        )
        return sorted(row.key.rsplit(":", 1)[1] for rows in ranges for row in rows)[:count]

    async def _range(
        self, tenant_id: str, first: str, start: str, before: str, after: str | None, count: int
    ) -> Sequence[Row]:
        # "!" is before everything that a key can go on with.
        start = f"{first}:{after}!" if after else start
        return await self._tables.between(CONFIG, part(tenant_id), start, before, count)


def _is_selected(row: StoredRow, selection: Selection, searched: tuple[str, ...], cursor: str) -> bool:
    document = row.document
    if selection.units is not None and unit_of(document) not in selection.units:
        return False
    if not searched:
        return True
    # A document is found once: by the first of its words that begin with what was searched.
    word = max(searched, key=len)
    first = min((one for one in words_of(document) if one.startswith(word)), default="")
    return matches(document, searched) and parts(cursor)[0] == first
