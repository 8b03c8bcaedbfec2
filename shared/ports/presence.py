"""Whether people are there, as Teams says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from shared.domain.availability import TeamsPresence
from shared.domain.tenants import Tenant


class Presence(Protocol):
    async def of(self, tenant: Tenant, user_ids: Sequence[str]) -> Mapping[str, TeamsPresence]:
        """The presence of each of these users; `unknown` where it cannot be had. Never raises a PortError."""
        ...
