"""Reads what a diagnosis looks at, always as it is now, and has it judged (`domain.diagnosis`)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.application.access import Access
from shared.application.contact_as_stored import ContactAsStored
from shared.application.notes import Notes
from shared.application.rate_limiter import RateLimiter
from shared.application.recently import Recently
from shared.application.tenant_extensions import LONGEST_TOKEN, Checked, TenantExtensions
from shared.application.transfers import cap_of
from shared.application.waiting import queue_name
from shared.domain.administrators import Administrator
from shared.domain.admission_rules import Asked
from shared.domain.authorization import AuthorizationMode
from shared.domain.challenges import ChallengeKind
from shared.domain.contacts import Contact
from shared.domain.diagnosis import diagnose, readiness
from shared.domain.diagnosis.condition import Judged
from shared.domain.diagnosis.facts import Facts, Member, Proof, Step
from shared.domain.diagnosis.origins import Elsewhere, Page, elsewhere, matching_row
from shared.domain.diagnosis.snippets import Snippet
from shared.domain.errors import InvalidRequest, NotFound, PortError, Refused, Rejected
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.rate_limits import Purpose
from shared.domain.refusals import SiteTokenCode
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.tenants import MessagingKind, Tenant
from shared.ports import Ports

ACS_KEPT = timedelta(seconds=30)
"""So long the check of a tenant's ACS counts: it creates an identity, and a portal may ask often."""


@dataclass(frozen=True)
class Question:
    """What somebody wonders about; what is None was not given. `public_url` is where this deployment is."""

    reference: ContactReference | None = None
    widget_key: str | None = None
    page: Page | None = None
    snippet: Snippet | None = None
    site_token: str | None = None
    public_url: str = ""


@dataclass(frozen=True)
class Diagnosed:
    """Every condition, and the contact's name where it is there."""

    question: Question
    name: str
    judged: tuple[Judged, ...]


