"""Who of the administrators may do what, with the tree of organization units read where it matters."""

from __future__ import annotations

from shared.domain.administrators import (
    OFFERED_KINDS,
    Administrator,
    Role,
    Units,
    has_whole_tenant,
    is_offered,
    may_change,
    may_place,
    may_see,
)
from shared.domain.conflicts import RoleMissing
from shared.domain.documents import Document, DocumentKey, Kind, key_of, name_of
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.organization_units import OrganizationUnit, is_same_or_higher
from shared.ports import Administration, Selection, Stored

PAGE = 500


class Access:
    """Whoever has the whole tenant costs no look at the tree."""

    def __init__(self, administration: Administration) -> None:
        self._administration = administration

    async def units(self, administrator: Administrator) -> Units:
        """The tree, for administrators whose roles come with a unit; empty for the others, who need none."""
        return {} if _has_whole_tenant(administrator) else await self.tree(administrator.tenant_id)

    async def tree(self, tenant_id: str) -> Units:
        """All organization units of the tenant."""
        units: dict[str, OrganizationUnit] = {}
        after: str | None = None
        while True:
            page = await self._administration.list(tenant_id, Selection(Kind.ORGANIZATION_UNIT, after=after, top=PAGE))
            found = (stored.document for stored in page.items)
            units.update({one.id: one for one in found if isinstance(one, OrganizationUnit)})
            after = page.next
            if after is None:
                return units

    async def read(self, administrator: Administrator, key: DocumentKey) -> Stored:
        """A document that the administrator sees or is offered; raises NotFound for any other."""
        stored = await self._administration.read(administrator.tenant_id, key)
        units = await self.units(administrator)
        if stored is not None and (
            may_see(administrator, stored.document, units) or is_offered(administrator, stored.document, units)
        ):
            return stored
        if key.kind is Kind.TENANT:
            raise NotFound("there is no tenant yet; interact config apply makes it, or PUT tenant")
        raise NotFound(f"there is no {key.kind} '{key.id}'")

    async def check_change(self, administrator: Administrator, before: Document | None, after: Document | None) -> None:
        """Raises RoleMissing unless the administrator may make this of that; None is nothing."""
        units = await self.units(administrator)
        moved = _parent(before) != _parent(after) or before is None or after is None
        for document in (before, after):
            if document is None:
                continue
            # A unit counts as it stands on this side of the change, where it may not be in the tree yet.
            tree = {**units, document.id: document} if isinstance(document, OrganizationUnit) else units
            if not may_change(administrator, document, tree):
                raise RoleMissing(_explained(administrator, document))
            if moved and isinstance(document, OrganizationUnit) and not may_place(administrator, document, tree):
                raise RoleMissing(f"organization unit '{document.id}' is not below your own: ask who is above")

    async def selectable(
        self, administrator: Administrator, kind: Kind, unit_id: str | None, offered_to: str | None
    ) -> frozenset[str] | None:
        """The organization units whose documents are listed; None for all. Raises RoleMissing, InvalidRequest."""
        if offered_to is not None:
            return await self._offered_to(administrator, kind, offered_to)
        if _has_whole_tenant(administrator):
            return None if unit_id is None else frozenset({unit_id})
        units, own = await self.units(administrator), administrator.organization_unit_id
        below = {one for one in units if own is not None and is_same_or_higher(own, one, units)}
        if unit_id is None:
            return frozenset(below)
        above = own is not None and kind in OFFERED_KINDS and is_same_or_higher(unit_id, own, units)
        return frozenset({unit_id} if unit_id in below or above else ())

    async def _offered_to(self, administrator: Administrator, kind: Kind, unit_id: str) -> frozenset[str]:
        if kind not in OFFERED_KINDS:
            raise InvalidRequest(
                "is for kinds that others select: templates, messages, calendars, workflows", "offeredTo"
            )
        units = await self.tree(administrator.tenant_id)
        own = administrator.organization_unit_id
        if not _has_whole_tenant(administrator) and not (own and is_same_or_higher(own, unit_id, units)):
            raise RoleMissing(f"organization unit '{unit_id}' is neither your own nor below it")
        return frozenset(one for one in units if is_same_or_higher(one, unit_id, units))


class Sight:
    """What an administrator sees in one call; every document is read once."""

    def __init__(self, administration: Administration, administrator: Administrator) -> None:
        self._administration, self._administrator = administration, administrator
        self._access = Access(administration)
        self._known: dict[DocumentKey, Document | None] = {}
        self._units: Units | None = None

    async def document(self, key: DocumentKey) -> Document | None:
        if key not in self._known:
            stored = await self._administration.read(self._administrator.tenant_id, key)
            self._known[key] = stored.document if stored is not None else None
        return self._known[key]

    async def name(self, key: DocumentKey) -> str:
        """What people call it; its id where it is gone."""
        document = await self.document(key)
        return name_of(document) if document is not None else key.id

    async def sees(self, key: DocumentKey) -> bool:
        """Whether what belongs to this document may be seen; of one that is gone only by those of the whole tenant."""
        if _has_whole_tenant(self._administrator):
            return True
        document = await self.document(key)
        if self._units is None:
            self._units = await self._access.units(self._administrator)
        return document is not None and may_see(self._administrator, document, self._units)

    async def check_change(self, key: DocumentKey) -> None:
        """Raises RoleMissing unless the administrator may change the document, and so what belongs to it."""
        document = await self.document(key)
        if document is None:
            require(self._administrator, Role.TENANT_ADMINISTRATOR)
            return
        await self._access.check_change(self._administrator, document, document)


def require(administrator: Administrator, *roles: Role) -> None:
    """Raises RoleMissing unless the administrator has one of the roles for the whole tenant."""
    if not (administrator.roles & set(roles) and _has_whole_tenant(administrator)):
        raise RoleMissing(f"this needs the role {' or '.join(roles)} for the whole tenant")


def _has_whole_tenant(administrator: Administrator) -> bool:
    return has_whole_tenant(administrator.roles)


def _parent(document: Document | None) -> str | None:
    return document.parent_id if isinstance(document, OrganizationUnit) else None


def _explained(administrator: Administrator, document: Document) -> str:
    key = key_of(document)
    roles = ", ".join(sorted(administrator.roles)) or "none"
    within = (
        f" in organization unit '{administrator.organization_unit_id}'" if administrator.organization_unit_id else ""
    )
    return f"changing {key.kind} '{key.id}' needs another role, or the role for another unit; you have {roles}{within}"
