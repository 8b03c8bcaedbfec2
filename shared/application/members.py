"""The people behind a contact: who they are, how they stand, and why one of them gets no task now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.availability import Selectability, TeamsPresence, not_selectable
from shared.domain.distribution import LeftOut
from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.services import Service, ServiceDistribution
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.users import User
from shared.ports import AgentRecord, Ports

MOST_REACHED = 50
"""Cards are sent one after the other from one transaction, which holds 100 rows."""
PERSONAL = ServiceDistribution(busy_selectable=True, away_selectable=True)


@dataclass(frozen=True)
class Candidates:
    """Users who may take a contact's tasks, and the others with the reason."""

    users: Mapping[str, User]
    rules: Selectability
    left_out: tuple[tuple[str, LeftOut], ...] = ()


@dataclass(frozen=True)
class Standing:
    """How an agent stands: the stored row, presence in Teams, and the reason for getting no task now."""

    user: User
    record: AgentRecord | None
    presence: TeamsPresence
    reason: LeftOut | None


@dataclass(frozen=True)
class Members:
    """Reads people; decides nothing."""

    ports: Ports
    modality: str = field(default=INSTANT_MESSAGING.id)

    async def candidates(self, tenant_id: str, contact: ContactReference) -> Candidates:
        """The user who is addressed, or the service's members with an Instant Messaging licence."""
        tenant = await self.ports.config.tenant(tenant_id)
        capacity = tenant.conversations_per_agent if tenant else 1
        if contact.kind is ContactKind.USER:
            user = await self.ports.config.user(tenant_id, contact.id)
            if user is None:
                return Candidates({}, Selectability(capacity), ((contact.id, LeftOut.UNKNOWN_USER),))
            # Whoever is addressed in person may be busy: there is nobody else to ask.
            return Candidates({user.id: user}, Selectability(capacity, PERSONAL))
        found = await self.ports.config.contact(tenant_id, contact, self.modality)
        if found is None or found.service is None:
            return Candidates({}, Selectability(capacity))
        return await self._of_service(tenant_id, found.service, capacity)

    async def _of_service(self, tenant_id: str, service: Service, capacity: int) -> Candidates:
        users: dict[str, User] = {}
        left_out: list[tuple[str, LeftOut]] = []
        found = await asyncio.gather(*(self.ports.config.user(tenant_id, member) for member in service.members))
        for member, user in zip(service.members, found, strict=True):
            if user is None:
                left_out.append((member, LeftOut.UNKNOWN_USER))
            elif Licence.INSTANT_MESSAGING not in user.licences:
                left_out.append((member, LeftOut.NO_LICENCE))
            else:
                users[member] = user
        return Candidates(users, Selectability(capacity, service.distribution), tuple(left_out))

    async def unlicensed(self, tenant_id: str, user_id: str) -> LeftOut | None:
        """Why a member gets no task whatever else is so."""
        user = await self.ports.config.user(tenant_id, user_id)
        if user is None:
            return LeftOut.UNKNOWN_USER
        return None if Licence.INSTANT_MESSAGING in user.licences else LeftOut.NO_LICENCE

    async def presences(self, tenant_id: str, candidates: Candidates) -> Mapping[str, TeamsPresence]:
        tenant = await self.ports.config.tenant(tenant_id)
        if tenant is None or not candidates.users:
            return {}
        return await self.ports.presence.of(tenant, tuple(candidates.users))

    async def reachable(self, tenant_id: str, contact: ContactReference) -> tuple[str, ...]:
        """Ids of those who can get a card: registered with the bot, whether or not they have time."""
        standings = await self.standings(tenant_id, contact)
        found = [one.user.id for one in standings if one.record is not None and one.record.state.registered]
        return tuple(found[:MOST_REACHED])

    async def standings(self, tenant_id: str, contact: ContactReference) -> tuple[Standing, ...]:
        """How everybody stands who may take this contact's tasks; rings count as they are stored."""
        candidates = await self.candidates(tenant_id, contact)
        reading = (self.ports.agent_store.read(tenant_id, user_id) for user_id in candidates.users)
        presences, records = await asyncio.gather(self.presences(tenant_id, candidates), asyncio.gather(*reading))
        return tuple(
            self._standing(user, record, presences.get(user.id, TeamsPresence.UNKNOWN), candidates.rules)
            for user, record in zip(candidates.users.values(), records, strict=True)
        )

    def _standing(
        self, user: User, record: AgentRecord | None, presence: TeamsPresence, rules: Selectability
    ) -> Standing:
        state = record.state if record else None
        return Standing(user, record, presence, not_selectable(state, presence, rules, self.ports.clock.now()))
