"""What something has cost: transactions and operations at the storage's wire, calls in the stand-ins' request logs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.adapters.tables import CONFIG
from tests.bench.stack import Stack
from tests.bench.storage_meter import FINISH, POLL, PUT, RECEIVE
from tests.bench.visitor import OwnCalls

LOOK_EVERY = 0.02
TO_THE_BOT = "bot."
"""So the desk names the calls that it makes itself."""


@dataclass(frozen=True)
class Bill:
    """Counts by name."""

    tables: Counter[str]
    queue: Counter[str]
    outbound: Counter[str]

    @property
    def table_transactions(self) -> int:
        return self.tables.total()

    @property
    def queue_messages(self) -> int:
        return self.queue[PUT]

    @property
    def outbound_calls(self) -> int:
        return self.outbound.total()

    @property
    def has_timers(self) -> bool:
        """Whether the host got or finished a timer message, whose work is then on this bill as well."""
        return bool(self.queue[RECEIVE] or self.queue[FINISH])

    @property
    def reads_settings(self) -> bool:
        """Whether a cache of the configuration had run out."""
        return any(name.endswith(f" {CONFIG}") for name in self.tables)

    def since(self, earlier: Bill) -> Bill:
        """What has come on top of an earlier bill."""
        return Bill(self.tables - earlier.tables, self.queue - earlier.queue, self.outbound - earlier.outbound)

    def items(self) -> str:
        """The calls in words, such as "range of sessions, 2 × transaction on sessions"."""
        without_polls = Counter({f"queue {name}": count for name, count in self.queue.items() if name != POLL})
        named = self.tables + without_polls + self.outbound
        return ", ".join(name if count == 1 else f"{count} × {name}" for name, count in sorted(named.items()))


@dataclass(frozen=True)
class Ledger:
    """Reads the counts of a stack; what visitors call themselves is left out."""

    stack: Stack
    own_calls: OwnCalls

    async def read(self) -> Bill:
        meter = self.stack.meter
        acs, desk, signalr = [await self._log(base) for base in (self.stack.acs, self.stack.desk, self.stack.signalr)]
        outbound = _named("acs", Counter(acs["operations"]) - self.own_calls.counts)
        outbound += _named("teams", {n: c for n, c in desk["counts"].items() if not n.startswith(TO_THE_BOT)})
        outbound += _named("signalr", signalr["counts"])
        return Bill(meter.tables.copy(), meter.queue.copy(), outbound)

    async def _log(self, base: str) -> Mapping[str, Any]:
        async with self.stack.http.get(f"{base}/_standin/log") as response:
            response.raise_for_status()
            log: Mapping[str, Any] = await response.json()
            return log

    async def settled(self) -> None:
        """Wait until every event of ACS was answered by the host."""
        while True:
            async with self.stack.http.get(f"{self.stack.acs}/_standin/events") as response:
                if not (await response.json())["pending"]:
                    return
            await asyncio.sleep(LOOK_EVERY)


def _named(service: str, counts: Mapping[str, int]) -> Counter[str]:
    return Counter({f"{service} {name}": count for name, count in counts.items()})
