"""Who is let in: whoever passes the whole chain of rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from shared.domain.admission_rules import CHAIN, OF_CONTACT, OF_TENANT, Asked, Rule
from shared.domain.contacts import Contact
from shared.domain.domain_templates import Origin
from shared.domain.errors import Refused
from shared.domain.tenants import Tenant

Known = TypeVar("Known")


def check_tenant_open(tenant: Tenant | None) -> Tenant:
    """Widget key known → tenant active → Interact enabled; raises Refused."""
    _check(OF_TENANT, Asked(tenant, None))
    return _known(tenant)


def check_modality(tenant: Tenant, contact: Contact | None, modality_id: str) -> Contact:
    """Modality on for the tenant → contact exists, licensed, active → modality enabled and exposed; raises Refused."""
    _check(OF_CONTACT, Asked(tenant, contact, modality_id))
    return _known(contact)


def admit(
    tenant: Tenant | None,
    contact: Contact | None,
    modality_id: str,
    origin: Origin | None,
    *,
    same_origin: bool = False,
) -> Contact:
    """The whole chain in its order; returns the contact or raises Refused with the first rule that says no."""
    _check(CHAIN, Asked(tenant, contact, modality_id, origin, same_origin))
    return _known(contact)


def _check(rules: Iterable[Rule], asked: Asked) -> None:
    for rule in rules:
        judgement = rule.judge(asked)
        if judgement.failed:
            raise Refused(rule.code, f"{judgement.explanation}; {judgement.advice}")


def _known(value: Known | None) -> Known:
    if value is None:
        raise AssertionError("a rule of the chain lets nothing unknown pass")
    return value
