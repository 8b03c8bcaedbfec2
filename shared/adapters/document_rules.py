"""What a configuration document has to fulfil before it is saved, and which others it refers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.adapters.site_keys import key_findings
from shared.domain.calendar_rules import check_calendar
from shared.domain.calendars import Calendar
from shared.domain.documents import Document, DocumentKey, Kind
from shared.domain.domain_templates import DomainTemplate, row_origin
from shared.domain.errors import Finding
from shared.domain.modalities import MODALITIES
from shared.domain.organization_units import OrganizationUnit, is_same_or_higher
from shared.domain.services import Service, check_service
from shared.domain.system_messages import SystemMessages, check_system_messages
from shared.domain.tenants import Tenant, check_tenant
from shared.domain.users import User, check_user
from shared.domain.workflows import Workflow

Lint = Callable[[Workflow], tuple[Finding, ...]]
"""The rules of workflows live beside the engine, where adapters cannot look; so they are handed in."""

LONGEST_ID = 200
MOST_CALENDARS = 20
"""Of one workflow. Its session takes all of them along, and its references are saved in one transaction of 100 rows."""


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


def own_findings(document: Document, lint: Lint | None) -> tuple[Finding, ...]:
    """The rules that the document breaks by itself."""
    findings: list[Finding] = []
    if not 1 <= len(document.id) <= LONGEST_ID:
        findings.append(Finding("id_length", "id", f"needs 1 to {LONGEST_ID} characters"))
    match document:
        case Tenant():
            findings += (*check_tenant(document), *key_findings(document))
        case Service():
            findings += check_service(document)
        case User():
            findings += check_user(document)
        case SystemMessages():
            findings += check_system_messages(document)
        case DomainTemplate():
            findings += _check_domains(document)
        case Calendar():
            findings += check_calendar(document)
        case Workflow():
            findings += (*(lint(document) if lint else ()), *_check_amount(document))
    return tuple(findings)


def reference_findings(
    document: Document, targets: Mapping[DocumentKey, Document], units: Mapping[str, OrganizationUnit]
) -> tuple[Finding, ...]:
    """References that lead nowhere, to the wrong thing, or to what the organization unit may not use."""
    findings: list[Finding] = []
    for reference in references(document):
        target = targets.get(reference.target)
        if target is None:
            name = f"{reference.target.kind.value} '{reference.target.id}'"
            findings.append(Finding("reference_missing", reference.field, f"there is no {name}"))
        else:
            findings += _check_target(document, reference, target, units)
    if isinstance(document, OrganizationUnit) and document.parent_id:
        known = {**units, document.id: document}
        if is_same_or_higher(document.id, document.parent_id, known):
            findings.append(Finding("cycle", "parent_id", "an organization unit cannot be below itself"))
    return tuple(findings)


def _check_target(
    document: Document, reference: Reference, target: Document, units: Mapping[str, OrganizationUnit]
) -> list[Finding]:
    findings: list[Finding] = []
    field = reference.field
    if isinstance(target, SystemMessages):
        needed = "service" if isinstance(document, Service) else "direct"
        if target.kind != needed:
            findings.append(Finding("kind_mismatch", field, f"must be {needed} system messages"))
    if isinstance(target, Workflow):
        modality = MODALITIES.get(field.split(".")[1])
        if modality is not None and target.type != modality.workflow_type:
            findings.append(Finding("workflow_type", field, f"must be a workflow of type {modality.workflow_type}"))
    choosing, chosen = Service | User | Workflow, DomainTemplate | SystemMessages | Calendar | Workflow
    if (
        isinstance(document, choosing)
        and isinstance(target, chosen)
        and not is_same_or_higher(target.organization_unit_id, document.organization_unit_id, units)
    ):
        findings.append(Finding("out_of_reach", field, "belongs to another branch of the organization units"))
    return findings


def _check_amount(workflow: Workflow) -> list[Finding]:
    named = {calendar for _, calendar in workflow.calendars()}
    if len(named) <= MOST_CALENDARS:
        return []
    return [Finding("too_many_calendars", "activities", f"name at most {MOST_CALENDARS} calendars; it is {len(named)}")]


def _check_domains(template: DomainTemplate) -> list[Finding]:
    return [
        Finding("domain_invalid", f"domains.{index}", f"{row.protocol}://{row.domain} with this port is no web origin")
        for index, row in enumerate(template.domains)
        if row_origin(row) is None
    ]
