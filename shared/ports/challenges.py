"""Proof that a visitor is no machine."""

from __future__ import annotations

from typing import Protocol

from shared.domain.tenants import Tenant


class Challenges(Protocol):
    async def verify(self, tenant: Tenant, token: str, purpose: str) -> None:
        """Have the provider of the tenant's challenge confirm a token, which counts once.

        `purpose`: what the token is used for; where the provider can, the same token is confirmed again for the same
        purpose. Raises ChallengeRefused where the visitor has to solve a new one, Rejected where our secret or site key
        is not accepted, or another PortError where the provider cannot be asked.
        """
        ...
