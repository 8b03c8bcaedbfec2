"""docs/getting-started.md is played as it is printed, on a tenant that nobody has set up."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from local import demo
from tests.journeys.administrator import Administrator
from tests.journeys.stack import ROOT, Stack, running

DEMO = {"service", "user", "preview"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def empty_stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """What `make run EMPTY=1` starts."""
    with running(tmp_path_factory.mktemp("empty"), ROOT, "--empty") as started:
        yield started


async def test_on_an_empty_tenant_nothing_is_set_up_and_an_administrator_may_begin(empty_stack: Stack) -> None:
    run = empty_stack.run
    assert not DEMO & run.keys()
    assert run["tenant"] == {"id": demo.TENANT_ID}
    async with Administrator(run) as administrator:
        assert (await administrator.get("me"))["roles"] == ["tenantAdministrator"]
        status, problem = await administrator.call("GET", "tenant")
        assert (status, problem["code"]) == (404, "not_found")
        for kind in ("organizationUnits", "users", "services"):
            assert (await administrator.get(kind))["items"] == []
