"""Challenges whose tokens the test hands out."""

from __future__ import annotations

from shared.domain.challenges import ChallengeRefused
from shared.domain.errors import OutcomeUnknown, Rejected
from shared.domain.tenants import Tenant


class MemoryChallenges:
    """`solved` holds the tokens that count; `asked` how often the provider was asked. `is_down`: it does not answer."""

    def __init__(self, *solved: str) -> None:
        self.solved = set(solved)
        self.used: dict[str, str] = {}
        self.asked = 0
        self.is_down = False

    async def verify(self, tenant: Tenant, token: str, purpose: str) -> None:
        self.asked += 1
        if self.is_down:
            raise OutcomeUnknown("the provider does not answer")
        if not tenant.challenge.secret:
            raise Rejected("the provider does not accept our secret", "invalid-input-secret")
        if token not in self.solved or self.used.setdefault(token, purpose) != purpose:
            raise ChallengeRefused
