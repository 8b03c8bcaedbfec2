"""Teams presence in a dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.domain.availability import TeamsPresence
from shared.domain.tenants import Tenant


class MemoryPresence:
    """`states` maps user id → presence and can be changed at any time."""

    def __init__(self) -> None:
        self.states: dict[str, TeamsPresence] = {}

    async def of(self, tenant: Tenant, user_ids: Sequence[str]) -> Mapping[str, TeamsPresence]:
        return {user_id: self.states.get(user_id, TeamsPresence.UNKNOWN) for user_id in user_ids}
