"""Transfers to another service: whether it takes the conversation, and all that its workflow needs."""

from __future__ import annotations

from shared.application.admission import Admitted, define
from shared.application.slots import Slots
from shared.application.waiting import queue_name
from shared.domain.admission import check_modality, check_tenant_open
from shared.domain.errors import Refused
from shared.domain.events import Event, Transferred, TransferRefused
from shared.domain.services import Service
from shared.domain.sessions import ContactKind, ContactReference, Phase, Session
from shared.domain.tenants import Tenant
from shared.ports import Ports, SessionRecord
from shared.workflow.transfers import is_leaving_for


class Transfers:
    """Both verbs may be repeated: a slot that the session has already is its own."""

    def __init__(self, ports: Ports, slots: Slots) -> None:
        self._ports = ports
        self._slots = slots

    async def find(self, record: SessionRecord, service_id: str) -> tuple[Event, ...]:
        """The licence, the workflow and a free slot count as at a start; where widgets are allowed does not."""
        session, reference = record.session, ContactReference(ContactKind.SERVICE, service_id)
        if not is_leaving_for(session, record.definition, reference):
            # Too late; an attempt whose answer was lost may have taken a slot that nobody needs now.
            if session.phase is Phase.ENDED or session.contact != reference:
                await self.free_slot(session, reference)
            return ()
        tenant = await self._ports.config.tenant(session.tenant_id)
        contact = await self._ports.config.contact(session.tenant_id, reference, session.modality)
        try:
            checked = check_modality(check_tenant_open(tenant), contact, session.modality)
        except Refused as refusal:
            return (TransferRefused(refusal.code),)
        if tenant is None or checked.service is None:
            return (TransferRefused("contact_unknown"),)
        digest = next(iter(self._ports.digests.of_address(tenant.id, session.customer.email)), "")
        queue, cap = queue_name(tenant.id, reference), cap_of(tenant, checked.service)
        if not await self._slots.take(queue, session.id, cap, digest):
            return (TransferRefused("concurrency_cap_reached"),)
        definition = define(Admitted(tenant, checked), record.definition.language, session.modality)
        return (Transferred(reference, definition),)

    async def free_slot(self, session: Session, contact: ContactReference) -> None:
        await self._slots.free(queue_name(session.tenant_id, contact), session.id)


def cap_of(tenant: Tenant, service: Service) -> int:
    """How many tasks the service may have at the same time."""
    return service.distribution.concurrency_cap or tenant.concurrency_cap
