"""A small company's configuration: one tenant, two branches of organization units, a service, two users."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.adapters.contact_documents import Document
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


def company() -> Company:
    tenant_id = unique("lunifico")
    return Company(Tenant(tenant_id, "Lunifico", widget_key=f"{tenant_id}-key"))
