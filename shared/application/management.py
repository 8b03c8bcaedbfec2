"""What administrators do with documents of the configuration: roles are asked first, then rules, then it is saved."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.application.access import Access, Sight, require
from shared.application.notes import Notes
from shared.domain.administrators import Administrator, Role, may_see
from shared.domain.conflicts import ChangedMeanwhile, IdTaken, InUse, VersionMissing
from shared.domain.differences import differences
from shared.domain.documents import Document, DocumentKey, Kind, key_of, name_of
from shared.domain.errors import (
    NOT_LEGIBLE,
    AlreadyExists,
    Finding,
    InvalidConfiguration,
    InvalidRequest,
    VersionConflict,
)
from shared.domain.names import check_id
from shared.domain.references import targets_of
from shared.domain.secret_owners import secrets_named_by
from shared.domain.tenants import Tenant
from shared.ports import ANY_VERSION, Actor, AuditEntry, AuditPage, Page, Ports, Selection, Stored

LATEST_CHANGES = 20
"""So far back it is told what others have changed."""
MOST_NAMED = 100
AT_ONCE = 20


@dataclass(frozen=True)
class Saved:
    """A document that was saved: from when new sessions use it everywhere, and what to look at although it is saved."""

    stored: Stored
    live_from: datetime
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Named:
    """A document by its key and its name; the name is empty for one that is not there or cannot be read."""

    key: DocumentKey
    name: str


@dataclass(frozen=True)
class References:
    """What a document refers to, and what refers to it."""

    uses: tuple[Named, ...]
    used_by: tuple[Named, ...]


class Management:
    """`cache` is for how long a process keeps what it has read: so late a change is live everywhere."""

    def __init__(self, ports: Ports, cache: timedelta) -> None:
        self._ports, self._administration = ports, ports.administration
        self._access, self._notes = Access(ports.administration), Notes(ports)
        self._cache = cache

    async def read(self, administrator: Administrator, key: DocumentKey) -> Stored:
        """Raises NotFound for what is not there, or not for this administrator's eyes."""
        return await self._access.read(administrator, key)

    async def list(
        self,
        administrator: Administrator,
        selection: Selection,
        organization_unit_id: str | None = None,
        offered_to: str | None = None,
    ) -> Page:
        """Documents of a kind that the administrator sees: all, of one unit, or those offered to one of its units."""
        units = await self._access.selectable(administrator, selection.kind, organization_unit_id, offered_to)
        chosen = Selection(selection.kind, units, selection.search, selection.after, selection.top)
        return await self._administration.list(administrator.tenant_id, chosen)

    async def create(self, administrator: Administrator, document: Document) -> Saved:
        """Raises RoleMissing, InvalidConfiguration, IdTaken."""
        findings = check_id(document.id)
        if findings:
            raise InvalidRequest(findings[0].explanation, "id")
        await self._access.check_change(administrator, None, document)
        return await self._save(administrator, document, None)

    async def replace(self, administrator: Administrator, document: Document, if_match: str) -> Saved:
        """Raises NotFound, RoleMissing, InvalidConfiguration, ChangedMeanwhile, VersionMissing."""
        stored = await self._read_for_change(administrator, key_of(document), if_match)
        await self._access.check_change(administrator, stored.document, document)
        return await self._save(administrator, document, if_match)

    async def delete(self, administrator: Administrator, key: DocumentKey, if_match: str) -> None:
        """Raises NotFound, RoleMissing, InUse, ChangedMeanwhile, VersionMissing."""
        stored = await self._read_for_change(administrator, key, if_match)
        await self._access.check_change(administrator, stored.document, None)
        try:
            await self._administration.delete(administrator.tenant_id, key, if_match, _actor(administrator))
        except VersionConflict:
            raise await self._changed_meanwhile(administrator.tenant_id, key, if_match) from None
        except InUse as error:
            named = await self._named(administrator.tenant_id, error.used_by)
            raise InUse(key, error.used_by, {one.key: one.name for one in named}) from None

    async def references(self, administrator: Administrator, key: DocumentKey) -> References:
        """Both directions, the first ones of each."""
        stored = await self._access.read(administrator, key)
        users = await self._administration.used_by(administrator.tenant_id, key)
        uses = await self._named(administrator.tenant_id, targets_of(stored.document))
        return References(uses, await self._named(administrator.tenant_id, users))

    async def check(self, administrator: Administrator, documents: Sequence[Document]) -> Sequence[tuple[Finding, ...]]:
        """What keeps each of the documents from being saved, if all of them are; nothing is saved.

        Whoever may see the tenant may ask: what somebody may save is seen when it is saved.
        """
        keys = [key_of(document) for document in documents]
        repeated = {key for key, times in Counter(keys).items() if times > 1}
        found = await self._administration.check(administrator.tenant_id, documents)
        why = "is given to several documents of this kind; each needs its own"
        own = (
            (
                *check_id(document.id),
                *self._foreign_secrets(document),
                *([Finding("id_repeated", "id", why)] if key in repeated else []),
            )
            for key, document in zip(keys, documents, strict=True)
        )
        return [(*first, *rest) for first, rest in zip(own, found, strict=True)]

    async def audit(
        self, administrator: Administrator, kind: Kind | None, document_id: str | None, after: str | None, top: int
    ) -> AuditPage:
        """Changes that the administrator may see, of what the documents were and are; a page may have fewer."""
        page = await self._administration.audit(administrator.tenant_id, kind, document_id, after, top)
        units = await self._access.units(administrator)

        def is_seen(entry: AuditEntry) -> bool:
            sides = [document for document in (entry.before, entry.after) if document is not None]
            return bool(sides) and all(may_see(administrator, document, units) for document in sides)

        sight = Sight(self._administration, administrator)
        seen = [
            entry for entry in page.entries if (is_seen(entry) if entry.is_of_document else await sight.sees(entry.key))
        ]
        return AuditPage(tuple(seen), page.next)

    async def notes(self, administrator: Administrator, key: DocumentKey) -> tuple[Finding, ...]:
        """What to look at although it is saved."""
        stored = await self._access.read(administrator, key)
        return await self._notes.of(administrator.tenant_id, stored.document)

    def require_all(self, administrator: Administrator) -> None:
        """Raises RoleMissing unless the administrator manages the whole tenant."""
        require(administrator, Role.TENANT_ADMINISTRATOR)

    async def _save(self, administrator: Administrator, document: Document, if_match: str | None) -> Saved:
        tenant_id = administrator.tenant_id
        foreign = self._foreign_secrets(document)
        if foreign:
            (others,) = await self._administration.check(tenant_id, (document,))
            raise InvalidConfiguration((*foreign, *others), document)
        try:
            stored = await self._administration.save(tenant_id, document, if_match, _actor(administrator))
        except AlreadyExists:
            raise IdTaken(f"there is a {key_of(document).kind} '{document.id}' already") from None
        except VersionConflict:
            raise await self._changed_meanwhile(tenant_id, key_of(document), if_match or "") from None
        live_from = self._ports.clock.now() + self._cache
        try:
            notes = await self._notes.of(tenant_id, stored.document)
        except NOT_LEGIBLE as error:
            # It is saved; what it has to do with cannot be read.
            notes = (Finding("unreadable", "id", f"what else there is to note cannot be told: {error}"),)
        return Saved(stored, live_from, notes)

    def _foreign_secrets(self, document: Document) -> tuple[Finding, ...]:
        """References of a tenant's settings to secrets that are not its own."""
        named = secrets_named_by(document) if isinstance(document, Tenant) else {}
        refusals = {field: self._ports.secrets.refusal(document.id, named[field]) for field in named}
        return tuple(Finding("secret_foreign", field, why) for field, why in refusals.items() if why)

    async def _read_for_change(self, administrator: Administrator, key: DocumentKey, if_match: str) -> Stored:
        if not if_match:
            raise VersionMissing("name the version that you have read in If-Match, so that nobody's change is lost")
        stored = await self._administration.read(administrator.tenant_id, key)
        if stored is None and if_match != ANY_VERSION:
            last = (await self.audit(administrator, key.kind, key.id, None, 1)).entries
            if last:
                raise await self._changed_meanwhile(administrator.tenant_id, key, if_match)
        return stored if stored is not None else await self._access.read(administrator, key)

    async def _changed_meanwhile(self, tenant_id: str, key: DocumentKey, read: str) -> ChangedMeanwhile:
        """Who has changed what since this version was read."""
        now = await self._administration.read(tenant_id, key)
        entries = (await self._administration.audit(tenant_id, key.kind, key.id, None, LATEST_CHANGES)).entries
        last = entries[0] if entries else None
        since = next((entry for entry in entries if entry.replaced == read), None)
        changed: tuple[str, ...] = ()
        if since is not None and since.before is not None and now is not None:
            changed = tuple(".".join(one.path) for one in differences(since.before, now.document))
        who = last.by.name if last else "somebody else"
        what = "was changed" if now is not None else "was deleted"
        return ChangedMeanwhile(
            f"{key.kind} '{key.id}' {what} by {who} since you have read it; read it again",
            version=now.version if now else None,
            changed_by=last.by.name if last else None,
            changed_at=last.at if last else None,
            fields=changed,
            document=now.document if now else None,
        )

    async def _named(self, tenant_id: str, keys: Sequence[DocumentKey]) -> tuple[Named, ...]:
        found: list[Named] = []
        for start in range(0, min(len(keys), MOST_NAMED), AT_ONCE):
            part = keys[start : start + AT_ONCE]
            found += await asyncio.gather(*(self._named_one(tenant_id, key) for key in part))
        return tuple(found)

    async def _named_one(self, tenant_id: str, key: DocumentKey) -> Named:
        try:
            stored = await self._administration.read(tenant_id, key)
        except NOT_LEGIBLE:
            return Named(key, "")
        return Named(key, name_of(stored.document) if stored is not None else "")


def _actor(administrator: Administrator) -> Actor:
    return Actor(administrator.id, administrator.name)
