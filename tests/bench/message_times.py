"""How long a message takes from one side to the other, and how many pass in a second, in N parallel conversations.

Each conversation has an agent of its own, and one message under way: the next is sent when the last was seen. A
customer writes to the thread by ACS' REST API and the message is seen when the agent's window at the desk shows it; an
agent writes to the bot and the message is seen when the customer, nudged by SignalR, has read it in the thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from local.demo import Person
from tests.bench.agents_desk import Agent, Window
from tests.bench.stack import Stack
from tests.bench.times import CALL_FAILURES, Times
from tests.bench.visitor import OwnCalls, Visitor

PATIENCE = 30.0
"""Seconds after which a message counts as a failure."""
LOOK_UNASKED = 15.0
"""Seconds after which the widget reads without a nudge, of which one may be lost."""
WARM_UP_MESSAGES = 2


@dataclass(frozen=True)
class MessageTimes:
    """Both directions of so many parallel conversations."""

    conversations: int
    to_agent: Times
    to_customer: Times


@dataclass(frozen=True)
class Conversation:
    """A customer and an agent who are connected; `nudged` is set when the customer should look."""

    visitor: Visitor
    agent: Agent
    window: Window
    nudged: asyncio.Event

    async def to_agent(self) -> None:
        """Bring one message to the agent; raises TimeoutError."""
        text = _unique_text()
        seen = self.window.expect(text)
        await self.visitor.say(text)
        await asyncio.wait_for(seen.wait(), PATIENCE)

    async def to_customer(self) -> None:
        """Bring one message to the customer; raises TimeoutError."""
        text = _unique_text()
        self.nudged.clear()
        await self.agent.say(text, wait=False)
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.nudged.wait(), LOOK_UNASKED)
                self.nudged.clear()
                if text in await self.visitor.newest():
                    return


async def measure(stack: Stack, people: Sequence[Person], numbers: Sequence[int], seconds: float) -> list[MessageTimes]:
    """Time both directions for each of the numbers of conversations, each for so many seconds.

    Raises TimeoutError or aiohttp.ClientError where the conversations do not come about.
    """
    async with contextlib.AsyncExitStack() as open_ones:
        conversations = [await connect(stack, person, open_ones) for person in people[: max(numbers)]]
        for conversation in conversations:
            for _ in range(WARM_UP_MESSAGES):
                await conversation.to_agent()
                await conversation.to_customer()
        return [await _times(conversations[:number], seconds) for number in numbers]


async def connect(stack: Stack, person: Person, open_ones: contextlib.AsyncExitStack) -> Conversation:
    agent = Agent(stack, person.id)
    await agent.install()
    window = await open_ones.enter_async_context(agent.window())
    visitor = await Visitor.arrive(stack, OwnCalls(), {"contactId": person.id})
    await open_ones.enter_async_context(visitor.staying())
    nudged = await open_ones.enter_async_context(visitor.listening())
    await agent.accept()
    return Conversation(visitor, agent, window, nudged)


async def _times(conversations: Sequence[Conversation], seconds: float) -> MessageTimes:
    to_agent = await _together([conversation.to_agent for conversation in conversations], seconds)
    to_customer = await _together([conversation.to_customer for conversation in conversations], seconds)
    return MessageTimes(len(conversations), to_agent, to_customer)


async def _together(senders: Sequence[Callable[[], Awaitable[None]]], seconds: float) -> Times:
    """Send one message after the other, all at the same time, until the seconds are over."""
    latencies: list[float] = []
    failures = 0
    began = time.perf_counter()

    async def talk(send: Callable[[], Awaitable[None]]) -> None:
        nonlocal failures
        while (sent := time.perf_counter()) - began < seconds:
            try:
                await send()
            except CALL_FAILURES:
                failures += 1
            else:
                latencies.append(time.perf_counter() - sent)

    await asyncio.gather(*(talk(send) for send in senders))
    return Times(latencies, time.perf_counter() - began, failures)


def _unique_text() -> str:
    return f"message{secrets.token_hex(8)}"
