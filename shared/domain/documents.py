"""The documents of the configuration: what an administrator creates, changes and deletes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.calendars import Calendar
from shared.domain.domain_templates import DomainTemplate
from shared.domain.organization_units import OrganizationUnit
from shared.domain.services import Service
from shared.domain.system_messages import SystemMessages
from shared.domain.tenants import Tenant
from shared.domain.users import User
from shared.domain.workflows import Workflow

Document = Tenant | OrganizationUnit | DomainTemplate | SystemMessages | Calendar | Workflow | Service | User


class Kind(StrEnum):
    """The kinds of configuration documents, as they are stored and as the management API names them."""

    TENANT = "tenant"
    ORGANIZATION_UNIT = "organizationUnit"
    DOMAIN_TEMPLATE = "domainTemplate"
    SYSTEM_MESSAGES = "systemMessages"
    CALENDAR = "calendar"
    WORKFLOW = "workflow"
    SERVICE = "service"
    USER = "user"


TYPE_OF_KIND: dict[Kind, type[Document]] = {
    Kind.TENANT: Tenant,
    Kind.ORGANIZATION_UNIT: OrganizationUnit,
    Kind.DOMAIN_TEMPLATE: DomainTemplate,
    Kind.SYSTEM_MESSAGES: SystemMessages,
    Kind.CALENDAR: Calendar,
    Kind.WORKFLOW: Workflow,
    Kind.SERVICE: Service,
    Kind.USER: User,
}
KIND_OF_TYPE: dict[type[Document], Kind] = {kind: name for name, kind in TYPE_OF_KIND.items()}


@dataclass(frozen=True)
class DocumentKey:
    """Names one document of a tenant."""

    kind: Kind
    id: str


def key_of(document: Document) -> DocumentKey:
    return DocumentKey(KIND_OF_TYPE[type(document)], document.id)


def unit_of(document: Document) -> str | None:
    """The organization unit that a document belongs to, a unit to itself; None for the tenant, which is above all."""
    if isinstance(document, Tenant):
        return None
    return document.id if isinstance(document, OrganizationUnit) else document.organization_unit_id


def name_of(document: Document) -> str:
    """What people call a document."""
    return document.display_name if isinstance(document, User) else document.name
