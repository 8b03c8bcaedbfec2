"""What every configuration store has to do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from shared.adapters.memory import ManualClock, MemoryConfigStore
from shared.adapters.tables import Tables
from shared.adapters.tables_config import CACHE_SECONDS, TableConfigStore
from shared.adapters.tables_documents import ANY_VERSION, ConfigDocuments
from shared.domain.contacts import Contact
from shared.domain.documents import Kind
from shared.domain.sessions import ContactKind, ContactReference
from shared.ports import ConfigStore
from tests.ports.companies import CHAT, DIRECT, LUISA, MARIO, SALES, WAITING, WEBSITES, Company, company, save_company

THE_SERVICE = ContactReference(ContactKind.SERVICE, "sales")
MARIO_DIRECT = ContactReference(ContactKind.USER, "mario")


@dataclass(frozen=True)
class Configuration:
    """A store and the company that is in it."""

    store: ConfigStore
    lunifico: Company


@pytest.fixture(params=["memory", "tables"])
async def configuration(request: pytest.FixtureRequest, tables: Tables) -> Configuration:
    if request.param == "tables":
        return Configuration(TableConfigStore(tables), await save_company(tables))
    lunifico = company()
    return Configuration(MemoryConfigStore(lunifico.tenant, *lunifico.documents), lunifico)


async def test_a_tenant_is_found_by_id_and_by_widget_key(configuration: Configuration) -> None:
    tenant, store = configuration.lunifico.tenant, configuration.store
    assert await store.tenant(tenant.id) == tenant
    assert await store.tenant_by_widget_key(tenant.widget_key) == tenant
    assert tenant in await store.tenants()


@pytest.mark.parametrize("key", ["", "unknown-key-of-nobody", "' or 1 eq 1", "a/b\\c#d?e", "x" * 5_000, "\ud800"])
async def test_an_unknown_widget_key_is_nobodys(configuration: Configuration, key: str) -> None:
    assert await configuration.store.tenant_by_widget_key(key) is None


async def test_a_service_comes_with_its_template_messages_and_workflow(configuration: Configuration) -> None:
    contact = await configuration.store.contact(configuration.lunifico.tenant.id, THE_SERVICE, "instantMessaging")
    assert contact == Contact(service=SALES, template=WEBSITES, system_messages=WAITING, workflow=CHAT)


async def test_a_user_comes_with_template_and_direct_messages(configuration: Configuration) -> None:
    contact = await configuration.store.contact(configuration.lunifico.tenant.id, MARIO_DIRECT, "instantMessaging")
    assert contact == Contact(user=MARIO, template=WEBSITES, system_messages=DIRECT)
    assert await configuration.store.user(configuration.lunifico.tenant.id, "luisa") == LUISA


async def test_a_modality_without_settings_has_no_workflow(configuration: Configuration) -> None:
    contact = await configuration.store.contact(configuration.lunifico.tenant.id, THE_SERVICE, "audioVideo")
    assert contact is not None
    assert (contact.service, contact.workflow, contact.system_messages) == (SALES, None, None)


@pytest.mark.parametrize("reference", [replace(THE_SERVICE, id="nothing"), ContactReference(ContactKind.USER, "sales")])
async def test_an_unknown_contact_is_none(configuration: Configuration, reference: ContactReference) -> None:
    assert await configuration.store.contact(configuration.lunifico.tenant.id, reference, "instantMessaging") is None
    assert await configuration.store.user(configuration.lunifico.tenant.id, "nobody") is None


async def test_a_user_s_services_are_those_in_which_the_user_is_a_member(configuration: Configuration) -> None:
    tenant_id, store = configuration.lunifico.tenant.id, configuration.store
    assert await store.services_of(tenant_id, "luisa") == [SALES]
    assert list(await store.services_of(tenant_id, "nobody")) == []
    assert list(await store.services_of("another-tenant", "luisa")) == []


async def test_tenants_do_not_see_each_other(configuration: Configuration) -> None:
    assert await configuration.store.contact("another-tenant", THE_SERVICE, "instantMessaging") is None
    assert await configuration.store.user("another-tenant", "luisa") is None


async def test_a_workflow_of_another_type_counts_as_missing() -> None:
    memory = MemoryConfigStore(company().tenant)
    memory.put("lunifico", SALES, replace(CHAT, type="audioVideo"))
    contact = await memory.contact("lunifico", THE_SERVICE, "instantMessaging")
    assert contact is not None
    assert contact.workflow is None


class CountedTables:
    """Passes reads on and counts them."""

    def __init__(self, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reads = 0
        real = tables.get

        async def get(table: str, partition: str, key: str) -> object:
            self.reads += 1
            return await real(table, partition, key)

        monkeypatch.setattr(tables, "get", get)


async def test_a_hundred_readers_at_once_cause_one_read_of_each_row(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = await save_company(tables)
    counted = CountedTables(tables, monkeypatch)
    store = TableConfigStore(tables)
    found = await asyncio.gather(*(store.tenant_by_widget_key(saved.tenant.widget_key) for _ in range(100)))
    assert found == [saved.tenant] * 100
    assert counted.reads == 2, "the key and the tenant"
    await asyncio.gather(*(store.contact(saved.tenant.id, THE_SERVICE, "instantMessaging") for _ in range(100)))
    assert counted.reads == 6, "service, template, messages, workflow"


async def test_a_change_takes_effect_within_the_cache_time(tables: Tables) -> None:
    saved, documents, now = company(), ConfigDocuments(tables), 1_000.0
    await documents.save_document(saved.tenant.id, saved.tenant)
    store = TableConfigStore(tables, monotonic=lambda: now)
    assert await store.tenant(saved.tenant.id) == saved.tenant
    renamed = replace(saved.tenant, name="Lunifico Group")
    await documents.save_document(saved.tenant.id, renamed, ANY_VERSION)
    assert CACHE_SECONDS == 30
    now += 29.9
    assert await store.tenant(saved.tenant.id) == saved.tenant
    now += 0.2
    assert await store.tenant(saved.tenant.id) == renamed


async def test_services_of_many_agents_are_one_read_and_follow_a_change_within_the_cache_time(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, documents, now = await save_company(tables), ConfigDocuments(tables), 1_000.0
    orders = replace(SALES, id="orders", name="Lunifico Orders", members=("mario",))
    await documents.save_document(saved.tenant.id, orders)
    store, reads, real = TableConfigStore(tables, monotonic=lambda: now), 0, tables.between

    async def between(table: str, partition: str, start: str, before: str) -> object:
        nonlocal reads
        reads += 1
        return await real(table, partition, start, before)

    monkeypatch.setattr(tables, "between", between)
    found = await asyncio.gather(*(store.services_of(saved.tenant.id, user) for user in ("luisa", "mario") * 20))
    assert found == [[SALES], [orders, SALES]] * 20
    assert reads == 1
    await documents.save_document(saved.tenant.id, replace(orders, members=("luisa",)), ANY_VERSION)
    now += 30.1
    assert [service.id for service in await store.services_of(saved.tenant.id, "luisa")] == ["orders", "sales"]


@pytest.mark.parametrize("adapter", ["memory", "tables"])
async def test_a_rotated_widget_key_works_until_its_time(tables: Tables, adapter: str) -> None:
    saved, clock = company(), ManualClock()
    old, new = saved.tenant.widget_key, f"{saved.tenant.id}-new-key"
    until = clock.now() + timedelta(hours=1)
    rotated = replace(saved.tenant, widget_key=new, previous_widget_key=old, previous_widget_key_until=until)
    store: ConfigStore
    if adapter == "tables":
        documents = ConfigDocuments(tables)
        for tenant in (saved.tenant, rotated):
            await documents.save_document(tenant.id, tenant, ANY_VERSION)
        store = TableConfigStore(tables, clock=clock)
    else:
        memory = MemoryConfigStore(rotated)
        memory.clock = clock
        store = memory
    assert await store.tenant_by_widget_key(old) == await store.tenant_by_widget_key(new) == rotated
    clock.advance(3600)
    assert await store.tenant_by_widget_key(old) is None
    assert await store.tenant_by_widget_key(new) == rotated


async def test_a_replaced_widget_key_admits_nobody_any_more(tables: Tables) -> None:
    saved, documents = company(), ConfigDocuments(tables)
    await documents.save_document(saved.tenant.id, saved.tenant)
    replaced = replace(saved.tenant, widget_key=f"new-{saved.tenant.widget_key}")
    await documents.save_document(saved.tenant.id, replaced, ANY_VERSION)
    store = TableConfigStore(tables)
    assert await store.tenant_by_widget_key(saved.tenant.widget_key) is None
    assert await store.tenant_by_widget_key(replaced.widget_key) == replaced


async def test_workflow_versions_stay_what_they_were(tables: Tables) -> None:
    saved, documents = await save_company(tables), ConfigDocuments(tables)
    changed = replace(CHAT, name="Chat with callback")
    stored = await documents.save_document(saved.tenant.id, changed, ANY_VERSION)
    assert stored.document == replace(changed, version=2)
    assert await documents.read_version(saved.tenant.id, "chat", 1) == CHAT
    assert await documents.read_version(saved.tenant.id, "chat", 2) == stored.document
    assert await documents.read_version(saved.tenant.id, "chat", 3) is None
    listed = await documents.list_documents(saved.tenant.id, Kind.WORKFLOW)
    assert [one.document for one in listed] == [stored.document], "versions are no documents of their own"
