"""Who a widget may talk to: the chain of rules that every session has to pass, in its fixed order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.calendars import Calendar
from shared.domain.domain_templates import DomainTemplate, Origin, allows
from shared.domain.errors import Refused
from shared.domain.licences import Licence, covers_interact
from shared.domain.modalities import INSTANT_MESSAGING, MODALITIES
from shared.domain.refusals import RefusalCode
from shared.domain.services import Service
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.system_messages import SystemMessages
from shared.domain.tenants import Tenant, TenantState
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import Workflow


@dataclass(frozen=True)
class Contact:
    """A service or a user with all that belongs to it, as read from the configuration."""

    service: Service | None = None
    user: User | None = None
    template: DomainTemplate | None = None
    system_messages: SystemMessages | None = None
    workflow: Workflow | None = None
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    @property
    def reference(self) -> ContactReference:
        if self.service is not None:
            return ContactReference(ContactKind.SERVICE, self.service.id)
        if self.user is not None:
            return ContactReference(ContactKind.USER, self.user.id)
        raise ValueError("a contact is a service or a user")

    @property
    def interact(self) -> InteractAccess:
        target = self.service or self.user
        return target.interact if target else InteractAccess()

    @property
    def licences(self) -> frozenset[Licence]:
        target = self.service or self.user
        return target.licences if target else frozenset()

    @property
    def exposed_modalities(self) -> tuple[str, ...]:
        """Modalities that a widget can use: exposed and, for a service, enabled with a workflow."""
        return tuple(m for m in MODALITIES if m in self.interact.modalities and self.enables(m))

    def enables(self, modality_id: str) -> bool:
        if self.service is None:
            return modality_id in self.interact.modalities
        settings = self.service.modalities.get(modality_id)
        return settings is not None and settings.enabled


def check_tenant_open(tenant: Tenant | None) -> Tenant:
    """Widget key known → tenant active → Interact enabled; raises Refused."""
    if tenant is None:
        raise Refused(RefusalCode.WIDGET_KEY_UNKNOWN, "no tenant has this widget key; copy the snippet again")
    if tenant.state is not TenantState.ACTIVE:
        raise Refused(RefusalCode.TENANT_SUSPENDED, f"the tenant is {tenant.state.value}")
    if not tenant.interact_enabled:
        raise Refused(RefusalCode.INTERACT_DISABLED, "Interact is switched off in the tenant's extensions")
    return tenant


def check_modality(tenant: Tenant, contact: Contact | None, modality_id: str) -> Contact:
    """Modality on for the tenant → contact exists, licensed, active → modality enabled and exposed; raises Refused."""
    if modality_id == INSTANT_MESSAGING.id and not tenant.instant_messaging_enabled:
        raise Refused(RefusalCode.INSTANT_MESSAGING_DISABLED, "Instant Messaging is not enabled for the tenant")
    if contact is None:
        raise Refused(RefusalCode.CONTACT_UNKNOWN, "no such service or user; check the id in the snippet")
    is_service = contact.service is not None
    if Licence.INTERACT not in contact.licences:
        raise Refused(RefusalCode.CONTACT_NOT_LICENSED, "the contact has no Interact licence")
    if not covers_interact(contact.licences, service=is_service):
        raise Refused(RefusalCode.SERVICE_LICENCE_MISSING, "the service has neither Enterprise nor Contact Center")
    if not contact.interact.active:
        raise Refused(RefusalCode.CONTACT_INACTIVE, "Interact is not activated in the contact's Interact tab")
    if not contact.enables(modality_id):
        raise Refused(RefusalCode.MODALITY_DISABLED, f"{modality_id} is not enabled in the contact's settings")
    if modality_id not in contact.interact.modalities:
        raise Refused(RefusalCode.MODALITY_NOT_EXPOSED, f"{modality_id} is not exposed in the contact's Interact tab")
    if is_service and contact.workflow is None:
        raise Refused(RefusalCode.WORKFLOW_MISSING, f"no workflow of the matching type is selected for {modality_id}")
    return contact


def check_origin(contact: Contact, origin: Origin | None, *, same_origin: bool) -> None:
    """Access restricted → the origin matches a row of the template exactly; raises Refused.

    `same_origin`: the browser vouches with `Sec-Fetch-Site: same-origin` for a request without an Origin header;
    the caller has then put the request's own origin in `origin`.
    """
    if not contact.interact.restrict_access:
        return
    if contact.template is None:
        raise Refused(RefusalCode.DOMAIN_TEMPLATE_MISSING, "Restrict Access is on, but its domain template is gone")
    if origin is None:
        hint = "" if same_origin else "; only browsers can open a restricted widget"
        raise Refused(RefusalCode.ORIGIN_MISSING, f"the request names no usable Origin{hint}")
    if not allows(contact.template, origin):
        raise Refused(
            RefusalCode.ORIGIN_NOT_ALLOWED, f"{origin} equals no row of the domain template '{contact.template.name}'"
        )


def admit(
    tenant: Tenant | None,
    contact: Contact | None,
    modality_id: str,
    origin: Origin | None,
    *,
    same_origin: bool = False,
) -> Contact:
    """The whole chain in its order; returns the contact or raises Refused with the first rule that says no."""
    checked = check_modality(check_tenant_open(tenant), contact, modality_id)
    check_origin(checked, origin, same_origin=same_origin)
    return checked
