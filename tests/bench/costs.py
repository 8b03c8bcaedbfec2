"""Counted costs, uncontended: one thing at a time on an otherwise idle stack with warm caches.

A sample ends when the host has answered whatever set it off, so nothing is guessed from silence. Events of ACS are held
back where their cost is not to be mixed with that of what caused them. A sample during which a timer message came due
is taken again, because its work would be on the same bill.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.demo import MARIO
from tests.bench.agents_desk import Agent
from tests.bench.bills import Bill, Ledger
from tests.bench.limits import (
    ACCEPT,
    COMPOSED_MESSAGE,
    CUSTOMER_MESSAGE,
    ECHO,
    FIELD_MESSAGE,
    FIRST_SIGN,
    HEARTBEAT,
    LIMITS,
    QUIET_CUSTOMER_MESSAGE,
    REFRESH,
    START,
    Cost,
    Talk,
)
from tests.bench.stack import Stack, running
from tests.bench.storage_meter import POLL
from tests.bench.visitor import OwnCalls, Visitor

SAMPLES = 5
TRIES = 20
INVITATIONS = 5
QUIET_SECONDS = 31.0
"""Longer than any cache of configuration or of agents lives."""


class DisturbedError(Exception):
    """Timers have come due in every try of a sample."""


@dataclass(frozen=True)
class Costs:
    """All that was counted. `polls_per_second` are those of the idle queue listener."""

    costs: Sequence[Cost]
    talk: Talk
    polls_per_second: float

    @property
    def excesses(self) -> list[str]:
        """A sentence for each broken limit; none where all are kept."""
        return [*(excess for cost in self.costs for excess in cost.excesses), *self.talk.excesses]


async def measure(directory: Path, *, quiet: bool = False) -> Costs:
    """Count everything on a stack of its own in `directory`; with `quiet` also after half a minute of silence."""
    async with running(directory, counted=True) as stack:
        return await _Scenario(stack).play(quiet=quiet)


class _Scenario:
    """Carla talks to Mario, a second visitor joins, and further ones start."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._own_calls = OwnCalls()
        self._ledger = Ledger(stack, self._own_calls)
        self._agent = Agent(stack, MARIO.id)
        self._echoes: list[Bill] = []

    async def play(self, *, quiet: bool) -> Costs:
        began, before = time.monotonic(), self._stack.meter.queue.copy()
        await self._agent.install()
        visitor = await Visitor.arrive(self._stack, self._own_calls)
        await self._accept()
        await self._customer_says(visitor)
        await self._agent.say("Hello, how can I help?")
        await self._ledger.settled()
        costs, talk = await self._talk(visitor, quiet=quiet)
        costs.append(await self._samples(REFRESH, visitor.refresh))
        costs.append(await self._samples(HEARTBEAT, visitor.heartbeat))
        costs += await self._invitation()
        # With two conversations at the same time, messages come as cards with a field for the answer.
        await self._customer_says(visitor)
        costs.append(await self._agent_messages(FIELD_MESSAGE, self._agent_answers))
        costs.append(Cost(ECHO, self._echoes, LIMITS[ECHO]))
        costs.append(await self._starts())
        polls = (self._stack.meter.queue - before)[POLL] / (time.monotonic() - began)
        order = list(LIMITS)
        return Costs(sorted(costs, key=lambda cost: order.index(cost.name)), talk, polls)

    async def _talk(self, visitor: Visitor, *, quiet: bool) -> tuple[list[Cost], Talk]:
        began = time.monotonic()
        costs = [await self._customer_messages(CUSTOMER_MESSAGE, visitor, SAMPLES)]
        costs.append(await self._agent_messages(COMPOSED_MESSAGE, self._agent_writes))
        if quiet:
            await asyncio.sleep(QUIET_SECONDS)
            costs.append(await self._customer_messages(QUIET_CUSTOMER_MESSAGE, visitor, 1))
        written = sum(bill.queue_messages for cost in costs for bill in cost.bills)
        return costs, Talk(time.monotonic() - began, written)

    async def _accept(self) -> None:
        await self._agent.accept()
        await self._ledger.settled()

    async def _agent_writes(self) -> None:
        await self._agent.say("We look into it.")

    async def _agent_answers(self) -> None:
        await self._agent.press("reply", text="It is on its way.")

    async def _customer_says(self, visitor: Visitor) -> None:
        await visitor.say("Where is my order?")
        await self._ledger.settled()

    async def _customer_messages(self, name: str, visitor: Visitor, count: int) -> Cost:
        return await self._samples(name, lambda: self._customer_says(visitor), count)

    async def _agent_messages(self, name: str, speak: Callable[[], Awaitable[None]]) -> Cost:
        """The message with its event held back, then what the event costs when it is let through."""
        bills: list[Bill] = []
        for _ in range(TRIES):
            passed = self._stack.gate.passed
            with self._stack.gate.held():
                message = await self._bill(speak)
            echo = await self._bill(self._ledger.settled)
            if self._stack.gate.passed == passed:
                raise RuntimeError("no event came of a message of our own, so nothing can be said of its cost")
            if message is not None and echo is not None:
                bills.append(message)
                self._echoes.append(echo)
            if len(bills) == SAMPLES:
                return Cost(name, bills, LIMITS[name])
        raise DisturbedError(name)

    async def _starts(self) -> Cost:
        """Each session is ended before the next one starts, so that its timers find nothing to do."""
        started: list[Visitor] = []

        async def start() -> None:
            started.append(await Visitor.start(self._stack, self._own_calls))

        bills: list[Bill] = []
        with self._stack.gate.held():
            for _ in range(TRIES):
                bill = await self._bill(start)
                await started[-1].end()
                if bill is not None:
                    bills.append(bill)
                if len(bills) == SAMPLES:
                    return Cost(START, bills, LIMITS[START])
        raise DisturbedError(START)

    async def _samples(self, name: str, act: Callable[[], Awaitable[None]], count: int = SAMPLES) -> Cost:
        bills: list[Bill] = []
        for _ in range(TRIES):
            bill = await self._bill(act)
            if bill is not None:
                bills.append(bill)
            if len(bills) == count:
                return Cost(name, bills, LIMITS[name])
        raise DisturbedError(name)

    async def _invitation(self) -> list[Cost]:
        """A second conversation, which goes on: its visitor's first sign of life, and that the agent accepts it.

        Nothing where timers have mixed with it each time, as on a machine that is much too slow.
        """
        for attempt in range(1, INVITATIONS + 1):
            visitor = await Visitor.start(self._stack, self._own_calls)
            # The event of the first message is not the sign's.
            await self._ledger.settled()
            sign = await self._bill(visitor.heartbeat)
            accepted = await self._bill(self._accept)
            if sign is not None and accepted is not None and not (sign.reads_settings or accepted.reads_settings):
                return [Cost(FIRST_SIGN, [sign], LIMITS[FIRST_SIGN]), Cost(ACCEPT, [accepted], LIMITS[ACCEPT])]
            if attempt < INVITATIONS:
                await visitor.end()
                await self._ledger.settled()
        return []

    async def _bill(self, act: Callable[[], Awaitable[None]]) -> Bill | None:
        """The cost of one thing; None where timers have mixed with it."""
        is_busy = self._stack.meter.queue_in_hand > 0
        before = await self._ledger.read()
        await act()
        bill = (await self._ledger.read()).since(before)
        return None if is_busy or bill.has_timers else bill
