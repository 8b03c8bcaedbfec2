"""What a configuration document has to fulfil before it is saved, and which others it refers to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from shared.adapters.documents import to_json
from shared.adapters.site_keys import key_findings
from shared.domain.calendar_rules import check_calendar
from shared.domain.calendars import Calendar
from shared.domain.documents import Document, DocumentKey
from shared.domain.domain_lint import check_domains
from shared.domain.domain_templates import DomainTemplate
from shared.domain.errors import Finding
from shared.domain.licences import covers_workflow
from shared.domain.modalities import INSTANT_MESSAGING, MODALITIES
from shared.domain.names import check_names
from shared.domain.organization_units import OrganizationUnit, is_same_or_higher
from shared.domain.references import Reference, references
from shared.domain.services import Service, check_service
from shared.domain.system_messages import SystemMessages, check_system_messages
from shared.domain.tenants import Tenant, check_tenant
from shared.domain.users import User, check_user
from shared.domain.workflows import Workflow

Lint = Callable[[Workflow], tuple[Finding, ...]]
"""The rules of workflows live beside the engine, where adapters cannot look; so they are handed in."""

LONGEST_ID = 200
LARGEST = 200_000
"""Bytes as they are sent, beyond ASCII six for a character. With its version and two copies in the audit log, a
document has to fit into one transaction; one of 1 MiB is sent without stopping others."""
MOST_CALENDARS = 20
"""Of one workflow. Its session takes all of them along, and its references are saved in one transaction of 100 rows."""


def own_findings(document: Document, lint: Lint | None, old: Document | None = None) -> tuple[Finding, ...]:
    """The rules that the document breaks by itself; `old` is what it replaces.

    Who withdraws a licence keeps the settings that need it, so that these are missing nothing when it comes back.
    """
    found = _own_findings(document, lint)
    if isinstance(document, Service | User) and isinstance(old, Service | User) and old.interact.active:
        return tuple(finding for finding in found if finding.rule != "licence_missing")
    return found


def licence_findings(document: Document, old: Document | None) -> tuple[Finding, ...]:
    """Workflows that are applied to a service whose licences do not cover them; what was applied before stays."""
    if not isinstance(document, Service) or covers_workflow(document.licences):
        return ()
    before = old.modalities if isinstance(old, Service) else {}
    why = "assign an Enterprise or Contact Center licence to the service before a workflow"
    return tuple(
        Finding("workflow_not_covered", f"modalities.{modality_id}.workflow_id", why)
        for modality_id, settings in document.modalities.items()
        if settings.workflow_id
        and (modality_id not in before or before[modality_id].workflow_id != settings.workflow_id)
    )


def tenant_findings(document: Document, old: Document | None, tenant: Tenant | None) -> tuple[Finding, ...]:
    """What the tenant has to enable before it is set; what was set before stays as it is."""
    if tenant is None or tenant.instant_messaging_enabled or not isinstance(document, Service | User):
        return ()
    before = _instant_messaging_settings(old)
    why = "enable Instant Messaging in the tenant's modalities first"
    return tuple(
        Finding("instant_messaging_disabled", field, why)
        for field in _instant_messaging_settings(document)
        if field not in before
    )


def _instant_messaging_settings(document: Document | None) -> tuple[str, ...]:
    """The settings of Instant Messaging that are on."""
    modality_id, fields = INSTANT_MESSAGING.id, []
    if isinstance(document, Service):
        settings = document.modalities.get(modality_id)
        if settings is not None and settings.enabled:
            fields.append(f"modalities.{modality_id}.enabled")
    if isinstance(document, Service | User) and modality_id in document.interact.modalities:
        fields.append("interact.modalities")
    return tuple(fields)


def _own_findings(document: Document, lint: Lint | None) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    if not 1 <= len(document.id) <= LONGEST_ID:
        findings.append(Finding("id_length", "id", f"needs 1 to {LONGEST_ID} characters"))
    findings += (*check_names(_names(document), needed=_name_field(document)), *_check_size(document))
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
            findings += check_domains(document)
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
            findings += target_findings(document, reference, target, units)
    if isinstance(document, OrganizationUnit) and document.parent_id:
        known = {**units, document.id: document}
        if is_same_or_higher(document.id, document.parent_id, known):
            findings.append(Finding("cycle", "parent_id", "an organization unit cannot be below itself"))
    return tuple(findings)


def target_findings(
    document: Document, reference: Reference, target: Document, units: Mapping[str, OrganizationUnit]
) -> list[Finding]:
    """Why a document that is there may not be referred to in this place."""
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


def _name_field(document: Document) -> str:
    return "display_name" if isinstance(document, User) else "name"


def _names(document: Document) -> dict[str, str]:
    """The names of a document by their fields."""
    fields = [_name_field(document)]
    if isinstance(document, User):
        fields += ["first_name", "last_name", "upn"]
    if isinstance(document, SystemMessages) and document.display_name:
        fields.append("display_name")
    return {field: getattr(document, field) for field in fields}


def _check_size(document: Document) -> list[Finding]:
    size = len(json.dumps(to_json(document)))
    if size <= LARGEST:
        return []
    return [Finding("too_large", "", f"has {size:,} bytes when it is sent to be stored; at most {LARGEST:,} can be")]
