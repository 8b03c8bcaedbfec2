"""What may be saved and still will not work, or not for all: named to administrators, who decide."""

from __future__ import annotations

import asyncio

from shared.domain.diagnosis.facts import Member
from shared.domain.distribution import LeftOut
from shared.domain.documents import Document, DocumentKey, Kind
from shared.domain.domain_templates import DomainTemplate
from shared.domain.errors import Finding
from shared.domain.licences import Licence, covers_interact, covers_workflow
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.services import Service
from shared.domain.users import User
from shared.domain.workflows import Workflow
from shared.ports import Ports

AT_ONCE = 20
MOST_MEMBERS = 200
"""Of one service; who has more gets notes on the first ones."""
MEMBER_NOTES = {
    LeftOut.UNKNOWN_USER: "'{id}' is no user of the tenant, and is passed over; remove the member, or add the user",
    LeftOut.NO_LICENCE: "{name} has no Instant Messaging licence, and is not offered chats; assign one",
    LeftOut.NOT_REGISTERED: "{name} is not registered with the chat bot, and cannot be invited; that is done in Teams",
}


class Notes:
    """Looks at the documents around one that was saved."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def of(self, tenant_id: str, document: Document) -> tuple[Finding, ...]:
        """All notes on a document as it stands."""
        match document:
            case Service():
                return (*_contact_notes(document), *await self.of_members(tenant_id, document))
            case User():
                return tuple(_contact_notes(document))
            case DomainTemplate(domains=()):
                return (Finding("no_domains", "domains", "whatever this template restricts is closed to every page"),)
            case Workflow():
                return await self._of_workflow(tenant_id, document)
            case _:
                return ()

    async def of_members(self, tenant_id: str, service: Service) -> tuple[Finding, ...]:
        """Members who are offered no task of this service, however long they wait."""
        settings = service.modalities.get(INSTANT_MESSAGING.id)
        if settings is None or not settings.enabled:
            return ()
        if not service.members:
            return (Finding("no_members", "members", "nobody is there to take the tasks of this service; add members"),)
        members = await self.members(tenant_id, service)
        return tuple(
            Finding(one.reason, f"members.{number}", MEMBER_NOTES[one.reason].format(id=one.id, name=one.name), one.id)
            for number, one in enumerate(members)
            if one.reason is not None
        )

    async def members(self, tenant_id: str, service: Service) -> tuple[Member, ...]:
        """The first MOST_MEMBERS members, with what keeps them from being offered a task whatever else is so."""
        found: list[Member] = []
        for start in range(0, min(len(service.members), MOST_MEMBERS), AT_ONCE):
            some = service.members[start : min(start + AT_ONCE, MOST_MEMBERS)]
            found += await asyncio.gather(*(self.member(tenant_id, one) for one in some))
        return tuple(found)

    async def member(self, tenant_id: str, user_id: str, *, needs_licence: bool = True) -> Member:
        """A user as somebody who is to answer; whoever is addressed in person needs no Instant Messaging licence."""
        stored, row = await asyncio.gather(
            self._ports.administration.read(tenant_id, DocumentKey(Kind.USER, user_id)),
            self._ports.agent_store.read(tenant_id, user_id),
        )
        user = stored.document if stored is not None else None
        reason = None
        if not isinstance(user, User):
            reason = LeftOut.UNKNOWN_USER
        elif needs_licence and Licence.INSTANT_MESSAGING not in user.licences:
            reason = LeftOut.NO_LICENCE
        elif row is None or not row.state.registered:
            reason = LeftOut.NOT_REGISTERED
        return Member(user_id, user.display_name if isinstance(user, User) else user_id, reason)

    async def _of_workflow(self, tenant_id: str, workflow: Workflow) -> tuple[Finding, ...]:
        """Services that the workflow is applied to, and whose licences do not cover it any more."""
        users = await self._ports.administration.used_by(tenant_id, DocumentKey(Kind.WORKFLOW, workflow.id))
        read = await asyncio.gather(*(self._ports.administration.read(tenant_id, one) for one in users[:MOST_MEMBERS]))
        services = [one.document for one in read if one is not None and isinstance(one.document, Service)]
        findings = await self._transfers(tenant_id, workflow)
        why = "has neither an Enterprise nor a Contact Center licence, so that this workflow takes no task of it"
        findings += [
            Finding("service_not_covered", "id", f"service '{service.name}' {why}", service.id)
            for service in services
            if not covers_workflow(service.licences)
        ]
        return tuple(findings)

    async def _transfers(self, tenant_id: str, workflow: Workflow) -> list[Finding]:
        """Services that are transferred to and are not there: no reference, since two may transfer to each other."""
        findings: list[Finding] = []
        for activity in workflow.activities:
            target = activity.parameters.get("service")
            if activity.type == "transfer" and isinstance(target, str) and target:
                key = DocumentKey(Kind.SERVICE, target)
                if await self._ports.administration.read(tenant_id, key) is None:
                    why = f"there is no service '{target}', so that this exit is always 'failed'"
                    place = f"activities.{activity.id}.parameters.service"
                    findings.append(Finding("transfer_target_missing", place, why, target))
        return findings


def _contact_notes(contact: Service | User) -> list[Finding]:
    is_service = isinstance(contact, Service)
    if not contact.interact.active or covers_interact(contact.licences, service=is_service):
        return []
    why = "the settings are kept, and no widget is let in until an Interact licence is assigned"
    if is_service:
        why += ", with Enterprise or Contact Center"
    return [Finding("licence_withdrawn", "interact.active", why)]
