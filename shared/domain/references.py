"""Which documents a document refers to: nothing is deleted to which others refer, and nothing refers to nothing."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.documents import Document, DocumentKey, Kind
from shared.domain.organization_units import OrganizationUnit
from shared.domain.services import Service
from shared.domain.tenants import Tenant
from shared.domain.users import User
from shared.domain.workflows import Workflow


@dataclass(frozen=True)
class Reference:
    """A field of one document that names another."""

    field: str
    target: DocumentKey


def references(document: Document) -> tuple[Reference, ...]:
    """All references of a document. Members of a service are none: who left the tenant is passed over when offering."""
    found: list[tuple[str, Kind, str | None]] = []
    if isinstance(document, OrganizationUnit):
        found.append(("parent_id", Kind.ORGANIZATION_UNIT, document.parent_id))
    elif not isinstance(document, Tenant):
        found.append(("organization_unit_id", Kind.ORGANIZATION_UNIT, document.organization_unit_id))
    if isinstance(document, Service | User):
        found.append(("interact.domain_template_id", Kind.DOMAIN_TEMPLATE, document.interact.domain_template_id))
    if isinstance(document, Workflow):
        found += [(field, Kind.CALENDAR, named) for field, named in document.calendars()]
    if isinstance(document, User):
        found.append(("direct_system_messages_id", Kind.SYSTEM_MESSAGES, document.direct_system_messages_id))
    if isinstance(document, Service):
        for modality_id, settings in document.modalities.items():
            name = f"modalities.{modality_id}"
            found.append((f"{name}.workflow_id", Kind.WORKFLOW, settings.workflow_id))
            found.append((f"{name}.system_messages_id", Kind.SYSTEM_MESSAGES, settings.system_messages_id))
    return tuple(Reference(field, DocumentKey(kind, target)) for field, kind, target in found if target)


def targets_of(document: Document) -> tuple[DocumentKey, ...]:
    """What the document refers to, each once."""
    return tuple(dict.fromkeys(reference.target for reference in references(document)))
