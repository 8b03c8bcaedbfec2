"""Lets in who has solved the tenant's challenge."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from shared.domain.challenges import ChallengeKind, ChallengeRefused
from shared.domain.tenants import Tenant
from shared.ports import Ports

REMEMBERED = 2_000
"""Tokens that passed lately in this process, as hashes."""


class ChallengeGate:
    """One for a process."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._passed: OrderedDict[bytes, str] = OrderedDict()

    async def admit(self, tenant: Tenant, token: str | None, purpose: str) -> None:
        """Pass where the tenant has no challenge, or the token is confirmed; each counts once.

        A repeat of the same purpose passes with the same token, for what comes after the gate may have failed. Raises
        ChallengeRefused, or a PortError where the provider cannot be asked: nobody is let in unseen, and nothing was
        created, so that the visitor can simply try again.
        """
        if tenant.challenge.kind is ChallengeKind.NONE:
            return
        if not token:
            raise ChallengeRefused
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        if self._passed.get(digest) == purpose:
            return
        await self._ports.challenges.verify(tenant, token, purpose)
        self._passed[digest] = purpose
        if len(self._passed) > REMEMBERED:
            self._passed.popitem(last=False)
