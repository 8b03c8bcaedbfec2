"""Presence where Teams is not asked: nobody's is known, so duty and flags alone decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.domain.availability import TeamsPresence
from shared.domain.tenants import Tenant


class UnknownPresence:
    async def of(self, tenant: Tenant, user_ids: Sequence[str]) -> Mapping[str, TeamsPresence]:
        return dict.fromkeys(user_ids, TeamsPresence.UNKNOWN)
