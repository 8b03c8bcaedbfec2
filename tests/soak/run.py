"""A run from the founding of the company to the verdict."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from shared.domain.tenants import MessagingKind
from tests.soak.agents import Agent
from tests.soak.company import Company, choose_messaging, plan_company
from tests.soak.desk import Seat
from tests.soak.ledger import Conversation, Ledger
from tests.soak.plan import Plan, Weather
from tests.soak.stack import Stack, running
from tests.soak.storage_faults import StorageFaults
from tests.soak.threads import GoneError
from tests.soak.truth import Truth
from tests.soak.verdict import Verdict
from tests.soak.visitors import Visitor

LOOK_EVERY = 0.25
KNOWN_AFTER = 1.2
"""Seconds after which no host has older settings in its cache."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What came of it, and what had gone wrong on the way: counts by the names of those who counted.

    `native` conversations were without ACS, `limited` ones under its real limits.
    """

    plan: Plan
    verdict: Verdict
    native: int
    limited: int
    kills: int
    hosts: int
    seconds: float
    storage: Mapping[str, int]
    acs: Mapping[str, Any]
    desk: Mapping[str, Any]
    logs: Path


async def play(plan: Plan, directory: Path, say: Say) -> Result:
    """Play a run; everything of it is in `directory` afterwards."""
    chance = random.Random(plan.seed)
    company = plan_company(plan.agents, plan.services, chance)
    ledger = Ledger([_conversation(number, plan, company, chance) for number in range(plan.conversations)])
    began = time.monotonic()
    async with running(directory, plan, company, chance) as stack:
        say(f"the stack runs after {time.monotonic() - began:.0f} s, seed {plan.seed}; logs in {stack.logs}")
        truth = Truth(stack, company, ledger)
        await _traffic(stack, plan, company, ledger, chance, say)
        await stack.set_weather({}, {}, StorageFaults())
        say(f"{ledger.messages} messages after {time.monotonic() - began:.0f} s; waiting until all is quiet")
        await asyncio.sleep(plan.rest)
        await truth.until_quiet(plan.patience)
        return Result(
            plan,
            await truth.verdict(),
            sum(one.is_native for one in ledger.conversations),
            sum(one.is_limited and not one.is_native for one in ledger.conversations),
            stack.fleet.kills,
            stack.fleet.size,
            time.monotonic() - began,
            dict(stack.storage.counts),
            await stack.counts(stack.acs),
            await stack.counts(stack.desk),
            stack.logs,
        )


async def _traffic(stack: Stack, plan: Plan, company: Company, ledger: Ledger, chance: random.Random, say: Say) -> None:
    """All conversations, while the weather is as planned."""
    seats = {person.id: Seat(stack, person.id) for person in company.agents}
    for seat in seats.values():
        await seat.install()
    async with asyncio.TaskGroup() as group:
        agents = [
            group.create_task(
                Agent(seats[person.id], plan, ledger, random.Random(chance.random()), company.picks_up(person)).work()
            )
            for person in company.agents
        ]
        await stack.set_weather(
            {**plan.weather.acs, "seed": plan.seed} if plan.weather.acs else {},
            {**plan.weather.desk, "seed": plan.seed} if plan.weather.desk else {},
            plan.weather.storage,
        )
        weather = group.create_task(_storms(stack, plan.weather, plan, ledger, say))
        await _visits(stack, plan, ledger, chance)
        for task in (weather, *agents):
            task.cancel()


async def _visits(stack: Stack, plan: Plan, ledger: Ledger, chance: random.Random) -> None:
    """Visitors one after the other, so many at a time; the tenant's choice of messaging changes on the way."""
    room, choosing = asyncio.Semaphore(plan.at_once), MessagingKind.ACS
    async with asyncio.TaskGroup() as group:
        for conversation in ledger.conversations:
            await room.acquire()
            wanted = MessagingKind.NATIVE if plan.is_native(conversation.number) else MessagingKind.ACS
            if wanted is not choosing:
                await choose_messaging(stack.tables, wanted)
                choosing = wanted
            visitor = Visitor(stack, plan, ledger, conversation, random.Random(chance.random()))
            task = group.create_task(_visit(visitor))
            task.add_done_callback(lambda _: room.release())
            await asyncio.sleep(chance.uniform(0, 0.6))


async def _visit(visitor: Visitor) -> None:
    """A visit that fails is a finding, and the others go on."""
    try:
        await visitor.live()
    except* (aiohttp.ClientResponseError, GoneError) as errors:
        visitor.conversation.trouble.append(repr(errors.exceptions))


async def _storms(stack: Stack, weather: Weather, plan: Plan, ledger: Ledger, say: Say) -> None:
    """Kill hosts, and let a second one join, when so many messages were written."""
    due = [(share, "kill") for share in weather.kills]
    due += [(weather.second_host, "join")] if weather.second_host is not None else []
    for share, what in sorted(due):
        while ledger.messages < share * plan.expected:
            await asyncio.sleep(LOOK_EVERY)
        if what == "kill":
            say(f"after {ledger.messages} messages: SIGKILL to one of {stack.fleet.size} hosts")
            await stack.fleet.kill_one()
        else:
            say(f"after {ledger.messages} messages: a second host joins")
            await stack.fleet.grow()


def _conversation(number: int, plan: Plan, company: Company, chance: random.Random) -> Conversation:
    return Conversation(
        number,
        service_id=chance.choice(company.services).id,
        is_native=False,
        is_limited=plan.is_limited(number),
        customer_ends=chance.random() < 0.5,
    )
