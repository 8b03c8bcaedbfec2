"""Services: what customers see as one contact, behind which members take tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.errors import Finding
from shared.domain.licences import SERVICE_BASE_LICENCES, Licence
from shared.domain.modalities import MODALITIES
from shared.domain.users import InteractAccess, check_access


@dataclass(frozen=True)
class ServiceModality:
    """The *Modalities* tab for one modality: switched on, handled by which workflow, with which system messages."""

    enabled: bool = False
    workflow_id: str | None = None
    system_messages_id: str | None = None


@dataclass(frozen=True)
class ServiceDistribution:
    """How members of a service get its tasks. Times are whole seconds.

    `after_call_work`: so long an agent is left alone after a conversation. `busy_selectable`, `away_selectable`:
    whether members who are Busy or Away in Teams are offered tasks. `concurrency_cap`: how many tasks the service may
    have at the same time; None takes the tenant's.
    """

    after_call_work: int = 0
    busy_selectable: bool = False
    away_selectable: bool = False
    concurrency_cap: int | None = None


LONGEST_AFTER_CALL_WORK = 3_600
CONCURRENCY_CAP = (1, 50)
"""The vendor's bounds; 20 is its default (see `domain.tenants`)."""


@dataclass(frozen=True)
class Service:
    """A service with its members (user ids). A modality must be enabled here *and* exposed through Interact."""

    id: str
    name: str
    organization_unit_id: str
    licences: frozenset[Licence] = frozenset()
    modalities: Mapping[str, ServiceModality] = field(default_factory=dict)
    interact: InteractAccess = field(default_factory=InteractAccess)
    members: tuple[str, ...] = ()
    distribution: ServiceDistribution = field(default_factory=ServiceDistribution)


def check_service(service: Service) -> tuple[Finding, ...]:
    """All rules that a service's own settings break."""
    findings = list(check_access(service.interact, service.licences, service=True))
    if Licence.INTERACT in service.licences and not service.licences & SERVICE_BASE_LICENCES:
        findings.append(
            Finding(
                "base_licence_missing", "licences", "an Interact licence needs Enterprise or Contact Center as well"
            )
        )
    for modality_id, settings in service.modalities.items():
        if modality_id not in MODALITIES:
            names = ", ".join(MODALITIES)
            findings.append(Finding("modality_unknown", f"modalities.{modality_id}", f"is not one of {names}"))
        elif settings.enabled and not settings.workflow_id:
            findings.append(
                Finding(
                    "workflow_missing", f"modalities.{modality_id}.workflow_id", "an enabled modality needs a workflow"
                )
            )
    return (*findings, *_check_distribution(service.distribution))


def _check_distribution(distribution: ServiceDistribution) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    if not 0 <= distribution.after_call_work <= LONGEST_AFTER_CALL_WORK:
        explanation = f"must be from 0 to {LONGEST_AFTER_CALL_WORK} seconds; it is {distribution.after_call_work}"
        findings.append(Finding("out_of_range", "distribution.after_call_work", explanation))
    cap, (low, high) = distribution.concurrency_cap, CONCURRENCY_CAP
    if cap is not None and not low <= cap <= high:
        explanation = f"must be from {low} to {high}, or empty for the tenant's; it is {cap}"
        findings.append(Finding("out_of_range", "distribution.concurrency_cap", explanation))
    return tuple(findings)
