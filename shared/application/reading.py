"""Reading what a send needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from shared.domain.errors import NewerSchema, NotSent, OutcomeUnknown

Found = TypeVar("Found")

READING = 3.0
"""Seconds for what is read before a send."""
UNTIL_LEGIBLE = 300.0
"""Seconds until a document is read again that only a newer version of the app can read."""


async def known(reading: Awaitable[Found]) -> Found:
    """What is read before a send has no effect: whatever becomes of it, nothing was sent."""
    try:
        async with asyncio.timeout(READING):
            return await reading
    except (OutcomeUnknown, TimeoutError) as error:
        raise NotSent(f"what is needed for sending could not be read: {error}") from error
    except NewerSchema as error:
        raise until_legible(error) from error


def until_legible(error: NewerSchema) -> NotSent:
    """The document is no worse than it was: what needs it waits until it can be read again."""
    return NotSent(str(error), UNTIL_LEGIBLE)
