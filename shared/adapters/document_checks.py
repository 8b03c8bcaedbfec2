"""Whether documents may be saved: their own rules, those of the tenant, and their references in both directions.

The same for every adapter; a shelf is what they read the stored documents from.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.adapters.document_rules import (
    Lint,
    licence_findings,
    own_findings,
    reference_findings,
    target_findings,
    tenant_findings,
)
from shared.domain.documents import Document, DocumentKey, Kind, key_of
from shared.domain.errors import Finding
from shared.domain.licences import Licence
from shared.domain.organization_units import OrganizationUnit, is_same_or_higher
from shared.domain.references import references, targets_of
from shared.domain.services import Service
from shared.domain.tenants import Tenant
from shared.domain.users import User

AT_ONCE = 20
NAMED = 5
"""So many of the documents that a change would break are named; the others are counted."""


class Shelf(Protocol):
    """What checks read of the stored documents of a tenant."""

    async def document(self, tenant_id: str, key: DocumentKey) -> Document | None: ...

    async def units(self, tenant_id: str) -> Mapping[str, OrganizationUnit]: ...

    async def used_by(self, tenant_id: str, key: DocumentKey) -> Sequence[DocumentKey]: ...

    async def licensed(self, tenant_id: str) -> Mapping[Licence, Mapping[Kind, int]]: ...

    async def key_owner(self, widget_key: str) -> str | None:
        """The id of the tenant that has, or had, the widget key."""
        ...


@dataclass
class Check:
    """One check of one or several documents of a tenant; what it reads, it reads once."""

    shelf: Shelf
    tenant_id: str
    lint: Lint | None
    together: Mapping[DocumentKey, Document]
    known: dict[DocumentKey, Document | None] = field(default_factory=dict)
    _units: Mapping[str, OrganizationUnit] | None = None
    _licensed: Mapping[Licence, Mapping[Kind, int]] | None = None
    _assigned: Counter[Licence] = field(default_factory=Counter)

    async def findings(self, changes: Sequence[tuple[Document, Document | None]]) -> list[tuple[Finding, ...]]:
        """Of documents that are saved together, each in place of its old one: what one gives up another may have."""
        for document, old in changes:
            self._assigned.subtract(_licences(old) - _licences(document))
        return [await self.findings_of(document, old) for document, old in changes]

    async def findings_of(self, document: Document, old: Document | None) -> tuple[Finding, ...]:
        """All that keeps the document from being saved in place of `old`."""
        findings = [*own_findings(document, self.lint, old)]
        findings += licence_findings(document, old)
        findings += tenant_findings(document, old, await self._tenant())
        findings += await self._licence_findings(document, old)
        if references(document):
            known = await self._documents(targets_of(document))
            findings += reference_findings(document, known, await self.units())
        if isinstance(document, Tenant):
            findings += await self._key_findings(document)
        moved = _moved(document, old)
        if moved is not None:
            findings += await self._broken(document, moved)
        return tuple(findings)

    async def units(self) -> Mapping[str, OrganizationUnit]:
        """The tree as it will be."""
        if self._units is None:
            new = {one.id: one for one in self.together.values() if isinstance(one, OrganizationUnit)}
            self._units = {**await self.shelf.units(self.tenant_id), **new}
        return self._units

    async def _tenant(self) -> Tenant | None:
        key = DocumentKey(Kind.TENANT, self.tenant_id)
        found = (await self._documents([key])).get(key)
        return found if isinstance(found, Tenant) else None

    async def _documents(self, keys: Iterable[DocumentKey]) -> dict[DocumentKey, Document]:
        """Those of the documents that there will be."""
        wanted = list(keys)
        missing = [one for one in wanted if one not in self.together and one not in self.known]
        for start in range(0, len(missing), AT_ONCE):
            part = missing[start : start + AT_ONCE]
            found = await asyncio.gather(*(self.shelf.document(self.tenant_id, one) for one in part))
            self.known.update(zip(part, found, strict=True))
        documents = {one: self.together.get(one) or self.known.get(one) for one in wanted}
        return {one: document for one, document in documents.items() if document is not None}

    async def _licence_findings(self, document: Document, old: Document | None) -> list[Finding]:
        """Licences that are assigned here, and of which there is none left."""
        tenant = await self._tenant()
        if not isinstance(document, Service | User) or tenant is None or not tenant.licences_bought:
            return []
        added = sorted(document.licences - _licences(old))
        counted = [licence for licence in added if licence in tenant.licences_bought]
        if counted and self._licensed is None:
            self._licensed = await self.shelf.licensed(self.tenant_id)
        findings = []
        for licence in counted:
            bought = tenant.licences_bought[licence]
            self._assigned[licence] += 1
            used = sum((self._licensed or {}).get(licence, {}).values())
            if used + self._assigned[licence] > bought:
                why = f"all {bought} licences {licence} are in use; withdraw one elsewhere, or buy more"
                findings.append(Finding("licences_used_up", "licences", why))
        return findings

    async def _key_findings(self, tenant: Tenant) -> list[Finding]:
        findings = []
        if tenant.id != self.tenant_id:
            findings.append(Finding("id_mismatch", "id", "a tenant's document belongs to that tenant"))
        for name in ("widget_key", "previous_widget_key"):
            widget_key = getattr(tenant, name)
            if widget_key and await self.shelf.key_owner(widget_key) not in (None, tenant.id):
                findings.append(Finding("widget_key_taken", name, "another tenant has this key; generate one"))
        return findings

    async def _broken(self, document: Document, moved: str) -> list[Finding]:
        """References of others that would not be allowed any more, by the field that changes."""
        own, units = key_of(document), await self.units()
        if isinstance(document, OrganizationUnit):
            units = {**units, document.id: document}
        broken: list[str] = []
        for source in (await self._sources(document, units)).values():
            targets = {**await self._documents(targets_of(source)), own: document}
            for reference in references(source):
                target = targets.get(reference.target)
                if target is not None and (isinstance(document, OrganizationUnit) or reference.target == own):
                    found = target_findings(source, reference, target, units)
                    broken += [f"{key_of(source).kind} '{source.id}', {one.field} {one.explanation}" for one in found]
        why = [f"would break a reference of {one}; change that first" for one in broken[:NAMED]]
        if len(broken) > NAMED:
            why.append(f"would break {len(broken) - NAMED} more references")
        return [Finding("breaks_reference", moved, one) for one in why]

    async def _sources(self, document: Document, units: Mapping[str, OrganizationUnit]) -> dict[DocumentKey, Document]:
        """What refers to the document; where a unit moves, all that is in it and below."""
        moved = [key_of(document)]
        if isinstance(document, OrganizationUnit):
            below = [unit for unit in units if unit != document.id and is_same_or_higher(document.id, unit, units)]
            moved += [DocumentKey(Kind.ORGANIZATION_UNIT, unit) for unit in below]
        found: dict[DocumentKey, Document] = {}
        for one in moved:
            found.update(await self._documents(await self.shelf.used_by(self.tenant_id, one)))
        return found


def _licences(document: Document | None) -> frozenset[Licence]:
    return document.licences if isinstance(document, Service | User) else frozenset()


def _moved(document: Document, old: Document | None) -> str | None:
    """The field that changes, and by which references of others are judged; None where they stay allowed."""
    for name in ("parent_id", "organization_unit_id", "type", "kind"):
        if old is not None and hasattr(document, name) and getattr(document, name) != getattr(old, name):
            return None if isinstance(document, Service | User) else name
    return None