class Diagnosis:
    """One for a process; whoever asks sees what an administrator of the contact sees."""

    def __init__(self, ports: Ports, extensions: TenantExtensions, limiter: RateLimiter) -> None:
        self._ports, self._extensions, self._limiter = ports, extensions, limiter
        self._access, self._notes = Access(ports.administration), Notes(ports)
        self._contacts = ContactAsStored(ports.administration, self._access)
        self._acs: Recently[tuple[str, str, str], tuple[Checked, ...]] = Recently(ports.clock, ACS_KEPT)

    async def diagnose(self, administrator: Administrator, question: Question) -> Diagnosed:
        """Every condition, as far as it can be judged; raises NotFound where there is no tenant yet.

        A contact that is not there, or not for this administrator's eyes, is a condition that fails.
        """
        facts = await self._facts(administrator, question)
        return Diagnosed(question, _name(facts.asked.contact), diagnose(facts))

    async def readiness(self, administrator: Administrator, reference: ContactReference) -> tuple[Judged, ...]:
        """What still keeps visitors from a contact, whatever their page; raises NotFound."""
        facts = await self._facts(administrator, Question(reference))
        if facts.asked.contact is None:
            raise NotFound(f"there is no {reference.kind.value} '{reference.id}'")
        return readiness(facts)

    async def explain_origin(
        self, administrator: Administrator, reference: ContactReference, page: Page
    ) -> tuple[Contact, int | None, tuple[Elsewhere, ...]]:
        """The contact, the row of its template that is this page's origin, and other templates that have one.

        Raises NotFound, or InvalidRequest where the page has no origin.
        """
        contact = await self._contacts.read(administrator, reference)
        if contact is None:
            raise NotFound(f"there is no {reference.kind.value} '{reference.id}'")
        if page.origin is None:
            raise InvalidRequest(page.problem, "origin")
        row = matching_row(contact.template, page.origin) if contact.template else None
        return contact, row, await self._elsewhere(administrator, contact, page)

    async def _facts(self, administrator: Administrator, question: Question) -> Facts:
        tenant, _ = await self._extensions.tenant(administrator)
        reference = question.reference
        contact = await self._contacts.read(administrator, reference) if reference else None
        page = question.page
        asked = Asked(tenant, contact, INSTANT_MESSAGING.id, page.origin if page else None)
        facts = Facts(
            now=self._ports.clock.now(),
            asked=asked,
            reference=reference,
            widget_key=question.widget_key,
            key_tenant=await self._key_tenant(tenant, question.widget_key),
            snippet=question.snippet,
            page=page,
            public_url=question.public_url,
        )
        proof, fault, acs, last, push = await asyncio.gather(
            self._proof(tenant, question.site_token),
            self._challenge_fault(tenant),
            self._acs_steps(tenant),
            self._ports.arrivals.last(tenant.id),
            self._has_push(),
        )
        facts = replace(facts, proof=proof, challenge_fault=fault, acs=acs, last_event=last, has_push=push)
        return await self._of_contact(administrator, facts, tenant)

    async def _of_contact(self, administrator: Administrator, facts: Facts, tenant: Tenant) -> Facts:
        contact, reference = facts.asked.contact, facts.reference
        if reference is None:
            return facts
        if contact is None:
            kind = ContactKind.USER if reference.kind is ContactKind.SERVICE else ContactKind.SERVICE
            other = await self._contacts.read(administrator, ContactReference(kind, reference.id))
            return replace(facts, is_other_kind=other is not None)
        slots = await self._ports.queue.slots(queue_name(tenant.id, reference)) if contact.service else None
        return replace(
            facts,
            limited=self._limiter.used_up(Purpose.START, tenant, reference.key),
            slots_taken=len(slots) if slots is not None else None,
            cap=cap_of(tenant, contact.service) if contact.service else None,
            members=await self._members(tenant.id, contact),
            elsewhere=await self._elsewhere(administrator, contact, facts.page),
            units=await self._unit_names(tenant.id, contact),
        )

    async def _key_tenant(self, own: Tenant, widget_key: str | None) -> Tenant | None:
        if widget_key is None:
            return None
        # One's own tenant as it is now, not as it was when somebody last looked.
        if own.accepts(widget_key, self._ports.clock.now()):
            return own
        found = await self._ports.config.tenant_by_widget_key(widget_key)
        return found if found is not None and found.id != own.id else None

    async def _proof(self, tenant: Tenant, token: str | None) -> Proof | None:
        if token is None or tenant.authorization is AuthorizationMode.NONE:
            return None
        if len(token) > LONGEST_TOKEN:
            return Proof(SiteTokenCode.MALFORMED, f"it has more than {LONGEST_TOKEN} characters")
        try:
            await self._ports.site_tokens.verify(tenant, token)
        except Refused as error:
            return Proof(SiteTokenCode(error.code), str(error))
        except PortError as error:
            return Proof(None, unknown=str(error))
        return Proof(None)

    async def _challenge_fault(self, tenant: Tenant) -> str | None:
        if tenant.challenge.kind is ChallengeKind.NONE or not tenant.challenge.secret:
            return None
        try:
            await self._ports.secrets.get(tenant.id, tenant.challenge.secret)
        except Rejected as error:
            return str(error)
        except PortError:
            return None
        return ""

    async def _acs_steps(self, tenant: Tenant) -> tuple[Step, ...] | None:
        if tenant.messaging is not MessagingKind.ACS:
            return None
        key = (tenant.id, tenant.acs_secret, tenant.acs_resource_id)
        checked = await self._acs.get(key, lambda: self._extensions.acs_steps(tenant))
        return tuple(Step(one.passed, one.explanation, one.fix) for one in checked)

    async def _has_push(self) -> bool:
        return await self._ports.realtime.access("diagnosis") is not None

    async def _members(self, tenant_id: str, contact: Contact) -> tuple[Member, ...]:
        if contact.service is not None:
            return await self._notes.members(tenant_id, contact.service)
        return (await self._notes.member(tenant_id, contact.reference.id, needs_licence=False),)

    async def _elsewhere(
        self, administrator: Administrator, contact: Contact, page: Page | None
    ) -> tuple[Elsewhere, ...]:
        if page is None or page.origin is None or not contact.interact.restrict_access:
            return ()
        templates = await self._contacts.offered_templates(administrator.tenant_id, contact)
        return elsewhere(templates, page.origin, contact.template.id if contact.template else None)

    async def _unit_names(self, tenant_id: str, contact: Contact) -> dict[str, str]:
        if contact.template is None:
            return {}
        name = await self._contacts.unit_name(tenant_id, contact.template.organization_unit_id)
        return {contact.template.organization_unit_id: name}


def _name(contact: Contact | None) -> str:
    if contact is None:
        return ""
    if contact.service is not None:
        return contact.service.name
    return contact.user.display_name if contact.user is not None else ""
