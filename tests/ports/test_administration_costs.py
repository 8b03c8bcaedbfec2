"""Reading the configuration costs the same, however many documents there are: calls of the store, and their rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.document_rows import document_values, entry_keys, ref_key, row_key
from shared.adapters.table_operations import Insert
from shared.adapters.tables import CONFIG, Tables
from shared.adapters.tables_documents import ConfigDocuments
from shared.adapters.tables_history import TableHistory
from shared.adapters.tables_queue import TableQueueStore
from shared.domain.documents import DocumentKey, Kind, key_of
from shared.domain.history import entry_of
from shared.domain.organization_units import OrganizationUnit
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.users import User
from shared.ports import HistorySelection, Selection, Slot, Stored
from tests.ports.samples import LUISA, session, unique

FEW, MANY = 25, 75
SINCE, UNTIL = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 1, 31, tzinfo=UTC)
UNIT = OrganizationUnit("root", "Lunifico")


@dataclass
class Meter:
    """Calls and rows of a store since the last look."""

    calls: int = 0
    rows: int = 0

    def watch(self, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
        get, between = tables.get, tables.between

        async def counted_get(*arguments: Any) -> Any:
            row = await get(*arguments)
            self.calls, self.rows = self.calls + 1, self.rows + (row is not None)
            return row

        async def counted_between(*arguments: Any) -> Any:
            rows = await between(*arguments)
            self.calls, self.rows = self.calls + 1, self.rows + len(rows)
            return rows

        monkeypatch.setattr(tables, "get", counted_get)
        monkeypatch.setattr(tables, "between", counted_between)

    async def of(self, call: Callable[[], Awaitable[object]]) -> tuple[int, int]:
        self.calls = self.rows = 0
        await call()
        return self.calls, self.rows


async def filled(tables: Tables, count: int) -> str:
    """A tenant with so many users, written as `save` writes them; its id."""
    tenant_id = unique("many")
    await ConfigDocuments(tables).save_document(tenant_id, UNIT)
    operations: list[Insert] = []
    for number in range(count):
        user = User(f"user{number:05}", f"Person{number:05}", f"person{number:05}@lunifico.example", UNIT.id)
        own = key_of(user)
        keys = [ref_key(key_of(UNIT), own), *entry_keys(user)]
        operations += [Insert(row_key(own), document_values(Stored(user, "1"))), *(Insert(key) for key in keys)]
    for start in range(0, len(operations), 100):
        await tables.write(CONFIG, tenant_id, *operations[start : start + 100])
    return tenant_id


async def test_get_and_list_cost_the_same_for_few_and_many(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    documents, meter = ConfigDocuments(tables), Meter()
    tenants = {count: await filled(tables, count) for count in (FEW, MANY)}
    meter.watch(tables, monkeypatch)
    reads: dict[str, Callable[[str], Awaitable[object]]] = {
        "get": lambda tenant: documents.read(tenant, DocumentKey(Kind.USER, "user00010")),
        "list": lambda tenant: documents.list(tenant, Selection(Kind.USER, top=20)),
        "next page": lambda tenant: documents.list(tenant, Selection(Kind.USER, after="user00004", top=20)),
        "search": lambda tenant: documents.list(tenant, Selection(Kind.USER, search="person00010")),
        "of a unit": lambda tenant: documents.list(tenant, Selection(Kind.USER, units=frozenset({UNIT.id}), top=20)),
        "audit": lambda tenant: documents.audit(tenant, Kind.USER, "user00010"),
    }
    for name, read in reads.items():
        few, many = [await meter.of(lambda read=read, tenant=tenant: read(tenant)) for tenant in tenants.values()]  # type: ignore[misc]  # the defaults bind the loop's values
        assert few == many, name
        assert few[1] <= 40, name


async def test_sessions_cost_the_same_for_few_and_many(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    history, queue, meter = TableHistory(tables), TableQueueStore(tables), Meter()
    tenants = {count: await with_sessions(tables, count) for count in (FEW, MANY)}
    meter.watch(tables, monkeypatch)
    contact, ever = ContactReference(ContactKind.SERVICE, "service-1"), HistorySelection(SINCE, UNTIL, top=5)
    reads: dict[str, Callable[[str], Awaitable[object]]] = {
        "newest": lambda tenant: history.list(tenant, ever),
        "of a service": lambda tenant: history.list(tenant, replace(ever, contact=contact)),
        "of an agent": lambda tenant: history.list(tenant, replace(ever, agent_id="luisa")),
        "of a customer": lambda tenant: history.sessions_of(tenant, "digest-1", 5),
        "running": lambda tenant: queue.running(tenant, None, None, 5),
        "running of a service": lambda tenant: queue.running(tenant, contact, None, 5),
    }
    for name, read in reads.items():
        few, many = [await meter.of(lambda read=read, tenant=tenant: read(tenant)) for tenant in tenants.values()]  # type: ignore[misc]  # the defaults bind the loop's values
        assert few == many == (1, 5), name


async def with_sessions(tables: Tables, count: int) -> str:
    """A tenant in which so many sessions have ended this month, and run with a tenth as many services; its id."""
    tenant_id, history, queue = unique("many"), TableHistory(tables), TableQueueStore(tables)
    for number in range(count):
        one = replace(session(f"session-{number}"), tenant_id=tenant_id, agent=LUISA)
        contact = ContactReference(ContactKind.SERVICE, f"service-{number % 5}")
        ended = replace(one, contact=contact, ended_at=SINCE + timedelta(minutes=number))
        await history.record(entry_of(ended, with_context=False), f"digest-{number % 5}")
        await queue.take_slot(f"{tenant_id}:{contact.key}", number // 5, Slot(one.id, SINCE))
    return tenant_id
