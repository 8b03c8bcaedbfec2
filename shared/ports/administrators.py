"""Who calls the management API."""

from __future__ import annotations

from typing import Protocol

from shared.domain.administrators import Administrator


class Administrators(Protocol):
    async def of(self, bearer_token: str) -> Administrator:
        """Who the token vouches for, with at least one role; raises Unauthenticated where it vouches for nobody.

        A PortError where that cannot be told now, for instance because the issuer's keys cannot be had.
        """
        ...
