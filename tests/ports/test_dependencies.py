"""Health asks others seldom, together, and never for long."""

from __future__ import annotations

import asyncio

import pytest

from shared.adapters import dependencies
from shared.adapters.dependencies import FRESH, Dependencies
from shared.adapters.memory import ManualClock
from shared.domain.errors import NotSent


async def test_each_has_a_state_of_its_own_and_is_asked_seldom() -> None:
    asked: list[str] = []

    async def works() -> None:
        asked.append("queues")

    async def fails() -> None:
        asked.append("bot")
        raise NotSent("no connection", 1)

    clock = ManualClock()
    found = Dependencies({"queues": works, "bot": fails}, clock)
    expected = {"queues": "ok", "bot": "unreachable"}
    assert await asyncio.gather(*(found.states() for _ in range(50))) == [expected] * 50
    assert asked == ["queues", "bot"]
    clock.advance(FRESH.total_seconds() - 1)
    await found.states()
    assert len(asked) == 2
    clock.advance(1)
    await found.states()
    assert len(asked) == 4


async def test_one_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependencies, "PATIENCE", 0.05)
    found = Dependencies({"push": asyncio.Event().wait}, ManualClock())
    assert await found.states() == {"push": "unreachable"}
