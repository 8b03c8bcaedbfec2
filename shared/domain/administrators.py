"""Administrators: what each role may see and change, and which documents are offered for selection.

The guide names tenant, organization unit and workflow administrators; a reader changes nothing. The role of an
organization unit administrator counts for one unit and all below it; every other role counts for the whole tenant.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.documents import Document, Kind, key_of, unit_of
from shared.domain.organization_units import OrganizationUnit, is_same_or_higher


class Role(StrEnum):
    """The app roles of Microsoft Entra ID, as the management API names them."""

    TENANT_ADMINISTRATOR = "tenantAdministrator"
    ORGANIZATION_UNIT_ADMINISTRATOR = "organizationUnitAdministrator"
    WORKFLOW_ADMINISTRATOR = "workflowAdministrator"
    READER = "reader"


WORKFLOW_KINDS = frozenset({Kind.WORKFLOW, Kind.CALENDAR})
"""What a workflow administrator changes: workflows, and the opening hours that they look at."""
OFFERED_KINDS = frozenset(
    {Kind.ORGANIZATION_UNIT, Kind.DOMAIN_TEMPLATE, Kind.SYSTEM_MESSAGES, Kind.CALENDAR, Kind.WORKFLOW}
)
"""What others select. The guide: those of the same or a higher organization unit are available for selection."""

Units = Mapping[str, OrganizationUnit]


@dataclass(frozen=True)
class Administrator:
    """Who calls the management API, as an access token says.

    The unit is that of an organization unit administrator, whose role counts for nothing without one. It limits no
    other role: a reader who is somebody's colleague in a unit reads everything all the same.
    """

    id: str
    name: str
    tenant_id: str
    roles: frozenset[Role]
    organization_unit_id: str | None = None


def may_see(administrator: Administrator, document: Document, units: Units) -> bool:
    """Whether the document may be read as one of the administrator's own; see `is_offered` for the others.

    The tenant's settings hold no secret, and snippets need its widget key: every role may read them.
    """
    if _is_tenant(document):
        return bool(administrator.roles)
    return _reaches(administrator, unit_of(document), units, administrator.roles)


def is_offered(administrator: Administrator, document: Document, units: Units) -> bool:
    """Whether the document may be read in order to be selected in documents of the administrator's unit."""
    own = administrator.organization_unit_id
    unit_id = unit_of(document)
    if not administrator.roles or own is None or unit_id is None or key_of(document).kind not in OFFERED_KINDS:
        return False
    return is_same_or_higher(unit_id, own, units)


def may_change(administrator: Administrator, document: Document, units: Units) -> bool:
    """Whether the document may be created, changed or deleted as it stands here.

    A change has to be allowed both of what was and of what becomes of it, so that nothing is moved to where its
    administrator has no say, or taken from there.
    """
    if Role.TENANT_ADMINISTRATOR in administrator.roles:
        return True
    counting = {Role.ORGANIZATION_UNIT_ADMINISTRATOR}
    if key_of(document).kind in WORKFLOW_KINDS:
        counting.add(Role.WORKFLOW_ADMINISTRATOR)
    return not _is_tenant(document) and _reaches(
        administrator, unit_of(document), units, administrator.roles & counting
    )


def may_place(administrator: Administrator, unit: OrganizationUnit, units: Units) -> bool:
    """Whether the unit may be created, moved or deleted where it stands: that takes a say in what is above it."""
    if Role.TENANT_ADMINISTRATOR in administrator.roles:
        return True
    counting = administrator.roles & {Role.ORGANIZATION_UNIT_ADMINISTRATOR}
    return _reaches(administrator, unit.parent_id, units, counting)


def has_whole_tenant(roles: Set[Role]) -> bool:
    """Whether one of the roles counts for the whole tenant."""
    return bool(roles - {Role.ORGANIZATION_UNIT_ADMINISTRATOR})


def _is_tenant(document: Document) -> bool:
    return key_of(document).kind is Kind.TENANT


def _reaches(administrator: Administrator, unit_id: str | None, units: Units, roles: frozenset[Role]) -> bool:
    """Whether these of the administrator's roles count for the unit."""
    if has_whole_tenant(roles):
        return True
    own = administrator.organization_unit_id
    return bool(roles) and own is not None and unit_id is not None and is_same_or_higher(own, unit_id, units)
