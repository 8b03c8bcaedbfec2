"""A contact with all that belongs to it as it is stored now, for administrators: sessions read it through a cache."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from shared.application.access import Access
from shared.domain.administrators import Administrator
from shared.domain.contact_documents import assemble, calendars_of, contact_key, parts_of
from shared.domain.contacts import Contact
from shared.domain.documents import Document, DocumentKey, Kind
from shared.domain.domain_templates import DomainTemplate
from shared.domain.errors import NotFound
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.organization_units import OrganizationUnit, is_same_or_higher
from shared.domain.sessions import ContactReference
from shared.ports import Administration, Selection

PAGE = 200
MOST_PAGES = 10
"""Of templates that could have been selected instead; one that stands behind them is not named."""


class ContactAsStored:
    """Reads; decides nothing but whether the administrator may see the contact."""

    def __init__(self, administration: Administration, access: Access) -> None:
        self._administration, self._access = administration, access

    async def read(self, administrator: Administrator, reference: ContactReference) -> Contact | None:
        """None where there is none, or none for this administrator's eyes."""
        try:
            stored = await self._access.read(administrator, contact_key(reference))
        except NotFound:
            return None
        tenant_id = administrator.tenant_id
        found = await self._all(tenant_id, parts_of(stored.document, INSTANT_MESSAGING.id))
        calendars = await self._all(tenant_id, calendars_of(found.values()))
        return assemble(stored.document, {**found, **calendars}, INSTANT_MESSAGING.id)

    async def offered_templates(self, tenant_id: str, contact: Contact) -> Sequence[DomainTemplate]:
        """Templates that may be selected for the contact: of the same or a higher organization unit."""
        target = contact.service or contact.user
        if target is None:
            return ()
        tree = await self._access.tree(tenant_id)
        units = frozenset(one for one in tree if is_same_or_higher(one, target.organization_unit_id, tree))
        found: list[DomainTemplate] = []
        after: str | None = None
        for _ in range(MOST_PAGES):
            page = await self._administration.list(
                tenant_id, Selection(Kind.DOMAIN_TEMPLATE, units, after=after, top=PAGE)
            )
            found += [one.document for one in page.items if isinstance(one.document, DomainTemplate)]
            after = page.next
            if after is None:
                break
        return found

    async def unit_name(self, tenant_id: str, unit_id: str) -> str:
        """The unit's name; its id where it has none."""
        stored = await self._administration.read(tenant_id, DocumentKey(Kind.ORGANIZATION_UNIT, unit_id))
        return stored.document.name if stored and isinstance(stored.document, OrganizationUnit) else unit_id

    async def _all(self, tenant_id: str, keys: Iterable[DocumentKey]) -> dict[DocumentKey, Document]:
        named = tuple(keys)
        read = await asyncio.gather(*(self._administration.read(tenant_id, key) for key in named))
        return {key: one.document for key, one in zip(named, read, strict=True) if one is not None}
