"""A document as a row of `config`, with its version, who changed it and when, and by what it is found.

The version is our own and not the row's ETag, which changes as well where others come to refer to the document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.adapters.document_schema import document_in, properties_of
from shared.adapters.document_search import words_of
from shared.adapters.rows import from_sortable, key, parts, sortable
from shared.adapters.tables import Row
from shared.domain.documents import Document, DocumentKey, Kind, key_of
from shared.domain.errors import NOT_LEGIBLE
from shared.domain.services import Service
from shared.domain.tenants import Tenant
from shared.domain.users import User
from shared.domain.workflows import Workflow
from shared.ports.administration import Actor, Changed, Illegible, Stored


@dataclass(frozen=True)
class StoredRow:
    """What is stored, the ETag that a write in its place has to name, and the keys of the rows that lead to it."""

    stored: Stored
    etag: str
    entries: tuple[str, ...]

    @property
    def document(self) -> Document:
        return self.stored.document


def row_key(document: DocumentKey) -> str:
    return key(document.kind.value, document.id)


def version_key(workflow_id: str, number: int) -> str:
    return key("version", Kind.WORKFLOW.value, workflow_id, f"{number:06}")


def ref_key(target: DocumentKey, source: DocumentKey) -> str:
    return key("ref", target.kind.value, target.id, source.kind.value, source.id)


def entry_keys(document: Document) -> tuple[str, ...]:
    """Keys of the rows that lead to a document: by words, and by licences. The tenant is never looked for."""
    if isinstance(document, Tenant):
        return ()
    own = key_of(document)
    found = [key("find", own.kind.value, word, own.id) for word in words_of(document)]
    if isinstance(document, Service | User):
        found += [key("licensed", licence.value, own.kind.value, own.id) for licence in sorted(document.licences)]
    return tuple(found)


def legible_row(kind: Kind, row: Row) -> StoredRow | Illegible:
    """The row as it was read, or why its document cannot be: that concerns no other document."""
    try:
        return stored_row(kind, row)
    except NOT_LEGIBLE as error:
        return Illegible(DocumentKey(kind, parts(row.key)[1]), str(error))


def document_of(kind: Kind, row: Row) -> Document:
    return document_in(kind, row.values)


def workflow_of(row: Row) -> Workflow:
    """The workflow in the row of one of its versions."""
    found = document_of(Kind.WORKFLOW, row)
    if not isinstance(found, Workflow):
        raise TypeError("the document of a workflow is one")
    return found


def document_values(stored: Stored) -> dict[str, Any]:
    """The properties of a document's row."""
    values = {**properties_of(stored.document), "revision": stored.version}
    values["entries"] = json.dumps(entry_keys(stored.document))
    return {**values, **changed_values(stored.changed)}


def stored_row(kind: Kind, row: Row) -> StoredRow:
    """The row as it was read; one that was written without a version has its ETag as that."""
    stored = Stored(document_of(kind, row), str(row.values.get("revision") or row.version), changed_of(row.values))
    return StoredRow(stored, row.version, tuple(json.loads(str(row.values.get("entries") or "[]"))))


def changed_values(changed: Changed | None) -> dict[str, str]:
    if changed is None:
        return {}
    return {"changed_at": sortable(changed.at), "by_id": changed.by.id, "by_name": changed.by.name}


def changed_of(values: Mapping[str, Any]) -> Changed | None:
    if not values.get("changed_at"):
        return None
    actor = Actor(str(values.get("by_id", "")), str(values.get("by_name", "")))
    return Changed(from_sortable(str(values["changed_at"])), actor)
