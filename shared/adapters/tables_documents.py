"""The writing side of the configuration: every document is checked, versioned, and held by its references.

Rows in the tenant's partition of `config`:

    {kind}:{id}                        the document; its ETag is its version
    version:workflow:{id}:{n}          every version of a workflow; never changes
    ref:{target}:{source}              the source refers to the target, which therefore cannot be deleted

A new reference touches its target with If-Match in the same transaction, so that a target that is being deleted at
the same time makes one of the two fail.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared.adapters.document_rules import Lint, own_findings, reference_findings, references
from shared.adapters.documents import from_json, to_json
from shared.adapters.rows import joined_text, key, part, parts, prefix, text_properties
from shared.adapters.table_operations import Delete, Insert, Operation, Put, Touch
from shared.adapters.tables import CONFIG, Tables
from shared.adapters.tables_config import document_of, row_key
from shared.adapters.tables_widget_keys import WidgetKeys
from shared.domain.documents import Document, DocumentKey, Kind, key_of
from shared.domain.errors import AlreadyExists, Finding, InvalidConfiguration, VersionConflict
from shared.domain.organization_units import OrganizationUnit
from shared.domain.tenants import Tenant
from shared.domain.workflows import Workflow

ANY_VERSION = "*"
ATTEMPTS = 6


@dataclass(frozen=True)
class StoredDocument:
    """A document as it is now; `version` is what a conditional write has to name."""

    document: Document
    version: str


class ConfigDocuments:
    """Reads without a cache, so that an administrator sees what was just saved."""

    def __init__(self, tables: Tables, lint: Lint | None = None) -> None:
        self._tables = tables
        self._widget_keys = WidgetKeys(tables)
        self._lint = lint

    async def read_document(self, tenant_id: str, kind: Kind, document_id: str) -> StoredDocument | None:
        row = await self._tables.get(CONFIG, part(tenant_id), row_key(DocumentKey(kind, document_id)))
        return StoredDocument(document_of(kind, row), row.version) if row else None

    async def list_documents(self, tenant_id: str, kind: Kind) -> Sequence[StoredDocument]:
        """All documents of a kind, in the order of their ids."""
        rows = await self._tables.between(CONFIG, part(tenant_id), *prefix(kind.value))
        return [StoredDocument(document_of(kind, row), row.version) for row in rows]

    async def read_workflow_version(self, tenant_id: str, workflow_id: str, number: int) -> Workflow | None:
        row = await self._tables.get(CONFIG, part(tenant_id), _version_key(workflow_id, number))
        return from_json(Workflow, joined_text("data", row.values)) if row else None

    async def save_document(self, tenant_id: str, document: Document, if_match: str | None = None) -> StoredDocument:
        """Write a new document (`if_match` None), in place of exactly one version, or whatever is there (ANY_VERSION).

        A workflow gets the next version number. Raises InvalidConfiguration with all findings, AlreadyExists,
        VersionConflict.
        """
        for attempt in range(1, ATTEMPTS + 1):
            old = await self.read_document(tenant_id, *_identity(document))
            if if_match is None and old is not None:
                raise AlreadyExists(document.id)
            if if_match not in (None, ANY_VERSION) and (old is None or old.version != if_match):
                raise VersionConflict(f"{document.id} was changed or deleted by somebody else")
            try:
                return await self._save_once(tenant_id, document, old)
            except VersionConflict:
                # Perhaps only a target was touched meanwhile; whether it was the document, the next round tells.
                if attempt == ATTEMPTS:
                    raise
            await asyncio.sleep(0.02 * attempt * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, guards nothing
        raise AssertionError("the last attempt returns or raises")

    async def delete_document(self, tenant_id: str, kind: Kind, document_id: str, if_match: str) -> None:
        """Delete one version of a document; raises VersionConflict, InvalidConfiguration where others refer to it."""
        stored = await self.read_document(tenant_id, kind, document_id)
        if stored is None or if_match not in (ANY_VERSION, stored.version):
            raise VersionConflict(f"{document_id} was changed or deleted by somebody else")
        users = await self._tables.between(CONFIG, part(tenant_id), *prefix("ref", kind.value, document_id), count=5)
        if users:
            names = ", ".join(_source_name(row.key) for row in users)
            raise InvalidConfiguration((Finding("in_use", "id", f"is used by {names}; change that first"),))
        own = key_of(stored.document)
        gone = [Delete(_ref_key(target, own)) for target in _targets(stored.document)]
        await self._tables.write(CONFIG, part(tenant_id), Delete(row_key(own), stored.version), *gone)
        if isinstance(stored.document, Tenant):
            await self._widget_keys.release(stored.document.widget_key)
            await self._widget_keys.forget_tenant(tenant_id)

    async def _save_once(self, tenant_id: str, document: Document, old: StoredDocument | None) -> StoredDocument:
        if isinstance(document, Workflow):
            document = replace(document, version=await self._next_version(tenant_id, document.id, old))
        targets = await self._targets_of(tenant_id, document)
        await self._check(tenant_id, document, targets)
        if isinstance(document, Tenant):
            # Before the document: a key without its document admits nobody, a document without its key is lost.
            await self._widget_keys.claim(document.widget_key, document.id)
        own = key_of(document)
        try:
            versions = await self._tables.write(CONFIG, part(tenant_id), *_operations(document, old, targets))
        except AlreadyExists as error:
            if error.key != row_key(own):
                raise VersionConflict(f"{document.id} was changed by somebody else") from error
            raise AlreadyExists(document.id) from error
        if old is not None and isinstance(old.document, Tenant) and isinstance(document, Tenant):
            await self._release_replaced_key(old.document.widget_key, document.widget_key)
        return StoredDocument(document, versions[0])

    async def _next_version(self, tenant_id: str, workflow_id: str, old: StoredDocument | None) -> int:
        if old is not None and isinstance(old.document, Workflow):
            return old.document.version + 1
        # A workflow of this id may have been deleted; its versions stay what they were.
        start, before = prefix("version", Kind.WORKFLOW.value, workflow_id)
        rows = await self._tables.between(CONFIG, part(tenant_id), start, before)
        return int(rows[-1].key.removeprefix(start)) + 1 if rows else 1

    async def _targets_of(self, tenant_id: str, document: Document) -> dict[DocumentKey, StoredDocument]:
        keys = _targets(document)
        found = await asyncio.gather(*(self.read_document(tenant_id, one.kind, one.id) for one in keys))
        return {one: stored for one, stored in zip(keys, found, strict=True) if stored is not None}

    async def _check(self, tenant_id: str, document: Document, targets: dict[DocumentKey, StoredDocument]) -> None:
        findings = own_findings(document, self._lint)
        if references(document):
            stored = await self.list_documents(tenant_id, Kind.ORGANIZATION_UNIT)
            units = {one.document.id: one.document for one in stored if isinstance(one.document, OrganizationUnit)}
            known = {target: one.document for target, one in targets.items()}
            findings += reference_findings(document, known, units)
        if isinstance(document, Tenant):
            findings += await self._widget_key_findings(document, tenant_id)
        if findings:
            raise InvalidConfiguration(findings)

    async def _widget_key_findings(self, tenant: Tenant, tenant_id: str) -> tuple[Finding, ...]:
        findings = []
        if tenant.id != tenant_id:
            findings.append(Finding("id_mismatch", "id", "a tenant's document belongs to that tenant"))
        if await self._widget_keys.owner(tenant.widget_key) not in (None, tenant.id):
            findings.append(Finding("widget_key_taken", "widget_key", "another tenant has this key; generate one"))
        return tuple(findings)

    async def _release_replaced_key(self, old: str, new: str) -> None:
        if old != new:
            await self._widget_keys.release(old)


def _operations(
    document: Document, old: StoredDocument | None, targets: Mapping[DocumentKey, StoredDocument]
) -> list[Operation]:
    own, values = key_of(document), text_properties("data", to_json(document))
    before, after = _targets(old.document) if old else (), _targets(document)
    operations: list[Operation] = [Put(row_key(own), values, old.version) if old else Insert(row_key(own), values)]
    operations += [Touch(row_key(target), targets[target].version) for target in after if target not in before]
    operations += [Put(_ref_key(target, own)) for target in after if target not in before]
    operations += [Delete(_ref_key(target, own)) for target in before if target not in after]
    if isinstance(document, Workflow):
        operations.append(Insert(_version_key(document.id, document.version), values))
    return operations


def _identity(document: Document) -> tuple[Kind, str]:
    own = key_of(document)
    return own.kind, own.id


def _targets(document: Document) -> tuple[DocumentKey, ...]:
    return tuple(dict.fromkeys(reference.target for reference in references(document)))


def _ref_key(target: DocumentKey, source: DocumentKey) -> str:
    return key("ref", target.kind.value, target.id, source.kind.value, source.id)


def _source_name(ref_key: str) -> str:
    *_, kind, document_id = parts(ref_key)
    return f"{kind} '{document_id}'"


def _version_key(workflow_id: str, number: int) -> str:
    return key("version", Kind.WORKFLOW.value, workflow_id, f"{number:06}")
