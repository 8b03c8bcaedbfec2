"""Reading what a send needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from shared.domain.errors import NotSent, OutcomeUnknown

Found = TypeVar("Found")

READING = 3.0
"""Seconds for what is read before a send."""


async def known(reading: Awaitable[Found]) -> Found:
    """What is read before a send has no effect: whatever becomes of it, nothing was sent."""
    try:
        async with asyncio.timeout(READING):
            return await reading
    except (OutcomeUnknown, TimeoutError) as error:
        raise NotSent(f"what is needed for sending could not be read: {error}") from error
