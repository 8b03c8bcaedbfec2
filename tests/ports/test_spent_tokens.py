"""Tokens of one use: each opens one thing, however often that is repeated."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.adapters import tables_spent_tokens
from shared.adapters.memory import ManualClock, MemorySpentTokens
from shared.adapters.rows import key
from shared.adapters.tables import INDEX, Tables
from shared.adapters.tables_spent_tokens import CLEARED_EVERY, KEPT, TableSpentTokens
from shared.ports import SpentTokens
from tests.ports.samples import unique

UNTIL = datetime(2030, 1, 1, 9, 5, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    clock = ManualClock()
    clock.time = UNTIL - timedelta(minutes=5)
    return clock


@pytest.fixture(params=["memory", "tables"])
def spent(request: pytest.FixtureRequest, tables: Tables, clock: ManualClock) -> SpentTokens:
    adapters: dict[str, SpentTokens] = {
        "memory": MemorySpentTokens(clock),
        "tables": TableSpentTokens(tables, clock),
    }
    return adapters[request.param]


async def test_a_token_opens_one_thing(spent: SpentTokens) -> None:
    tenant = unique("lunifico")
    assert await spent.spend(tenant, "token-1", "session-1", UNTIL)
    assert not await spent.spend(tenant, "token-1", "session-2", UNTIL)
    assert await spent.spend(tenant, "token-2", "session-2", UNTIL)


async def test_the_same_may_be_repeated(spent: SpentTokens) -> None:
    tenant = unique("lunifico")
    assert [await spent.spend(tenant, "token-1", "session-1", UNTIL) for _ in range(3)] == [True] * 3


async def test_of_many_at_once_one_wins(spent: SpentTokens) -> None:
    tenant = unique("lunifico")
    attempts = [spent.spend(tenant, "token-1", f"session-{number}", UNTIL) for number in range(5)]
    assert sorted(await asyncio.gather(*attempts)) == [False] * 4 + [True]


async def test_tenants_do_not_share_ids(spent: SpentTokens) -> None:
    assert await spent.spend(unique("lunifico"), "token-1", "session-1", UNTIL)
    assert await spent.spend(unique("lunifico"), "token-1", "session-2", UNTIL)


@pytest.mark.parametrize("token_id", ["a/b\\c#d?e%f'g:h", " ", "é卡🦊", "\ud800", "x" * 255, "\u0000\r\n"])
async def test_any_id_will_do(spent: SpentTokens, token_id: str) -> None:
    tenant = unique("lunifico")
    assert await spent.spend(tenant, token_id, "session-1", UNTIL)
    assert not await spent.spend(tenant, token_id, "session-2", UNTIL)


async def test_what_is_over_for_long_is_forgotten_and_what_is_not_stays(spent: SpentTokens, clock: ManualClock) -> None:
    tenant, later = unique("lunifico"), UNTIL + KEPT
    assert await spent.spend(tenant, "old", "session-1", UNTIL)
    assert await spent.spend(tenant, "young", "session-1", later)
    clock.time = UNTIL + KEPT + timedelta(seconds=1)
    assert await spent.spend(tenant, "another", "session-2", later)

    assert await spent.spend(tenant, "old", "session-2", UNTIL)
    assert not await spent.spend(tenant, "young", "session-2", later)


async def test_however_many_are_spent_rows_stay_few_and_clearing_up_costs_little(
    tables: Tables, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables_spent_tokens, "CLEARED_AFTER", 5)
    monkeypatch.setattr(tables_spent_tokens, "MAX_OPERATIONS", 10)
    tenant, hosts = unique("lunifico"), [TableSpentTokens(tables, clock) for _ in range(2)]
    calls: list[str] = []
    for name in ("between", "write"):
        monkeypatch.setattr(tables, name, counted(getattr(tables, name), name, calls))

    async def spends(count: int, pause: float = 0) -> None:
        calls.clear()
        for number in range(count):
            clock.advance(pause)
            until = clock.now() + timedelta(minutes=5)
            assert await hosts[number % 2].spend(tenant, unique("token"), "session", until)

    async def rows() -> int:
        return len(await tables.between(INDEX, key("site-tokens", tenant), "", "~"))

    await spends(20, pause=KEPT.total_seconds())
    assert await rows() <= 4

    await spends(20)
    assert (calls.count("write"), calls.count("between")) == (20, 4)

    clock.advance(2 * CLEARED_EVERY.total_seconds())
    await spends(10)
    assert await rows() <= 10 + 4


async def test_two_hosts_that_clear_up_at_once_are_no_trouble(tables: Tables, clock: ManualClock) -> None:
    tenant, hosts = unique("lunifico"), [TableSpentTokens(tables, clock) for _ in range(4)]
    for number in range(20):
        assert await hosts[0].spend(tenant, f"token-{number}", "session", UNTIL)
    clock.advance(timedelta(hours=1).total_seconds())
    later = clock.now() + timedelta(minutes=5)
    assert all(
        await asyncio.gather(*(host.spend(tenant, f"new-{index}", "s", later) for index, host in enumerate(hosts)))
    )


def counted(call: Any, name: str, calls: list[str]) -> Any:
    async def counting(*given: Any, **named: Any) -> Any:
        calls.append(name)
        return await call(*given, **named)

    return counting
