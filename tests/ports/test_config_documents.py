"""The writing side of the configuration: checked, versioned, and held together by references."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from shared.adapters.tables import CONFIG, Tables
from shared.adapters.tables_documents import ANY_VERSION, ConfigDocuments
from shared.domain.documents import Document, Kind
from shared.domain.domain_templates import DomainRow
from shared.domain.errors import AlreadyExists, Finding, InvalidConfiguration, VersionConflict
from shared.domain.services import ServiceModality
from shared.domain.tenants import Tenant
from shared.domain.workflows import Workflow
from tests.ports.companies import (
    AMERICA,
    CHAT,
    DIRECT,
    EUROPE,
    LUISA,
    MARIO,
    ROOT,
    SALES,
    WAITING,
    WEBSITES,
    Company,
    save_company,
)


@pytest.fixture
async def documents(tables: Tables) -> ConfigDocuments:
    return ConfigDocuments(tables)


@pytest.fixture
async def lunifico(tables: Tables) -> Company:
    return await save_company(tables)


async def findings_of(documents: ConfigDocuments, tenant_id: str, document: Document) -> list[tuple[str, str]]:
    """Rule and field of everything that keeps a document from being saved."""
    with pytest.raises(InvalidConfiguration) as refusal:
        await documents.save_document(tenant_id, document, ANY_VERSION)
    return [(finding.rule, finding.field) for finding in refusal.value.findings]


async def test_documents_are_listed_by_kind_in_the_order_of_their_ids(
    documents: ConfigDocuments, lunifico: Company
) -> None:
    listed = await documents.list_documents(lunifico.tenant.id, Kind.ORGANIZATION_UNIT)
    assert [stored.document for stored in listed] == [AMERICA, EUROPE, ROOT]


async def test_a_new_document_must_be_new(documents: ConfigDocuments, lunifico: Company) -> None:
    with pytest.raises(AlreadyExists):
        await documents.save_document(lunifico.tenant.id, ROOT)


async def test_a_change_needs_the_version_that_was_read(documents: ConfigDocuments, lunifico: Company) -> None:
    tenant_id = lunifico.tenant.id
    read = await documents.read_document(tenant_id, Kind.USER, "luisa")
    assert read is not None
    saved = await documents.save_document(tenant_id, replace(LUISA, first_name="Luisa"), read.version)
    assert saved.version != read.version
    with pytest.raises(VersionConflict):
        await documents.save_document(tenant_id, LUISA, read.version)
    now = await documents.read_document(tenant_id, Kind.USER, "luisa")
    assert now == saved


async def test_a_deleted_document_is_not_written_again_by_somebody_who_read_it(
    documents: ConfigDocuments, lunifico: Company
) -> None:
    tenant_id = lunifico.tenant.id
    read = await documents.read_document(tenant_id, Kind.USER, "luisa")
    assert read is not None
    await documents.delete_document(tenant_id, Kind.USER, "luisa", read.version)
    with pytest.raises(VersionConflict):
        await documents.save_document(tenant_id, LUISA, read.version)
    with pytest.raises(VersionConflict):
        await documents.delete_document(tenant_id, Kind.USER, "luisa", read.version)
    assert await documents.read_document(tenant_id, Kind.USER, "luisa") is None


async def test_all_findings_come_at_once(documents: ConfigDocuments, lunifico: Company) -> None:
    wrong = replace(
        SALES,
        organization_unit_id="nowhere",
        name="",
        modalities={"instantMessaging": ServiceModality(True, "gone", "direct")},
    )
    assert await findings_of(documents, lunifico.tenant.id, wrong) == [
        ("name_missing", "name"),
        ("reference_missing", "organization_unit_id"),
        ("out_of_reach", "interact.domain_template_id"),
        ("reference_missing", "modalities.instantMessaging.workflow_id"),
        ("kind_mismatch", "modalities.instantMessaging.system_messages_id"),
        ("out_of_reach", "modalities.instantMessaging.system_messages_id"),
    ]
    stored = await documents.read_document(lunifico.tenant.id, Kind.SERVICE, "sales")
    assert stored is not None
    assert stored.document == SALES


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (replace(LUISA, id=""), ("id_length", "id")),
        (
            replace(WEBSITES, domains=(DomainRow("ftp", "lunifico.example"),)),
            ("protocol_unknown", "domains.0.protocol"),
        ),
        (replace(WAITING, kind="other"), ("kind_unknown", "kind")),
        (replace(ROOT, parent_id="europe"), ("cycle", "parent_id")),
        (replace(ROOT, parent_id="root"), ("cycle", "parent_id")),
        (replace(MARIO, direct_system_messages_id="waiting"), ("kind_mismatch", "direct_system_messages_id")),
    ],
)
async def test_a_broken_rule_is_named(
    documents: ConfigDocuments, lunifico: Company, document: Document, expected: tuple[str, str]
) -> None:
    assert expected in await findings_of(documents, lunifico.tenant.id, document)


async def test_a_workflow_is_linted_by_the_rules_that_were_handed_in(tables: Tables, lunifico: Company) -> None:
    def lint(workflow: Workflow) -> tuple[Finding, ...]:
        return (Finding("no_end", "activities.queue", "leads nowhere"),) if workflow.start == "queue" else ()

    documents = ConfigDocuments(tables, lint)
    assert await findings_of(documents, lunifico.tenant.id, CHAT) == [("no_end", "activities.queue")]


async def test_a_workflow_must_be_of_the_modalitys_type(documents: ConfigDocuments, lunifico: Company) -> None:
    await documents.save_document(lunifico.tenant.id, replace(CHAT, id="call", type="audioVideo"))
    wrong = replace(SALES, modalities={"instantMessaging": ServiceModality(True, "call")})
    found = await findings_of(documents, lunifico.tenant.id, wrong)
    assert found == [("workflow_type", "modalities.instantMessaging.workflow_id")]


async def test_documents_of_another_branch_cannot_be_selected(documents: ConfigDocuments, lunifico: Company) -> None:
    tenant_id = lunifico.tenant.id
    await documents.save_document(tenant_id, replace(DIRECT, id="american", organization_unit_id="america"))
    luisa = replace(LUISA, direct_system_messages_id="american")
    assert await findings_of(documents, tenant_id, luisa) == [("out_of_reach", "direct_system_messages_id")]
    await documents.save_document(tenant_id, replace(luisa, organization_unit_id="america"), ANY_VERSION)


async def test_what_others_refer_to_cannot_be_deleted(documents: ConfigDocuments, lunifico: Company) -> None:
    tenant_id = lunifico.tenant.id
    for kind, document_id in ((Kind.WORKFLOW, "chat"), (Kind.ORGANIZATION_UNIT, "europe")):
        with pytest.raises(InvalidConfiguration) as refusal:
            await documents.delete_document(tenant_id, kind, document_id, ANY_VERSION)
        assert refusal.value.findings[0].rule == "in_use"
        assert "service 'sales'" in refusal.value.findings[0].explanation
    await documents.save_document(tenant_id, replace(SALES, modalities={}), ANY_VERSION)
    await documents.delete_document(tenant_id, Kind.WORKFLOW, "chat", ANY_VERSION)
    assert await documents.read_document(tenant_id, Kind.WORKFLOW, "chat") is None


async def test_a_deleted_document_leaves_no_reference_behind(
    documents: ConfigDocuments, tables: Tables, lunifico: Company
) -> None:
    tenant_id = lunifico.tenant.id
    for user in ("luisa", "mario"):
        await documents.delete_document(tenant_id, Kind.USER, user, ANY_VERSION)
    await documents.delete_document(tenant_id, Kind.SERVICE, "sales", ANY_VERSION)
    left = [row.key for row in await tables.between(CONFIG, tenant_id, "ref:", "ref;")]
    assert all(":user:" not in key and ":service:" not in key for key in left)


async def test_a_workflow_that_comes_back_goes_on_counting(documents: ConfigDocuments, lunifico: Company) -> None:
    tenant_id = lunifico.tenant.id
    await documents.save_document(tenant_id, replace(CHAT, id="other"))
    await documents.delete_document(tenant_id, Kind.WORKFLOW, "other", ANY_VERSION)
    again = await documents.save_document(tenant_id, replace(CHAT, id="other", name="Anew"))
    assert again.document == replace(CHAT, id="other", name="Anew", version=2)


async def test_a_reference_and_a_deletion_at_the_same_time_do_not_both_succeed(
    documents: ConfigDocuments, lunifico: Company
) -> None:
    tenant_id = lunifico.tenant.id
    for number in range(4):
        messages = replace(DIRECT, id=f"direct-{number}")
        await documents.save_document(tenant_id, messages)
        luisa = replace(LUISA, direct_system_messages_id=messages.id)
        outcomes = await asyncio.gather(
            documents.save_document(tenant_id, luisa, ANY_VERSION),
            documents.delete_document(tenant_id, Kind.SYSTEM_MESSAGES, messages.id, ANY_VERSION),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, VersionConflict | InvalidConfiguration) for outcome in outcomes) == 1


async def test_several_documents_can_come_to_refer_to_one_at_the_same_time(
    documents: ConfigDocuments, lunifico: Company
) -> None:
    users = [replace(LUISA, id=f"user-{number}", direct_system_messages_id="direct") for number in range(4)]
    await asyncio.gather(*(documents.save_document(lunifico.tenant.id, user) for user in users))
    listed = await documents.list_documents(lunifico.tenant.id, Kind.USER)
    assert {stored.document.id for stored in listed} == {"luisa", "mario", *(user.id for user in users)}


async def test_a_widget_key_belongs_to_one_tenant(documents: ConfigDocuments, lunifico: Company) -> None:
    other = Tenant(f"{lunifico.tenant.id}-2", "Other", widget_key=lunifico.tenant.widget_key)
    assert await findings_of(documents, other.id, other) == [("widget_key_taken", "widget_key")]


async def test_a_tenant_is_stored_under_its_own_id(documents: ConfigDocuments, lunifico: Company) -> None:
    found = await findings_of(documents, lunifico.tenant.id, replace(lunifico.tenant, id="other"))
    assert found == [("id_mismatch", "id"), ("widget_key_taken", "widget_key")]


async def test_ids_may_hold_any_character(documents: ConfigDocuments, lunifico: Company) -> None:
    odd = "a/b\\c#d?e%f:g'h ü😀"
    unit = replace(EUROPE, id=odd)
    await documents.save_document(lunifico.tenant.id, unit)
    await documents.save_document(lunifico.tenant.id, replace(LUISA, id=odd, organization_unit_id=odd))
    stored = await documents.read_document(lunifico.tenant.id, Kind.ORGANIZATION_UNIT, odd)
    assert stored is not None
    assert stored.document == unit
    with pytest.raises(InvalidConfiguration, match="is used by user 'a/b"):
        await documents.delete_document(lunifico.tenant.id, Kind.ORGANIZATION_UNIT, odd, ANY_VERSION)
