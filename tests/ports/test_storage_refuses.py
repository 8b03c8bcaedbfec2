"""Storage that is read-only or lets nobody in for a while: nothing is given up because of it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from local.azurite import Storage, StoragePorts
from local.serving import serving
from shared.adapters.memory import ManualClock
from shared.adapters.queue_timers import QueueTimers
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_operations import Delete
from shared.adapters.tables import Tables
from shared.domain.errors import NotSent


@contextlib.asynccontextmanager
async def refusing(status: int) -> AsyncIterator[StorageAccount]:
    async def refuse(_: Request) -> JSONResponse:
        return JSONResponse({"odata.error": {"code": "Refused", "message": {"value": "no"}}}, status)

    methods = ["GET", "POST", "PUT", "DELETE"]
    async with serving(Starlette(routes=[Route("/{path:path}", refuse, methods=methods)])) as server:
        ports = StoragePorts(server.port, server.port, server.port)
        yield StorageAccount(Storage(ports, process_id=0).connection_string)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.adapters.failures.LONGEST_PAUSE", 0.0)


@pytest.mark.parametrize("status", [401, 403, 429, 503])
async def test_nothing_was_written_and_it_may_be_tried_again(status: int) -> None:
    async with refusing(status) as account:
        tables, timers = Tables(account), QueueTimers(account, ManualClock())
        with pytest.raises(NotSent):
            await tables.put("agents", "tenant", "agent", {})
        with pytest.raises(NotSent):
            await tables.write("sessions", "one", Delete("a"), Delete("b"))
        with pytest.raises(NotSent):
            await tables.get("agents", "tenant", "agent")
        with pytest.raises(NotSent):
            await timers.wake("session", ManualClock().now(), "watchdog")
        await tables.close()
        await timers.close()
