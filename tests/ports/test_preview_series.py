"""Which series of preview links counts."""

from __future__ import annotations

import pytest

from shared.adapters.memory import MemoryPreviewSeries
from shared.adapters.tables import Tables
from shared.adapters.tables_preview_series import TablePreviewSeries
from shared.ports import PreviewSeries
from tests.ports.samples import unique


@pytest.fixture(params=["memory", "tables"])
def series(request: pytest.FixtureRequest, tables: Tables) -> PreviewSeries:
    adapters: dict[str, PreviewSeries] = {"memory": MemoryPreviewSeries(), "tables": TablePreviewSeries(tables)}
    return adapters[request.param]


async def test_before_anything_was_revoked_it_is_the_empty_one(series: PreviewSeries) -> None:
    assert await series.current(unique("lunifico"), "service:sales") == ""


async def test_the_one_that_was_begun_last_counts(series: PreviewSeries) -> None:
    tenant = unique("lunifico")
    for name in ("first", "second", "second"):
        await series.begin(tenant, "service:sales", name)
    assert await series.current(tenant, "service:sales") == "second"


async def test_each_contact_of_each_tenant_has_its_own(series: PreviewSeries) -> None:
    tenant, other = unique("lunifico"), unique("lunifico:/#?")
    await series.begin(tenant, "service:sales", "begun")
    places = [(tenant, "user:sales"), (tenant, "service:sales:a/b"), (other, "service:sales")]
    assert [await series.current(*place) for place in places] == ["", "", ""]
    await series.begin(other, "service:sales", "other")
    assert await series.current(tenant, "service:sales") == "begun"
