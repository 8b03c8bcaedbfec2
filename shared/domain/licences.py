"""Licences of users and services."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared.domain.errors import Finding


class Licence(StrEnum):
    """What a user or a service can be licensed for."""

    INTERACT = "interact"
    INSTANT_MESSAGING = "instantMessaging"
    ENTERPRISE = "enterprise"
    CONTACT_CENTER = "contactCenter"


SERVICE_BASE_LICENCES = frozenset({Licence.ENTERPRISE, Licence.CONTACT_CENTER})


def covers_interact(licences: frozenset[Licence], *, service: bool) -> bool:
    """Whether Interact may be used: a service needs Enterprise or Contact Center besides (the guide, "Use Case")."""
    return Licence.INTERACT in licences and (not service or bool(licences & SERVICE_BASE_LICENCES))


def covers_workflow(licences: frozenset[Licence]) -> bool:
    """Whether a service of these licences may be handled by a workflow; the vendor refuses to apply one without."""
    return bool(licences & SERVICE_BASE_LICENCES)


def check_bought(bought: Mapping[Licence, int]) -> tuple[Finding, ...]:
    """Numbers of licences that nobody can have bought."""
    return tuple(
        Finding("out_of_range", f"licences_bought.{licence}", "must be 0 or more; leave it out for unlimited")
        for licence, number in bought.items()
        if number < 0
    )
