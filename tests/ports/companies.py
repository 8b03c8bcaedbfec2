"""A small company's configuration: one tenant, two branches of organization units, a service, two users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.adapters.document_rows import row_key
from shared.adapters.document_schema import SCHEMA
from shared.adapters.rows import part
from shared.adapters.table_operations import Insert, Put
from shared.adapters.tables import CONFIG, Row, Tables
from shared.adapters.tables_documents import ConfigDocuments
from shared.adapters.tables_widget_keys import WidgetKeys
from shared.domain.documents import Document, key_of
from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.licences import Licence
from shared.domain.organization_units import OrganizationUnit
from shared.domain.services import Service, ServiceModality
from shared.domain.system_messages import SystemMessages, SystemMessageTexts
from shared.domain.tenants import Tenant
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import ActivityDefinition, Workflow
from tests.ports.samples import unique

ACCESS = InteractAccess(
    active=True, modalities=frozenset({"instantMessaging"}), restrict_access=True, domain_template_id="websites"
)
BOTH = frozenset({Licence.INTERACT, Licence.CONTACT_CENTER})

ROOT = OrganizationUnit("root", "Lunifico")
EUROPE = OrganizationUnit("europe", "Europe", "root")
AMERICA = OrganizationUnit("america", "America", "root")
WEBSITES = DomainTemplate("websites", "Websites", "root", (DomainRow("https", "www.lunifico.example"),))
WAITING = SystemMessages("waiting", "service", "Waiting", "root", texts={"en": SystemMessageTexts(waiting="Wait")})
DIRECT = SystemMessages("direct", "direct", "Direct", "root", display_name="$(User.FirstName)")
CHAT = Workflow("chat", "Chat", "instantMessaging", "root", "queue", (ActivityDefinition("queue", "queueTask"),))
SALES = Service(
    "sales",
    "Lunifico Sales",
    "europe",
    BOTH,
    {"instantMessaging": ServiceModality(True, "chat", "waiting")},
    ACCESS,
    ("luisa", "mario"),
)
LUISA = User("luisa", "Luisa", "luisa@lunifico.example", "europe", licences=BOTH, interact=ACCESS)
MARIO = replace(LUISA, id="mario", display_name="Mario", direct_system_messages_id="direct")


@dataclass(frozen=True)
class Company:
    """A tenant with a name of its own and the documents in an order in which they can be saved."""

    tenant: Tenant
    documents: tuple[Document, ...] = (ROOT, EUROPE, AMERICA, WEBSITES, WAITING, DIRECT, CHAT, SALES, LUISA, MARIO)


async def of_a_newer_version(tables: Tables, tenant_id: str, document: Document) -> None:
    """Give a stored document the schema that a newer version of the app would have written."""
    place = row_key(key_of(document))
    row = await tables.get(CONFIG, part(tenant_id), place)
    assert row is not None
    values = {name: value for name, value in row.values.items() if name not in ("PartitionKey", "RowKey")}
    await tables.write(CONFIG, part(tenant_id), Put(place, {**values, "schema": SCHEMA + 1}))


_saved: tuple[str, list[Row]] | None = None


async def save_company(tables: Tables) -> Company:
    """Save a company; the first one through all checks, the others as copies of its rows, which takes a tenth."""
    global _saved
    new = company()
    tenant_id = new.tenant.id
    if _saved is None:
        documents = ConfigDocuments(tables)
        for document in (new.tenant, *new.documents):
            await documents.save_document(tenant_id, document)
        _saved = tenant_id, list(await tables.between(CONFIG, tenant_id, "!", "~"))
        return new
    old_id, rows = _saved
    copies = [Insert(row.key.replace(old_id, tenant_id), _renamed(row.values, old_id, tenant_id)) for row in rows]
    await tables.write(CONFIG, tenant_id, *copies)
    await WidgetKeys(tables).claim(tenant_id, new.tenant.widget_key)
    return new


def _renamed(values: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    own = {name: value for name, value in values.items() if name not in ("PartitionKey", "RowKey")}
    return {name: value.replace(old, new) if isinstance(value, str) else value for name, value in own.items()}


def company() -> Company:
    tenant_id = unique("lunifico")
    return Company(Tenant(tenant_id, "Lunifico", widget_key=f"{tenant_id}-key", instant_messaging_enabled=True))
