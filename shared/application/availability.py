"""Whether a contact can be reached now, as visitors and workflows see it: never who, and never why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.application.members import Members
from shared.application.recently import Recently
from shared.domain.availability import (
    ContactState,
    Selectability,
    TeamsPresence,
    as_seen,
    contact_state,
    not_selectable,
)
from shared.domain.distribution import LeftOut
from shared.domain.sessions import ContactKind, ContactReference
from shared.ports import Ports

KEPT = timedelta(seconds=1)
"""However many visitors ask, a process finds out once in this time for each contact."""
AT_ONCE = 20
"""Agents' rows read side by side; one available agent is enough, so most questions end with the first of these."""


@dataclass(frozen=True)
class Seen:
    """The state of a contact, and when somebody began to find it out."""

    state: ContactState
    as_of: datetime


class Availability:
    """Answers for users and services alike."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._members = Members(ports)
        self._recently: Recently[tuple[str, ContactReference], Seen] = Recently(ports.clock, KEPT)

    async def of_contact(self, tenant_id: str, reference: ContactReference) -> ContactState:
        """The state, a second old at most. Raises a PortError where the agents' rows cannot be read."""
        return (await self.seen(tenant_id, reference)).state

    async def seen(self, tenant_id: str, reference: ContactReference) -> Seen:
        """As `of_contact`, with the time as of which it is so."""

        async def look() -> Seen:
            as_of = self._ports.clock.now()
            return Seen(await self.now(tenant_id, reference), as_of)

        return await self._recently.get((tenant_id, reference), look)

    async def now(self, tenant_id: str, reference: ContactReference) -> ContactState:
        """As `of_contact`, found out anew."""
        candidates = await self._members.candidates(tenant_id, reference)
        rules = candidates.rules
        if reference.kind is ContactKind.USER:
            # Whoever is addressed in person may be called on while busy; visitors see that it is so.
            rules = Selectability(rules.capacity)
        presences = await self._members.presences(tenant_id, candidates)
        reasons: list[LeftOut | None] = []
        for some in _in_groups(tuple(candidates.users)):
            records = await asyncio.gather(*(self._ports.agent_store.read(tenant_id, user_id) for user_id in some))
            now = self._ports.clock.now()
            reasons += [
                not_selectable(
                    as_seen(record.state, now) if record else None,
                    presences.get(user_id, TeamsPresence.UNKNOWN),
                    rules,
                    now,
                )
                for user_id, record in zip(some, records, strict=True)
            ]
            if None in reasons:
                break
        return contact_state(reasons)

    def forget(self, tenant_id: str, reference: ContactReference) -> None:
        """Something has changed: the next question is answered anew."""
        self._recently.forget((tenant_id, reference))


def _in_groups(user_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (user_ids[start : start + AT_ONCE] for start in range(0, len(user_ids), AT_ONCE))
