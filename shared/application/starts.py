"""What a visitor's form asks for, checked for shape and bounds at the edge."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.errors import InvalidRequest
from shared.domain.parameters import Customer
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.system_messages import BUILT_IN
from shared.domain.tenants import Tenant


@dataclass(frozen=True)
class Start:
    """The form. `language` is the page's, of which only one that we speak counts; `consent` the digest of a notice."""

    widget_key: str
    contact: ContactReference
    modality: str
    customer: Customer
    message: str
    idempotency_key: str
    language: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    challenge_token: str | None = None
    access_token: str | None = None
    consent: str | None = None

    def language_for(self, tenant: Tenant) -> str:
        return self.language if self.language in BUILT_IN else tenant.default_language


def contact_reference(service_id: str | None, contact_id: str | None) -> ContactReference:
    """The contact that a request names; raises InvalidRequest unless it names exactly one."""
    if bool(service_id) == bool(contact_id):
        raise InvalidRequest("give either serviceId or contactId", "serviceId")
    return ContactReference(ContactKind.SERVICE if service_id else ContactKind.USER, service_id or contact_id or "")


def fingerprint(start: Start) -> str:
    """Equal for equal requests; holds no text."""
    parts = [
        start.widget_key,
        start.contact.key,
        start.modality,
        start.customer.display_name,
        start.customer.email,
        start.customer.subject,
        start.message,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
