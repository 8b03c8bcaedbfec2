"""Stored configuration says its schema: older documents are brought up to date, newer ones are left alone."""

from __future__ import annotations

import json
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
from shared.domain.errors import Rejected
from shared.domain.organization_units import OrganizationUnit
from shared.ports import Stored
from tests.ports.companies import CHAT, MARIO, ROOT, Company, save_company
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
    tenant_id, key = lunifico.tenant.id, f"user:{part(MARIO.id)}"
    row = await stored(tables, tenant_id, key)
    changed = {name: value for name, value in row.items() if name not in ("PartitionKey", "RowKey")}
    newer = {**changed, "schema": document_schema.SCHEMA + 1}
    await tables.write(CONFIG, part(tenant_id), Put(key, newer))
    with pytest.raises(Rejected, match="schema"):
        await TableConfigStore(tables).user(tenant_id, MARIO.id)


def test_there_is_a_way_from_each_schema_to_the_next() -> None:
    assert set(document_schema.UPGRADES) == set(range(document_schema.FIRST, document_schema.SCHEMA))
