"""Reads what the chain of rules needs, and asks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.admission import admit, check_modality, check_tenant_open
from shared.domain.consent import Consent, check_consent
from shared.domain.contacts import Contact
from shared.domain.domain_templates import Origin
from shared.domain.errors import InvalidRequest
from shared.domain.modalities import INSTANT_MESSAGING, MODALITIES
from shared.domain.parameters import Agent, Customer, render
from shared.domain.previews import LONGEST_PASS, PreviewPass, check_pass, check_series, read_pass
from shared.domain.sessions import ContactReference
from shared.domain.system_messages import Wording, wording
from shared.domain.tenants import Tenant
from shared.domain.workflows import Definition
from shared.ports import Ports, SealPurpose
from shared.workflow.direct import DIRECT_WORKFLOW


@dataclass(frozen=True)
class Caller:
    """Who asks, as the browser says: the page's origin, None where it gave none that can be used.

    `preview_pass` is that of a preview link; `in_preview`: the page is of this deployment itself.
    """

    origin: Origin | None
    same_origin: bool = False
    preview_pass: str = ""
    in_preview: bool = False

    @property
    def name(self) -> str:
        return str(self.origin) if self.origin else ""


@dataclass(frozen=True)
class Admitted:
    """A contact that this caller may talk to; `preview` where an administrator's link lets it in."""

    tenant: Tenant
    contact: Contact
    preview: PreviewPass | None = None

    @property
    def display_name(self) -> str:
        """What the customer sees: the service's name, or the user's name as the Direct System Message shows it."""
        if self.contact.service is not None:
            return self.contact.service.name
        user = self.contact.user
        if user is None:
            return ""
        custom = self.contact.system_messages.display_name if self.contact.system_messages else None
        return _custom_name(custom, user.display_name, user.first_name, user.last_name, user.upn)


async def admit_caller(
    ports: Ports, widget_key: str, reference: ContactReference, modality_id: str, caller: Caller
) -> Admitted:
    """Admit a widget; raises Refused with the first rule that says no, InvalidRequest for an unknown modality.

    A pass takes the place of the page's origin; one that is not good is refused, also where nothing is restricted.
    """
    if modality_id not in MODALITIES:
        raise InvalidRequest(f"must be one of {', '.join(MODALITIES)}", "modality")
    tenant = check_tenant_open(await ports.config.tenant_by_widget_key(widget_key))
    contact = await ports.config.contact(tenant.id, reference, modality_id)
    if caller.preview_pass:
        preview = await let_in(ports, caller, tenant.id, reference)
        return Admitted(tenant, check_modality(tenant, contact, modality_id), preview)
    checked = admit(tenant, contact, modality_id, caller.origin, same_origin=caller.same_origin)
    return Admitted(tenant, checked)


def agreed(admitted: Admitted, language: str | None, digest: str | None, now: datetime) -> Consent | None:
    """What the visitor has agreed to, where the contact has a notice; raises ConsentMissing."""
    notices = admitted.contact.interact.widget.consent
    return check_consent(notices, language, admitted.tenant.default_language, digest, now)


async def let_in(ports: Ports, caller: Caller, tenant_id: str, reference: ContactReference) -> PreviewPass:
    """What the caller's pass says; raises Refused unless it counts, here and now."""
    given = open_pass(ports, caller.preview_pass)
    check_pass(given, tenant_id, reference.key, ports.clock.now(), in_preview=caller.in_preview)
    check_series(given, await ports.preview_series.current(tenant_id, reference.key))
    return given


def open_pass(ports: Ports, sealed: str) -> PreviewPass:
    """What a pass says, whether or not it still counts; raises Refused for what is none."""
    bounded = sealed if len(sealed) <= LONGEST_PASS else ""
    return read_pass(ports.seals.open(SealPurpose.PREVIEW_PASS, bounded))


def define(admitted: Admitted, language: str, modality_id: str = INSTANT_MESSAGING.id) -> Definition:
    """All that the engine needs, frozen for the session."""
    tenant, contact = admitted.tenant, admitted.contact
    workflow = contact.workflow if contact.service is not None and contact.workflow is not None else DIRECT_WORKFLOW
    return Definition(
        workflow=workflow,
        wording=_wording(contact, language, tenant),
        contact_name=admitted.display_name,
        language=language,
        recovery_timeout=tenant.session_recovery_timeout,
        default_language=tenant.default_language,
        retention_days=tenant.retention_days,
        store_conversation_context=tenant.store_conversation_context,
        after_call_work=contact.service.distribution.after_call_work if contact.service is not None else 0,
        message_budget=tenant.message_budget,
        calendars=contact.calendars,
    )


def _wording(contact: Contact, language: str, tenant: Tenant) -> Wording:
    return wording(contact.system_messages, language, tenant.default_language)


def _custom_name(custom: str | None, display_name: str, first_name: str, last_name: str, upn: str) -> str:
    if not custom:
        return display_name
    agent = Agent("", display_name, first_name, last_name, upn)
    return render(custom, Customer("", ""), agent).strip() or display_name
