"""The writing side of the configuration: every document is checked, versioned, and held by its references.

Rows in the tenant's partition of `config`:

    {kind}:{id}                        the document, with its version, who changed it and when
    version:workflow:{id}:{n}          every version of a workflow; never changes
    ref:{target}:{source}              the source refers to the target, which therefore cannot be deleted
    find:{kind}:{word}:{id}            leads to documents by the words of their names (see `tables_listing`)
    licensed:{licence}:{kind}:{id}     the user or service has the licence
    audit:…, audited:…                 see `tables_audit`

All that goes with a change is written in one transaction. A new reference touches its target with If-Match, so that a
target that is being deleted at the same time makes one of the two fail.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.adapters.document_checks import Check
from shared.adapters.document_operations import audit_of_save, operations_of_save
from shared.adapters.document_rows import (
    StoredRow,
    changed_of,
    ref_key,
    row_key,
    stored_row,
    version_key,
    workflow_of,
)
from shared.adapters.document_rules import Lint
from shared.adapters.rows import part, parts, prefix
from shared.adapters.system import SystemClock
from shared.adapters.table_operations import Delete
from shared.adapters.tables import CONFIG, Row, Tables
from shared.adapters.tables_audit import AuditLog, audit_operations
from shared.adapters.tables_listing import Listing
from shared.adapters.tables_widget_keys import WidgetKeys
from shared.domain.conflicts import InUse
from shared.domain.documents import Document, DocumentKey, Kind, key_of
from shared.domain.errors import NOT_LEGIBLE, AlreadyExists, Finding, InvalidConfiguration, VersionConflict
from shared.domain.licences import Licence
from shared.domain.organization_units import OrganizationUnit
from shared.domain.references import targets_of
from shared.domain.tenants import Tenant
from shared.domain.workflows import Workflow
from shared.ports.administration import (
    ANY_VERSION,
    INTERACT,
    Actor,
    AuditAction,
    AuditEntry,
    AuditPage,
    Changed,
    Page,
    Selection,
    Stored,
    WorkflowVersion,
)
from shared.ports.system import Clock

__all__ = ["ANY_VERSION", "ConfigDocuments"]

ATTEMPTS = 6
AT_ONCE = 20


class ConfigDocuments:
    """Reads without a cache, so that an administrator sees what was just saved."""

    def __init__(self, tables: Tables, lint: Lint | None = None, clock: Clock | None = None) -> None:
        self._tables = tables
        self._widget_keys = WidgetKeys(tables)
        self._listing, self._audit = Listing(tables), AuditLog(tables)
        self._lint = lint
        self._clock = clock or SystemClock()

    async def read(self, tenant_id: str, key: DocumentKey) -> Stored | None:
        found = await self._row(tenant_id, key)
        return found.stored if found else None

    async def list(self, tenant_id: str, selection: Selection) -> Page:
        return await self._listing.page(tenant_id, selection)

    async def check(self, tenant_id: str, documents: Sequence[Document]) -> Sequence[tuple[Finding, ...]]:
        together = {key_of(document): document for document in documents}
        check = Check(self, tenant_id, self._lint, together)
        olds: list[Document | None] = []
        for start in range(0, len(documents), AT_ONCE):
            keys = [key_of(document) for document in documents[start : start + AT_ONCE]]
            olds += await asyncio.gather(*(self.document(tenant_id, one) for one in keys))
        return await check.findings(list(zip(documents, olds, strict=True)))

    async def save(self, tenant_id: str, document: Document, if_match: str | None, by: Actor) -> Stored:
        for attempt in range(1, ATTEMPTS + 1):
            old = await self._row(tenant_id, key_of(document))
            if if_match is None and old is not None:
                raise AlreadyExists(document.id)
            if if_match not in (None, ANY_VERSION) and (old is None or old.stored.version != if_match):
                raise VersionConflict(f"{document.id} was changed or deleted by somebody else")
            try:
                return await self._save_once(tenant_id, document, old, by)
            except VersionConflict:
                # Perhaps only a target was touched meanwhile; whether it was the document, the next round tells.
                if attempt == ATTEMPTS:
                    raise
            await asyncio.sleep(0.02 * attempt * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, guards nothing
        raise AssertionError("the last attempt returns or raises")

    async def delete(self, tenant_id: str, key: DocumentKey, if_match: str, by: Actor) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            old = await self._row(tenant_id, key)
            if old is None or if_match not in (ANY_VERSION, old.stored.version):
                raise VersionConflict(f"{key.id} was changed or deleted by somebody else")
            users = await self.used_by(tenant_id, key)
            if users:
                raise InUse(key, users)
            try:
                await self._delete_once(tenant_id, old, by)
            except VersionConflict:
                if attempt == ATTEMPTS:
                    raise
            else:
                return

    async def used_by(self, tenant_id: str, key: DocumentKey) -> Sequence[DocumentKey]:
        rows = await self._tables.between(CONFIG, part(tenant_id), *prefix("ref", key.kind.value, key.id))
        return [DocumentKey(Kind(kind), source) for *_, kind, source in (parts(row.key) for row in rows)]

    async def versions(self, tenant_id: str, workflow_id: str) -> Sequence[WorkflowVersion]:
        rows = await self._tables.between(CONFIG, part(tenant_id), *prefix("version", Kind.WORKFLOW.value, workflow_id))
        return [_version(row) for row in reversed(rows)]

    async def read_version(self, tenant_id: str, workflow_id: str, number: int) -> Workflow | None:
        row = await self._tables.get(CONFIG, part(tenant_id), version_key(workflow_id, number))
        return workflow_of(row) if row else None

    async def audit(
        self,
        tenant_id: str,
        kind: Kind | None = None,
        document_id: str | None = None,
        after: str | None = None,
        top: int = 50,
    ) -> AuditPage:
        return await self._audit.page(tenant_id, kind, document_id, after, top)

    async def record(self, tenant_id: str, entry: AuditEntry) -> None:
        await self._audit.write(tenant_id, entry, secrets.token_hex(8))

    async def licensed(self, tenant_id: str) -> Mapping[Licence, Mapping[Kind, int]]:
        start, before = prefix("licensed")
        counts: dict[Licence, dict[Kind, int]] = {}
        for row in await self._tables.between(CONFIG, part(tenant_id), start, before):
            _, licence, kind, _ = parts(row.key)
            of_licence = counts.setdefault(Licence(licence), {})
            of_licence[Kind(kind)] = of_licence.get(Kind(kind), 0) + 1
        return counts

    async def read_document(self, tenant_id: str, kind: Kind, document_id: str) -> Stored | None:
        return await self.read(tenant_id, DocumentKey(kind, document_id))

    async def list_documents(self, tenant_id: str, kind: Kind) -> Sequence[Stored]:
        """All documents of a kind, in the order of their ids."""
        rows = await self._tables.between(CONFIG, part(tenant_id), *prefix(kind.value))
        return [stored_row(kind, row).stored for row in rows]

    async def save_document(self, tenant_id: str, document: Document, if_match: str | None = None) -> Stored:
        """Save as no administrator's change, to set up a tenant; see `save`."""
        return await self.save(tenant_id, document, if_match, INTERACT)

    async def delete_document(self, tenant_id: str, kind: Kind, document_id: str, if_match: str) -> None:
        await self.delete(tenant_id, DocumentKey(kind, document_id), if_match, INTERACT)

    async def document(self, tenant_id: str, key: DocumentKey) -> Document | None:
        found = await self._row(tenant_id, key)
        return found.document if found else None

    async def units(self, tenant_id: str) -> Mapping[str, OrganizationUnit]:
        rows = await self._tables.between(CONFIG, part(tenant_id), *prefix(Kind.ORGANIZATION_UNIT.value))
        documents = (stored_row(Kind.ORGANIZATION_UNIT, row).document for row in rows)
        return {one.id: one for one in documents if isinstance(one, OrganizationUnit)}

    async def key_owner(self, widget_key: str) -> str | None:
        return await self._widget_keys.owner(widget_key)

    async def _row(self, tenant_id: str, key: DocumentKey) -> StoredRow | None:
        row = await self._tables.get(CONFIG, part(tenant_id), row_key(key))
        return stored_row(key.kind, row) if row else None

    async def _save_once(self, tenant_id: str, document: Document, old: StoredRow | None, by: Actor) -> Stored:
        if isinstance(document, Workflow):
            document = replace(document, version=await self._next_version(tenant_id, document.id, old))
        own, before = key_of(document), old.document if old else None
        targets = await self._targets_of(tenant_id, document)
        check = Check(self, tenant_id, self._lint, {own: document}, {one: row.document for one, row in targets.items()})
        findings = await check.findings_of(document, before)
        if findings:
            raise InvalidConfiguration(findings, document)
        if isinstance(document, Tenant):
            # Before the document: a key without its document admits nobody, a document without its key is lost.
            await self._widget_keys.claim(document.id, *widget_keys_of(document))
        changed = Changed(self._clock.now(), by)
        stored = Stored(document, secrets.token_hex(8), changed)
        entry = audit_of_save(stored, old, changed)
        try:
            await self._tables.write(CONFIG, part(tenant_id), *operations_of_save(stored, old, targets), *entry)
        except AlreadyExists as error:
            if error.key != row_key(own):
                raise VersionConflict(f"{document.id} was changed by somebody else") from error
            raise AlreadyExists(document.id) from error
        if isinstance(before, Tenant) and isinstance(document, Tenant):
            await self._widget_keys.release(*(widget_keys_of(before) - widget_keys_of(document)))
        return stored

    async def _delete_once(self, tenant_id: str, old: StoredRow, by: Actor) -> None:
        document, own = old.document, key_of(old.document)
        gone = [*(ref_key(target, own) for target in targets_of(document)), *old.entries]
        now = self._clock.now()
        entry = AuditEntry(now, by, AuditAction.DELETED, own, document, None, old.stored.version)
        await self._tables.write(
            CONFIG,
            part(tenant_id),
            Delete(row_key(own), old.etag),
            *(Delete(one) for one in gone),
            *audit_operations(entry, secrets.token_hex(8)),
        )
        if isinstance(document, Tenant):
            await self._widget_keys.release(*widget_keys_of(document))
            await self._widget_keys.forget_tenant(tenant_id)

    async def _next_version(self, tenant_id: str, workflow_id: str, old: StoredRow | None) -> int:
        if old is not None and isinstance(old.document, Workflow):
            return old.document.version + 1
        # A workflow of this id may have been deleted; its versions stay what they were.
        start, before = prefix("version", Kind.WORKFLOW.value, workflow_id)
        rows = await self._tables.between(CONFIG, part(tenant_id), start, before)
        return int(rows[-1].key.removeprefix(start)) + 1 if rows else 1

    async def _targets_of(self, tenant_id: str, document: Document) -> dict[DocumentKey, StoredRow]:
        keys = targets_of(document)
        found = await asyncio.gather(*(self._row(tenant_id, one) for one in keys))
        return {one: row for one, row in zip(keys, found, strict=True) if row is not None}


def _version(row: Row) -> WorkflowVersion:
    changed = changed_of(row.values)
    try:
        workflow = workflow_of(row)
    except NOT_LEGIBLE as error:
        return WorkflowVersion(int(parts(row.key)[-1]), "", changed, str(error))
    return WorkflowVersion(workflow.version, workflow.name, changed)


def widget_keys_of(tenant: Tenant) -> frozenset[str]:
    return frozenset({tenant.widget_key, tenant.previous_widget_key} - {""})
