"""When the last event of a tenant came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.memory import MemoryArrivals
from shared.adapters.tables import Tables
from shared.adapters.tables_arrivals import TableArrivals
from shared.ports import Arrivals
from tests.ports.samples import unique

AT = datetime(2030, 1, 1, 9, 5, 0, 250_000, tzinfo=UTC)


@pytest.fixture(params=["memory", "tables"])
def arrivals(request: pytest.FixtureRequest, tables: Tables) -> Arrivals:
    adapters: dict[str, Arrivals] = {"memory": MemoryArrivals(), "tables": TableArrivals(tables)}
    return adapters[request.param]


async def test_it_is_not_known_before_the_first(arrivals: Arrivals) -> None:
    assert await arrivals.last(unique("lunifico")) is None


async def test_the_last_one_counts(arrivals: Arrivals) -> None:
    tenant = unique("lunifico")
    for at in (AT, AT + timedelta(minutes=1)):
        await arrivals.note(tenant, at)
    assert await arrivals.last(tenant) == AT + timedelta(minutes=1)


async def test_each_tenant_has_its_own(arrivals: Arrivals) -> None:
    one, other = unique("lunifico"), unique("lunifico:/#?")
    await arrivals.note(one, AT)
    assert await arrivals.last(other) is None
    await arrivals.note(other, AT + timedelta(days=1))
    assert await arrivals.last(one) == AT
