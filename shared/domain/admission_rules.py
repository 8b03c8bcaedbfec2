"""The chain of rules that every session has to pass, in its fixed order.

A rule is one function and one line of `CHAIN`. Admission (`domain.admission`) stops at the first that fails; the
diagnosis (`domain.diagnosis`) asks all of them, so that the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.contacts import Contact
from shared.domain.documents import Kind
from shared.domain.domain_templates import Origin, allows
from shared.domain.licences import SERVICE_BASE_LICENCES, Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.refusals import RefusalCode
from shared.domain.sessions import ContactKind
from shared.domain.tenants import Tenant, TenantState
from shared.domain.verdicts import Judgement, Setting, failed, not_judged, passed


@dataclass(frozen=True)
class Asked:
    """A widget that asks for a contact; `origin` is None where the browser names none that can be used.

    `same_origin`: the browser vouches with `Sec-Fetch-Site: same-origin` for a request without an Origin header; the
    caller has then put the request's own origin in `origin`.
    """

    tenant: Tenant | None
    contact: Contact | None
    modality_id: str = INSTANT_MESSAGING.id
    origin: Origin | None = None
    same_origin: bool = False


@dataclass(frozen=True)
class Rule:
    """`id` is the condition's in a diagnosis, `code` that of the refusal; `title` is in the guide's words."""

    id: str
    code: RefusalCode
    title: str
    judge: Callable[[Asked], Judgement]


NO_TENANT = not_judged("no tenant is known")
NO_CONTACT = not_judged("no service or user is known")


def _widget_key(asked: Asked) -> Judgement:
    if asked.tenant is None:
        return failed("no tenant has this widget key", None, "copy the snippet again, from the preview of the contact")
    return passed("a tenant has this widget key", Setting(Kind.TENANT, asked.tenant.id, "widget_key"))


def _tenant_active(asked: Asked) -> Judgement:
    if asked.tenant is None:
        return NO_TENANT
    setting = Setting(Kind.TENANT, asked.tenant.id, "state")
    if asked.tenant.state is not TenantState.ACTIVE:
        return failed(f"the tenant is {asked.tenant.state.value}", setting, "set the tenant's state to active")
    return passed("the tenant is active", setting)


def _interact_enabled(asked: Asked) -> Judgement:
    if asked.tenant is None:
        return NO_TENANT
    setting = Setting(Kind.TENANT, asked.tenant.id, "interact_enabled")
    if not asked.tenant.interact_enabled:
        why = "Interact is switched off in the tenant's extensions"
        return failed(why, setting, "enable Interact in the tenant's Extensions tab")
    return passed("Interact is enabled for the tenant", setting)


def _instant_messaging_enabled(asked: Asked) -> Judgement:
    if asked.tenant is None:
        return NO_TENANT
    setting = Setting(Kind.TENANT, asked.tenant.id, "instant_messaging_enabled")
    if asked.modality_id == INSTANT_MESSAGING.id and not asked.tenant.instant_messaging_enabled:
        why = "Instant Messaging is not enabled for the tenant"
        return failed(why, setting, "enable Instant Messaging in the tenant's Modalities tab")
    return passed("the tenant may use this modality", setting)


def _contact_known(asked: Asked) -> Judgement:
    if asked.contact is None:
        return failed("no such service or user", None, "check the id in the snippet: copy it from the preview")
    return passed("there is such a contact", _of(asked.contact, "id"))


def _interact_licence(asked: Asked) -> Judgement:
    if asked.contact is None:
        return NO_CONTACT
    setting = _of(asked.contact, "licences")
    if Licence.INTERACT not in asked.contact.licences:
        return failed("the contact has no Interact licence", setting, "assign an Interact licence in the General tab")
    return passed("an Interact licence is assigned", setting)


def _base_licence(asked: Asked) -> Judgement:
    if asked.contact is None:
        return NO_CONTACT
    if asked.contact.service is None:
        return passed("users need no other licence")
    setting = _of(asked.contact, "licences")
    if not asked.contact.licences & SERVICE_BASE_LICENCES:
        why = "the service has neither Enterprise nor Contact Center"
        return failed(why, setting, "assign an Enterprise or a Contact Center licence to the service")
    return passed("Enterprise or Contact Center is assigned", setting)


def _interact_active(asked: Asked) -> Judgement:
    if asked.contact is None:
        return NO_CONTACT
    setting = _of(asked.contact, "interact.active")
    if not asked.contact.interact.active:
        why = "Interact is not activated in the contact's Interact tab"
        return failed(why, setting, "activate Interact in the Interact tab")
    return passed("Interact is activated", setting)


def _modality_enabled(asked: Asked) -> Judgement:
    if asked.contact is None:
        return NO_CONTACT
    is_service = asked.contact.service is not None
    field = f"modalities.{asked.modality_id}.enabled" if is_service else "interact.modalities"
    setting = _of(asked.contact, field)
    if not asked.contact.enables(asked.modality_id):
        fix = "enable it in the Modalities tab" if is_service else "enable it in the Interact tab"
        return failed(f"{asked.modality_id} is not enabled in the contact's settings", setting, fix)
    return passed(f"{asked.modality_id} is enabled", setting)


def _modality_exposed(asked: Asked) -> Judgement:
    if asked.contact is None:
        return NO_CONTACT
    if asked.contact.service is None:
        return passed("users have no Modalities tab: what is enabled is exposed")
    setting = _of(asked.contact, "interact.modalities")
    if asked.modality_id not in asked.contact.interact.modalities:
        why = f"{asked.modality_id} is not exposed in the contact's Interact tab"
        return failed(why, setting, "enable the modality in the Interact tab as well")
    return passed(f"{asked.modality_id} is exposed", setting)


def _workflow(asked: Asked) -> Judgement:
    if asked.contact is None:
        return NO_CONTACT
    if asked.contact.service is None:
        return passed("users need no workflow")
    setting = _of(asked.contact, f"modalities.{asked.modality_id}.workflow_id")
    if asked.contact.workflow is None:
        why = f"no workflow of the matching type is selected for {asked.modality_id}"
        return failed(why, setting, "select a workflow of this type in the Modalities tab")
    return passed(f"workflow '{asked.contact.workflow.name}' handles it", setting)


def _domain_template(asked: Asked) -> Judgement:
    if asked.contact is None:
        return NO_CONTACT
    setting = _of(asked.contact, "interact.domain_template_id")
    if not asked.contact.interact.restrict_access:
        return passed("access is not restricted", _of(asked.contact, "interact.restrict_access"))
    if asked.contact.template is None:
        why = "Restrict Access is on, but its domain template is gone"
        return failed(why, setting, "select a domain template in the Interact tab")
    return passed(f"access is restricted by the domain template '{asked.contact.template.name}'", setting)


def _origin_usable(asked: Asked) -> Judgement:
    if asked.contact is None:
        return NO_CONTACT
    if not asked.contact.interact.restrict_access:
        return passed("access is not restricted")
    if asked.origin is None:
        hint = "" if asked.same_origin else "; only browsers can open a restricted widget"
        fix = "serve the page by http or https: files, sandboxed frames and data URLs have no origin"
        return failed(f"the request names no usable Origin{hint}", None, fix)
    return passed(f"the browser names {asked.origin}")


def _origin_allowed(asked: Asked) -> Judgement:
    if asked.contact is None:
        return NO_CONTACT
    if not asked.contact.interact.restrict_access:
        return passed("access is not restricted", _of(asked.contact, "interact.restrict_access"))
    template = asked.contact.template
    if template is None or asked.origin is None:
        return not_judged("there is no domain template" if template is None else "there is no origin")
    setting = Setting(Kind.DOMAIN_TEMPLATE, template.id, "domains")
    if not allows(template, asked.origin):
        why = f"{asked.origin} equals no row of the domain template '{template.name}'"
        fix = "add a row for {origin}, or switch Restrict Access off to test"
        return failed(why, setting, fix, origin=str(asked.origin))
    return passed(f"a row of the domain template '{template.name}' is {asked.origin}", setting)


OF_TENANT = (
    Rule("widget_key", RefusalCode.WIDGET_KEY_UNKNOWN, "The widget key is a tenant's", _widget_key),
    Rule("tenant_active", RefusalCode.TENANT_SUSPENDED, "The tenant is active", _tenant_active),
    Rule("interact_enabled", RefusalCode.INTERACT_DISABLED, "Interact is enabled on tenant level", _interact_enabled),
)
OF_CONTACT = (
    Rule(
        "instant_messaging_enabled",
        RefusalCode.INSTANT_MESSAGING_DISABLED,
        "Instant Messaging is enabled on the tenant",
        _instant_messaging_enabled,
    ),
    Rule("contact_known", RefusalCode.CONTACT_UNKNOWN, "There is such a service or user", _contact_known),
    Rule("interact_licence", RefusalCode.CONTACT_NOT_LICENSED, "It has an Interact licence", _interact_licence),
    Rule(
        "base_licence",
        RefusalCode.SERVICE_LICENCE_MISSING,
        "The service has an Enterprise or a Contact Center licence",
        _base_licence,
    ),
    Rule("interact_active", RefusalCode.CONTACT_INACTIVE, "It is activated in the Interact tab", _interact_active),
    Rule("modality_enabled", RefusalCode.MODALITY_DISABLED, "The modality is enabled", _modality_enabled),
    Rule(
        "modality_exposed",
        RefusalCode.MODALITY_NOT_EXPOSED,
        "The modality is enabled in the Interact tab",
        _modality_exposed,
    ),
    Rule("workflow", RefusalCode.WORKFLOW_MISSING, "A workflow of the matching type is selected", _workflow),
)
OF_ORIGIN = (
    Rule(
        "domain_template",
        RefusalCode.DOMAIN_TEMPLATE_MISSING,
        "A domain template is selected where access is restricted",
        _domain_template,
    ),
    Rule("origin_usable", RefusalCode.ORIGIN_MISSING, "The page has an origin", _origin_usable),
    Rule("origin_allowed", RefusalCode.ORIGIN_NOT_ALLOWED, "The domain template allows the origin", _origin_allowed),
)
CHAIN = (*OF_TENANT, *OF_CONTACT, *OF_ORIGIN)


def _of(contact: Contact, field: str) -> Setting:
    if contact.service is None and contact.user is None:
        return Setting(Kind.USER, "", field)
    reference = contact.reference
    return Setting(Kind.SERVICE if reference.kind is ContactKind.SERVICE else Kind.USER, reference.id, field)
