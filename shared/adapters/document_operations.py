"""What saving a document writes in one transaction: the document, its references, what leads to it, the audit log."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from shared.adapters.document_rows import (
    StoredRow,
    changed_values,
    document_values,
    entry_keys,
    ref_key,
    row_key,
    version_key,
)
from shared.adapters.document_schema import properties_of
from shared.adapters.table_operations import Delete, Insert, Operation, Put, Touch
from shared.adapters.tables_audit import audit_operations
from shared.domain.documents import DocumentKey, key_of
from shared.domain.references import targets_of
from shared.domain.workflows import Workflow
from shared.ports.administration import AuditAction, AuditEntry, Changed, Stored


def audit_of_save(stored: Stored, old: StoredRow | None, changed: Changed) -> Sequence[Operation]:
    what = AuditAction.CHANGED if old else AuditAction.CREATED
    before, replaced = (old.document, old.stored.version) if old else (None, None)
    own = key_of(stored.document)
    entry = AuditEntry(changed.at, changed.by, what, own, before, stored.document, replaced, stored.version)
    return audit_operations(entry, secrets.token_hex(8))


def operations_of_save(
    stored: Stored, old: StoredRow | None, targets: Mapping[DocumentKey, StoredRow]
) -> list[Operation]:
    document, values = stored.document, document_values(stored)
    own, entries = key_of(document), entry_keys(document)
    before, after = targets_of(old.document) if old else (), targets_of(document)
    old_entries = old.entries if old else ()
    operations: list[Operation] = [Put(row_key(own), values, old.etag) if old else Insert(row_key(own), values)]
    operations += [Touch(row_key(target), targets[target].etag) for target in after if target not in before]
    operations += [Put(ref_key(target, own)) for target in after if target not in before]
    operations += [Delete(ref_key(target, own)) for target in before if target not in after]
    operations += [Put(one) for one in entries if one not in old_entries]
    operations += [Delete(one) for one in old_entries if one not in entries]
    if isinstance(document, Workflow):
        version = {**properties_of(document), **changed_values(stored.changed)}
        operations.append(Insert(version_key(document.id, document.version), version))
    return operations
