"""Tokens of sites, and which were spent, in dicts."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.errors import NotSent, Refused
from shared.domain.refusals import SiteTokenCode
from shared.domain.site_tokens import VerifiedCustomer
from shared.domain.tenants import Tenant
from shared.ports import Clock

KEPT = timedelta(minutes=10)


class MemorySiteTokens:
    """`customers` by (tenant id, token); `has_keys` False stands for an issuer whose keys cannot be had."""

    def __init__(self) -> None:
        self.customers: dict[tuple[str, str], VerifiedCustomer] = {}
        self.has_keys = True

    async def verify(self, tenant: Tenant, token: str) -> VerifiedCustomer:
        if not self.has_keys:
            raise NotSent("the issuer's keys cannot be had")
        known = self.customers.get((tenant.id, token))
        if known is None:
            raise Refused(SiteTokenCode.SIGNATURE, "nobody has signed this site token")
        return known


class MemorySpentTokens:
    """`opened` by (tenant id, token id); what is over for long is forgotten whenever another one is spent."""

    def __init__(self, clock: Clock) -> None:
        self.opened: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._clock = clock

    async def spend(self, tenant_id: str, token_id: str, opens: str, until: datetime) -> bool:
        opened, _ = self.opened.setdefault((tenant_id, token_id), (opens, until))
        now = self._clock.now()
        self.opened = {spent: one for spent, one in self.opened.items() if now - one[1] < KEPT}
        return opened == opens
