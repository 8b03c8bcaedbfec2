"""The system's clock and its source of chance."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime

ID_BYTES = 16
"""128 bits: nobody guesses or repeats one."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SystemIds:
    def new(self) -> str:
        return secrets.token_hex(ID_BYTES)
