"""Ports that can be watched, and what can go wrong between two calls of them."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from typing import Any

from shared.adapters.memory import ManualClock
from shared.ports import Ports

Call = Callable[[], Awaitable[Any]]
Around = Callable[[str, Call], Awaitable[Any]]
"""What happens around a call of a port, which is named like `sessions.save`."""


class WatchedPort:
    """Stands before a port; whatever is asynchronous goes through `around`."""

    def __init__(self, name: str, port: object, around: Around) -> None:
        self._name, self._port, self._around = name, port, around

    def __getattr__(self, method: str) -> Any:
        real = getattr(self._port, method)
        if not inspect.iscoroutinefunction(real):
            return real

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await self._around(f"{self._name}.{method}", lambda: real(*args, **kwargs))

        return call


def watched(ports: Ports, around: Around) -> Ports:
    """The same ports, each call of which goes through `around`; clock and ids stay as they are."""
    names = {port.name for port in fields(ports)} - {"clock", "ids", "tokens"}
    return replace(ports, **{name: WatchedPort(name, getattr(ports, name), around) for name in names})


def fails(name: str, *errors: Exception) -> Around:
    """The first calls of this name raise these errors and have no effect."""
    left = list(errors)

    async def around(called: str, call: Call) -> Any:
        if called == name and left:
            raise left.pop(0)
        return await call()

    return around


def fails_afterwards(name: str, error: Exception) -> Around:
    """The first call of this name has its effect, but its answer is lost."""
    left = [error]

    async def around(called: str, call: Call) -> Any:
        result = await call()
        if called == name and left:
            raise left.pop()
        return result

    return around


class HostDied(Exception):
    """The process was killed."""


def dies_at(number: int, *, before_the_effect: bool) -> Around:
    """The call of this number is the last one that the host makes."""
    calls = 0

    async def around(name: str, call: Call) -> Any:
        nonlocal calls
        calls += 1
        if calls == number and before_the_effect:
            raise HostDied(name)
        result = await call()
        if calls == number:
            raise HostDied(name)
        return result

    return around


def pausing(source: random.Random) -> Around:
    """Other tasks come in between before and after every call, for a while that differs."""

    async def around(name: str, call: Call) -> Any:
        for _ in range(source.randrange(4)):
            await asyncio.sleep(0)
        result = await call()
        for _ in range(source.randrange(4)):
            await asyncio.sleep(0)
        return result

    return around


class PatientClock(ManualClock):
    """While somebody sleeps, the others get on with their work."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        for _ in range(100 if seconds else 0):
            await asyncio.sleep(0)
