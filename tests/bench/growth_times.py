"""Whether anything takes longer where much is stored: the same calls, in turns, of a small and of a grown company.

Two stacks run side by side. One has ten users, services, domain templates and finished sessions beside those of the
demo, the other ten thousand of each. As both are measured in turns, whatever else the machine does meets both alike;
where a ratio is above its limit, more is measured and counted in, because a growing cost stays and chance does not.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from local import demo
from local.demo import Person
from tests.bench import company, grown_company
from tests.bench.message_times import connect
from tests.bench.stack import Stack, running
from tests.bench.visitor import OwnCalls, Visitor

FEW, MANY = 10, 10_000
LIMIT = 1.2
SAMPLES = 40
ROUNDS = 4
WARM_UP = 5

Call = Callable[[], Awaitable[object]]


@dataclass
class Growth:
    """Seconds of one kind of call, with few and with many documents and sessions stored."""

    name: str
    few: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return median(self.many) / median(self.few)

    @property
    def excesses(self) -> Iterator[str]:
        """A sentence where it takes longer than allowed."""
        if self.ratio > LIMIT:
            yield f"{self.name}: {self.ratio:.2f} times as long with {MANY:,} documents as with {FEW}, allowed {LIMIT}"


async def measure(directory: Path, samples: int = SAMPLES) -> list[Growth]:
    """Fill one of two stacks and measure both; a minute or two go by before the first call is timed."""
    person = company.agents(1)[0]
    async with (
        running(directory / "few", agents=(person,), for_many_rows=True) as few,
        running(directory / "many", agents=(person,), for_many_rows=True) as many,
        contextlib.AsyncExitStack() as open_ones,
    ):
        for stack, count in ((few, FEW), (many, MANY)):
            session_id = await _held(stack)
            await grown_company.fill(stack.storage, session_id, count)
        small = await _calls(few, person, open_ones)
        grown = await _calls(many, person, open_ones)
        return [await _compared(name, small[name], grown[name], samples) for name in small]


async def _held(stack: Stack) -> str:
    """The id of a session that was started and ended, and whose end has been carried out."""
    visitor = await Visitor.arrive(stack, OwnCalls())
    await visitor.end()
    session_id = str(visitor.session["sessionId"])
    await grown_company.finished(stack.storage, session_id)
    return session_id


async def _calls(stack: Stack, person: Person, open_ones: contextlib.AsyncExitStack) -> Mapping[str, Call]:
    conversation = await connect(stack, person, open_ones)
    directory = await _Directory.signed_in(stack)
    middle = FEW // 2
    return {
        "session start": lambda: Visitor.start(stack, OwnCalls()),
        "customer's message to the agent": conversation.to_agent,
        "agent's message to the customer": conversation.to_customer,
        "management: get a service": directory.call(f"services/{grown_company.service_id(middle)}"),
        "management: get a user": directory.call(f"users/{grown_company.user_id(middle)}"),
        "management: get a domain template": directory.call(f"domainTemplates/{grown_company.template_id(middle)}"),
        f"management: list services, first {FEW}": directory.call(f"services?top={FEW}"),
        f"management: list users, first {FEW}": directory.call(f"users?top={FEW}"),
        f"management: list domain templates, first {FEW}": directory.call(f"domainTemplates?top={FEW}"),
        "management: search a user": directory.call(f"users?search=person{middle:05}"),
        "management: what refers to a service": directory.call(
            f"services/{grown_company.service_id(middle)}/references"
        ),
    }


@dataclass(frozen=True)
class _Directory:
    """The management API, as an administrator of the tenant calls it."""

    stack: Stack
    token: str

    @classmethod
    async def signed_in(cls, stack: Stack) -> _Directory:
        who = {"application": demo.ADMIN_APP_ID, "person": demo.TENANT_ADMINISTRATOR.id}
        async with stack.http.post(f"{stack.issuer}/_standin/token", json=who) as response:
            response.raise_for_status()
            return cls(stack, (await response.json())["access_token"])

    def call(self, path: str) -> Call:
        """A call that reads; it raises ClientResponseError where it is refused."""

        async def read() -> Any:
            url = f"{self.stack.functions}/api/manage/v1/{path}"
            async with self.stack.http.get(url, headers={"Authorization": f"Bearer {self.token}"}) as response:
                response.raise_for_status()
                return await response.json()

        return read


async def _compared(name: str, few: Call, many: Call, samples: int) -> Growth:
    growth = Growth(name)
    for _ in range(WARM_UP):
        await _seconds(few)
        await _seconds(many)
    for _ in range(ROUNDS):
        for _ in range(samples):
            growth.few.append(await _seconds(few))
            growth.many.append(await _seconds(many))
        if growth.ratio <= LIMIT:
            break
    return growth


async def _seconds(call: Call) -> float:
    began = time.perf_counter()
    result = await call()
    seconds = time.perf_counter() - began
    if isinstance(result, Visitor):
        # So that none of them ever waits for an agent.
        await result.end()
    return seconds
