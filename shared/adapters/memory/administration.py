"""The configuration as administrators change it, in the dicts of a MemoryConfigStore; and who administrators are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.adapters.document_checks import Check
from shared.adapters.document_rules import Lint
from shared.adapters.document_search import matches, words_in
from shared.adapters.memory.config import MemoryConfigStore
from shared.adapters.memory.time import ManualClock
from shared.adapters.rows import part
from shared.domain.administrators import Administrator
from shared.domain.conflicts import InUse
from shared.domain.documents import Document, DocumentKey, Kind, key_of, unit_of
from shared.domain.errors import (
    AlreadyExists,
    Finding,
    InvalidConfiguration,
    InvalidRequest,
    NewerSchema,
    Unauthenticated,
    VersionConflict,
)
from shared.domain.licences import Licence
from shared.domain.organization_units import OrganizationUnit
from shared.domain.references import targets_of
from shared.domain.services import Service
from shared.domain.users import User
from shared.domain.workflows import Workflow
from shared.ports.administration import (
    ANY_VERSION,
    Actor,
    AuditAction,
    AuditEntry,
    AuditPage,
    Changed,
    Illegible,
    Page,
    Selection,
    Stored,
    WorkflowVersion,
)
from shared.ports.system import Clock

Place = tuple[str, DocumentKey]


class MemoryAdministration:
    """`store` is the configuration that sessions read; what is put there directly has version "0" and no author.

    `illegible` says of documents in it why they cannot be read.
    """

    def __init__(
        self, store: MemoryConfigStore | None = None, lint: Lint | None = None, clock: Clock | None = None
    ) -> None:
        self.store = store or MemoryConfigStore()
        self.entries: list[tuple[str, AuditEntry]] = []
        self._lint = lint
        self._clock = clock or ManualClock()
        self._one_at_a_time = asyncio.Lock()
        self.illegible: dict[Place, str] = {}
        self._written: dict[Place, Stored] = {}
        self._versions: dict[Place, dict[int, tuple[Workflow, Changed]]] = {}

    async def read(self, tenant_id: str, key: DocumentKey) -> Stored | None:
        document = await self.document(tenant_id, key)
        if document is None:
            return None
        written = self._written.get((tenant_id, key))
        return written if written is not None and written.document == document else Stored(document, "0")

    async def list(self, tenant_id: str, selection: Selection) -> Page:
        after = _position(selection.after)
        searched = words_in(selection.search)
        found = [
            document
            for document in self._documents(tenant_id)
            if key_of(document).kind is selection.kind
            and (selection.units is None or unit_of(document) in selection.units)
            and (bool(searched) or not selection.search.strip())
            and matches(document, searched)
        ]
        found.sort(key=lambda document: part(document.id))
        page = found[after : after + selection.top]
        keys = [key_of(document) for document in page]
        illegible = [key for key in keys if (tenant_id, key) in self.illegible]
        stored = [await self.read(tenant_id, key) for key in keys if key not in illegible]
        following = after + selection.top
        return Page(
            tuple(one for one in stored if one),
            str(following) if following < len(found) else None,
            tuple(Illegible(key, self.illegible[tenant_id, key]) for key in illegible),
        )

    async def check(self, tenant_id: str, documents: Sequence[Document]) -> Sequence[tuple[Finding, ...]]:
        check = Check(self, tenant_id, self._lint, {key_of(document): document for document in documents})
        return await check.findings([(one, await self.document(tenant_id, key_of(one))) for one in documents])

    async def save(self, tenant_id: str, document: Document, if_match: str | None, by: Actor) -> Stored:
        async with self._one_at_a_time:
            return await self._save(tenant_id, document, if_match, by)

    async def _save(self, tenant_id: str, document: Document, if_match: str | None, by: Actor) -> Stored:
        own = key_of(document)
        old = await self.read(tenant_id, own)
        if if_match is None and old is not None:
            raise AlreadyExists(document.id)
        if if_match not in (None, ANY_VERSION) and (old is None or old.version != if_match):
            raise VersionConflict(f"{document.id} was changed or deleted by somebody else")
        known = self._versions.setdefault((tenant_id, own), {})
        if isinstance(document, Workflow):
            before = old.document.version if old is not None and isinstance(old.document, Workflow) else 0
            document = replace(document, version=max([before, *known]) + 1)
        check = Check(self, tenant_id, self._lint, {own: document})
        findings = await check.findings_of(document, old.document if old else None)
        if findings:
            raise InvalidConfiguration(findings, document)
        changed = Changed(self._clock.now(), by)
        stored = Stored(document, str(len(self.entries) + 1), changed)
        if isinstance(document, Workflow):
            known[document.version] = document, changed
        what = AuditAction.CHANGED if old else AuditAction.CREATED
        self._remember(tenant_id, changed, what, own, old, stored)
        self._written[tenant_id, own] = stored
        self.store.put(tenant_id, document)
        return stored

    async def delete(self, tenant_id: str, key: DocumentKey, if_match: str, by: Actor) -> None:
        old = await self.read(tenant_id, key)
        if old is None or if_match not in (ANY_VERSION, old.version):
            raise VersionConflict(f"{key.id} was changed or deleted by somebody else")
        users = await self.used_by(tenant_id, key)
        if users:
            raise InUse(key, users)
        self.store.remove(tenant_id, key.kind, key.id)
        self._remember(tenant_id, Changed(self._clock.now(), by), AuditAction.DELETED, key, old, None)

    async def used_by(self, tenant_id: str, key: DocumentKey) -> Sequence[DocumentKey]:
        found = [key_of(document) for document in self._documents(tenant_id) if key in targets_of(document)]
        return sorted(found, key=lambda one: (one.kind.value, part(one.id)))

    async def versions(self, tenant_id: str, workflow_id: str) -> Sequence[WorkflowVersion]:
        known = self._versions.get((tenant_id, DocumentKey(Kind.WORKFLOW, workflow_id)), {})
        found = sorted(known.items(), reverse=True)
        return [WorkflowVersion(number, workflow.name, changed) for number, (workflow, changed) in found]

    async def read_version(self, tenant_id: str, workflow_id: str, number: int) -> Workflow | None:
        known = self._versions.get((tenant_id, DocumentKey(Kind.WORKFLOW, workflow_id)), {})
        return known[number][0] if number in known else None

    async def audit(
        self,
        tenant_id: str,
        kind: Kind | None = None,
        document_id: str | None = None,
        after: str | None = None,
        top: int = 50,
    ) -> AuditPage:
        start = _position(after)
        found = [
            entry
            for tenant, entry in reversed(self.entries)
            if tenant == tenant_id and kind in (None, entry.key.kind) and document_id in (None, entry.key.id)
        ]
        return AuditPage(tuple(found[start : start + top]), str(start + top) if start + top < len(found) else None)

    async def record(self, tenant_id: str, entry: AuditEntry) -> None:
        self.entries.append((tenant_id, entry))

    async def licensed(self, tenant_id: str) -> Mapping[Licence, Mapping[Kind, int]]:
        counts: dict[Licence, dict[Kind, int]] = {}
        for document in self._documents(tenant_id):
            for licence in document.licences if isinstance(document, Service | User) else ():
                of_licence = counts.setdefault(licence, {})
                of_licence[key_of(document).kind] = of_licence.get(key_of(document).kind, 0) + 1
        return counts

    async def document(self, tenant_id: str, key: DocumentKey) -> Document | None:
        if (tenant_id, key) in self.illegible:
            raise NewerSchema(self.illegible[tenant_id, key])
        return self.store.documents.get(tenant_id, {}).get(key)

    async def units(self, tenant_id: str) -> Mapping[str, OrganizationUnit]:
        keys = [key_of(one) for one in self._documents(tenant_id) if isinstance(one, OrganizationUnit)]
        units = [await self.document(tenant_id, key) for key in keys]
        return {one.id: one for one in units if isinstance(one, OrganizationUnit)}

    async def key_owner(self, widget_key: str) -> str | None:
        tenants = await self.store.tenants()
        return next((one.id for one in tenants if widget_key in (one.widget_key, one.previous_widget_key)), None)

    def _documents(self, tenant_id: str) -> tuple[Document, ...]:
        return tuple(self.store.documents.get(tenant_id, {}).values())

    def _remember(
        self,
        tenant_id: str,
        changed: Changed,
        what: AuditAction,
        key: DocumentKey,
        old: Stored | None,
        new: Stored | None,
    ) -> None:
        before, after = old.document if old else None, new.document if new else None
        versions = old.version if old else None, new.version if new else None
        entry = AuditEntry(changed.at, changed.by, what, key, before, after, *versions)
        self.entries.append((tenant_id, entry))


class MemoryAdministrators:
    """`known` maps tokens to who they vouch for."""

    def __init__(self, known: Mapping[str, Administrator] | None = None) -> None:
        self.known = dict(known or {})

    async def of(self, bearer_token: str) -> Administrator:
        if bearer_token not in self.known:
            raise Unauthenticated("administrator_unknown", "the access token vouches for nobody")
        return self.known[bearer_token]


def _position(after: str | None) -> int:
    if after is not None and not (after.isascii() and after.isdecimal() and len(after) < 10):
        raise InvalidRequest("is not the `next` of a page", "after")
    return int(after or 0)
