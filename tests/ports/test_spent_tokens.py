"""Tokens of one use: each opens one thing, however often that is repeated."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from shared.adapters.memory import MemorySpentTokens
from shared.adapters.tables import Tables
from shared.adapters.tables_spent_tokens import TableSpentTokens
from shared.ports import SpentTokens
from tests.ports.samples import unique

UNTIL = datetime(2030, 1, 1, 9, 5, tzinfo=UTC)


@pytest.fixture(params=["memory", "tables"])
def spent(request: pytest.FixtureRequest, tables: Tables) -> SpentTokens:
    adapters: dict[str, SpentTokens] = {"memory": MemorySpentTokens(), "tables": TableSpentTokens(tables)}
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
