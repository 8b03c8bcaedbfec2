"""Access tokens, used until shortly before they expire."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.ports import Clock

MARGIN = timedelta(minutes=5)
"""A token is replaced so long before its end, so that no call is under way with one that expires."""


@dataclass(frozen=True)
class AccessToken:
    value: str
    expires_on: datetime


class TokenCache:
    """One token for each key; who asks while it is being issued waits for the same one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[str, AccessToken] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, key: str, issue: Callable[[], Awaitable[AccessToken]]) -> str:
        async with self._locks[key]:
            token = self._tokens.get(key)
            if token is None or token.expires_on - MARGIN <= self._clock.now():
                token = self._tokens[key] = await issue()
            return token.value

    def forget(self, key: str) -> None:
        """The other side does not accept the token any more."""
        self._tokens.pop(key, None)
