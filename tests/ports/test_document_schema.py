"""Stored configuration says its schema: older documents are brought up to date, newer ones are left alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.adapters import document_schema
from shared.adapters.document_rows import document_values
from shared.adapters.rows import part
from shared.adapters.table_operations import Put
from shared.adapters.tables import CONFIG, Tables
from shared.adapters.tables_config import TableConfigStore
from shared.adapters.tables_documents import ANY_VERSION, ConfigDocuments
from shared.domain.documents import Kind
from shared.domain.errors import NewerSchema, Rejected
from shared.domain.organization_units import OrganizationUnit
from shared.ports import Stored
from tests.ports.companies import CHAT, MARIO, ROOT, SALES, Company, of_a_newer_version, save_company
from tests.ports.samples import unique

KEY = f"organizationUnit:{ROOT.id}"


@pytest.fixture
async def lunifico(tables: Tables) -> Company:
    return await save_company(tables)


async def stored(tables: Tables, tenant_id: str, key: str = KEY) -> dict[str, Any]:
    row = await tables.get(CONFIG, part(tenant_id), key)
    assert row is not None
    return dict(row.values)


async def write(tables: Tables, tenant_id: str, **changed: Any) -> None:
    """Change properties of the root's row as another version of the app would have written them."""
    values = {**document_values(Stored(ROOT, "1")), **changed}
    without = {name: value for name, value in values.items() if value is not None}
    await tables.write(CONFIG, part(tenant_id), Put(KEY, without))


async def test_every_document_is_stored_with_its_schema(tables: Tables, lunifico: Company) -> None:
    assert (await stored(tables, lunifico.tenant.id))["schema"] == document_schema.SCHEMA
    version = await stored(tables, lunifico.tenant.id, f"version:workflow:{CHAT.id}:000001")
    assert version["schema"] == document_schema.SCHEMA


async def test_what_was_written_before_there_was_a_number_is_of_the_first(tables: Tables) -> None:
    tenant_id = unique("tenant")
    await write(tables, tenant_id, schema=None)
    found = await ConfigDocuments(tables).read_document(tenant_id, Kind.ORGANIZATION_UNIT, ROOT.id)
    assert found is not None
    assert found.document == ROOT


async def test_an_older_document_is_brought_up_to_date_and_stored_so_when_it_is_saved(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    def called_title_before(kind: Kind, content: dict[str, Any]) -> dict[str, Any]:
        assert kind is Kind.ORGANIZATION_UNIT
        return {**content, "name": content.pop("title")}

    tenant_id = unique("tenant")
    await write(tables, tenant_id, data=json.dumps({"id": ROOT.id, "title": "Lunifico"}))
    monkeypatch.setattr(document_schema, "SCHEMA", 2)
    monkeypatch.setattr(document_schema, "UPGRADES", {1: called_title_before})
    documents = ConfigDocuments(tables)
    found = await documents.read_document(tenant_id, Kind.ORGANIZATION_UNIT, ROOT.id)
    assert found is not None
    assert found.document == OrganizationUnit(ROOT.id, "Lunifico")
    await documents.save_document(tenant_id, found.document, ANY_VERSION)
    row = await stored(tables, tenant_id)
    assert (row["schema"], json.loads(row["data"])["name"]) == (2, "Lunifico")


async def test_what_a_newer_version_has_written_is_neither_read_nor_replaced(tables: Tables) -> None:
    tenant_id = unique("tenant")
    await write(tables, tenant_id, schema=document_schema.SCHEMA + 1)
    documents = ConfigDocuments(tables)
    with pytest.raises(Rejected, match="deploy the newer version"):
        await documents.read_document(tenant_id, Kind.ORGANIZATION_UNIT, ROOT.id)
    with pytest.raises(Rejected, match="deploy the newer version"):
        await documents.save_document(tenant_id, ROOT, ANY_VERSION)
    assert (await stored(tables, tenant_id))["schema"] == document_schema.SCHEMA + 1


async def test_conversations_do_not_start_on_it_either(tables: Tables, lunifico: Company) -> None:
    await of_a_newer_version(tables, lunifico.tenant.id, MARIO)
    with pytest.raises(NewerSchema, match="schema"):
        await TableConfigStore(tables).user(lunifico.tenant.id, MARIO.id)


async def test_one_tenant_of_a_newer_version_leaves_the_others_alone(
    tables: Tables, lunifico: Company, caplog: pytest.LogCaptureFixture
) -> None:
    newer, store = await save_company(tables), TableConfigStore(tables, cache_seconds=0)
    await of_a_newer_version(tables, newer.tenant.id, newer.tenant)
    for _ in range(2):
        ids = {tenant.id for tenant in await store.tenants()}
        assert lunifico.tenant.id in ids
        assert newer.tenant.id not in ids
    told = [line.getMessage() for line in caplog.records if newer.tenant.id in line.getMessage()]
    assert len(told) == 1, "each event would repeat it"
    assert "schema 2" in told[0]
    with pytest.raises(NewerSchema):
        await store.tenant(newer.tenant.id)


async def test_an_agent_serves_the_services_that_can_be_read(
    tables: Tables, lunifico: Company, caplog: pytest.LogCaptureFixture
) -> None:
    orders = replace(SALES, id="orders", name="Orders")
    await ConfigDocuments(tables).save_document(lunifico.tenant.id, orders)
    await of_a_newer_version(tables, lunifico.tenant.id, SALES)
    assert await TableConfigStore(tables).services_of(lunifico.tenant.id, MARIO.id) == [orders]
    assert "'sales' is left out" in caplog.text


async def test_versions_of_a_workflow_are_listed_with_those_that_cannot_be_read(
    tables: Tables, lunifico: Company
) -> None:
    documents, key = ConfigDocuments(tables), f"version:workflow:{CHAT.id}:000002"
    await documents.save_document(lunifico.tenant.id, replace(CHAT, name="Talk"), ANY_VERSION)
    row = await stored(tables, lunifico.tenant.id, key)
    values = {name: value for name, value in row.items() if name not in ("PartitionKey", "RowKey")}
    await tables.write(CONFIG, part(lunifico.tenant.id), Put(key, {**values, "schema": 2}))
    newest, first = await documents.versions(lunifico.tenant.id, CHAT.id)
    assert (newest.number, newest.name, first.number, first.name) == (2, "", 1, CHAT.name)
    assert "schema 2" in newest.problem
    assert first.problem == ""


def test_there_is_a_way_from_each_schema_to_the_next() -> None:
    assert set(document_schema.UPGRADES) == set(range(document_schema.FIRST, document_schema.SCHEMA))
