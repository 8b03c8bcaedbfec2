"""How much memory the host has before and after ten thousand relayed messages: what it remembers is bounded."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from local.demo import Person
from tests.bench.message_times import Conversation, connect
from tests.bench.stack import Stack
from tests.bench.times import CALL_FAILURES

MOST_FAILURES = 100
"""Each may take as long as anybody waits for a message; with more of them nothing would be weighed but the waiting."""


@dataclass(frozen=True)
class MemoryUse:
    """Megabytes of the host's process; `failures` are messages that were not seen in time."""

    messages: int
    before: float
    after: float
    failures: int


async def measure(stack: Stack, people: Sequence[Person], messages: int) -> MemoryUse:
    """Relay so many messages, half of them from each side, in as many conversations as there are people.

    Raises TimeoutError where too many are not seen.
    """
    async with contextlib.AsyncExitStack() as open_ones:
        conversations = [await connect(stack, person, open_ones) for person in people]
        failures = await _relay(conversations, len(conversations) * 2)
        before = await _resident(stack.host.pid)
        failures += await _relay(conversations, messages)
        return MemoryUse(messages, before, await _resident(stack.host.pid), failures)


async def _relay(conversations: Sequence[Conversation], messages: int) -> int:
    """The number of those that failed."""
    left = iter(range(messages))
    failures = 0

    async def talk(conversation: Conversation) -> None:
        nonlocal failures
        for _, send in zip(left, cycle((conversation.to_agent, conversation.to_customer)), strict=False):
            try:
                await send()
            except CALL_FAILURES:
                failures += 1
                if failures > MOST_FAILURES:
                    raise TimeoutError(f"{failures} messages were not seen") from None

    await asyncio.gather(*(talk(conversation) for conversation in conversations))
    return failures


async def _resident(process_id: int) -> float:
    process = await asyncio.create_subprocess_exec(
        "ps", "-o", "rss=", "-p", str(process_id), stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await process.communicate()
    return int(answer) / 1024
