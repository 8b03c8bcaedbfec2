"""Tokens with which a tenant's web site vouches for a visitor."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shared.domain.site_tokens import VerifiedCustomer
from shared.domain.tenants import Tenant


class SiteTokens(Protocol):
    async def verify(self, tenant: Tenant, token: str) -> VerifiedCustomer:
        """Whom a token vouches for, by the tenant's settings.

        Raises Refused with a SiteTokenCode where it vouches for nobody; NotSent, OutcomeUnknown or Rejected where the
        key that signs it cannot be had at the moment, which says nothing about the token.
        """
        ...


class SpentTokens(Protocol):
    """Which tokens of one use were used, and for what."""

    async def spend(self, tenant_id: str, token_id: str, opens: str, until: datetime) -> bool:
        """Whether the token opens `opens`: the first that it is spent on, however often that is repeated.

        `until`: when the token is over; some minutes later it may be forgotten, and in time it is. It is a part of the
        token's name, as of two tokens of one id that end at different times one is not the other.
        """
        ...
