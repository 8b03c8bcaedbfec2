"""Ports with seeded faults, and hosts that die between any two calls."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from shared.domain.errors import NotSent, OutcomeUnknown

CALL_SECONDS = 6.0


@dataclass(frozen=True)
class Faults:
    """Probabilities for each call. `slow` adds up to 3 s, `stuck` up to 40 s, more than any lease lasts."""

    throttled: float = 0.0
    unknown: float = 0.0
    storage_unknown: float = 0.0
    slow: float = 0.0
    repeated_events: float = 0.0
    event_delay: float = 0.05
    kills: int = 0
    stuck: float = 0.0


CALM = Faults()
STORM = Faults(0.04, 0.03, 0.004, 0.03, 0.3, 4.0, 4)
HURRICANE = Faults(0.08, 0.06, 0.01, 0.06, 0.5, 20.0, 12, 0.01)
PROFILES = {"calm": CALM, "storm": STORM, "hurricane": HURRICANE}

SENDS = frozenset({"messaging", "agents"})


@dataclass
class Host:
    """A process that can die: its tasks vanish at whichever call they are waiting for."""

    name: str
    up: bool = True
    generation: int = 0
    tasks: dict[asyncio.Task[Any], None] = field(default_factory=dict)
    """In their order: a set's would differ from one process to the next, and a seed could not be replayed."""

    def kill(self) -> None:
        self.up = False
        self.generation += 1
        for task in list(self.tasks):
            task.cancel()
        self.tasks.clear()


class Network:
    """Every port call goes through here: a request travels, takes effect, and its answer travels back."""

    def __init__(self, source: random.Random, faults: Faults) -> None:
        self.random = source
        self.faults = faults
        self.counts: dict[str, int] = {}

    async def call(self, host: Host, port: str, name: str, effect: Callable[[], Any]) -> Any:
        loop, generation = asyncio.get_running_loop(), host.generation
        self.counts[port] = self.counts.get(port, 0) + 1
        out, back = self._delay(), self._delay()
        if port in SENDS:
            if self._happens(self.faults.throttled):
                await asyncio.sleep(out)
                raise NotSent("throttled", retry_after=self.random.choice([1.0, 1.0, 2.0, 15.0]))
            if self._happens(self.faults.unknown):
                if self._happens(0.5):
                    loop.call_later(self.random.uniform(0, CALL_SECONDS - 0.5), _quietly(effect))
                await asyncio.sleep(CALL_SECONDS)
                raise OutcomeUnknown(f"{port}.{name} timed out")
        lost_answer = port != "clock" and port not in SENDS and self._happens(self.faults.storage_unknown)
        answer: asyncio.Future[Any] = loop.create_future()

        def arrive() -> None:
            if host.generation != generation:
                # A request that has left the host may take effect although the host died meanwhile, but not for long.
                if out > CALL_SECONDS or self._happens(0.5):
                    return
            elif answer.cancelled():
                # The host has given up and closed the connection before anything was sent.
                return
            try:
                result: Any = effect()
            except Exception as error:  # whatever the port raises travels back
                loop.call_later(back, _settle, answer, None, error)
            else:
                lost = OutcomeUnknown(f"{port}.{name} answered nothing") if lost_answer else None
                loop.call_later(back, _settle, answer, result, lost)

        loop.call_later(out, arrive)
        return await answer

    def _delay(self) -> float:
        seconds = self.random.expovariate(1 / 0.02)
        if self._happens(self.faults.stuck):
            return seconds + self.random.uniform(5, 40)
        return seconds + self.random.uniform(0, 3) if self._happens(self.faults.slow) else seconds

    def _happens(self, probability: float) -> bool:
        return self.random.random() < probability


class FaultyPort:
    """Stands before a port for one host; every asynchronous method becomes a call over the network."""

    def __init__(self, network: Network, host: Host, name: str, port: object) -> None:
        self._network, self._host, self._name, self._port = network, host, name, port

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not asyncio.iscoroutinefunction(method):
            return method

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await self._network.call(self._host, self._name, name, lambda: run_at_once(method(*args, **kwargs)))

        setattr(self, name, call)  # found without this method from now on
        return call


def run_at_once(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never waits, as those of the in-memory adapters."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise RuntimeError("an in-memory adapter waited")


def _settle(answer: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if answer.done():
        return
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(result)


def _quietly(effect: Callable[[], Any]) -> Callable[[], None]:
    def run() -> None:
        try:
            effect()
        except NotSent:
            return

    return run
