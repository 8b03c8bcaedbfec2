"""Fills a storage account with the demo tenant Lunifico, through the same checks as an administrator's saving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from local import demo
from local.demo import Person
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import Tables
from shared.adapters.tables_documents import ConfigDocuments
from shared.domain.calendars import WEEK, Calendar, Holiday, WeeklyPeriod
from shared.domain.distribution import Distribution
from shared.domain.documents import Document, Kind, key_of
from shared.domain.domain_templates import DomainRow, DomainTemplate, allows, parse_origin
from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.organization_units import OrganizationUnit
from shared.domain.services import Service, ServiceModality
from shared.domain.system_messages import SystemMessages, SystemMessageTexts
from shared.domain.tenants import Tenant
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.lint import lint

COMPANY, CUSTOMER_CARE, SUPPORT, SALES = "lunifico", "customer-care", "support", "sales"
PREVIEW_TEMPLATE = "preview"
WORKFLOW, ORDERS_WORKFLOW = "support-chat", "orders-chat"
OFFICE_HOURS = "office-hours"
SERVICE_MESSAGES, DIRECT_MESSAGES = "support-messages", "direct-messages"

ORGANIZATION_UNITS = (
    OrganizationUnit(COMPANY, "Lunifico"),
    OrganizationUnit(CUSTOMER_CARE, "Customer Care", COMPANY),
    OrganizationUnit(SUPPORT, "Support", CUSTOMER_CARE),
    OrganizationUnit(SALES, "Sales", COMPANY),
)

SUPPORT_CHAT = Workflow(
    id=WORKFLOW,
    name="Support chat",
    type=INSTANT_MESSAGING.workflow_type,
    organization_unit_id=CUSTOMER_CARE,
    start="accept",
    activities=(
        ActivityDefinition("accept", "accept_conversation", {}, {"next": "greeting"}),
        ActivityDefinition(
            "greeting",
            "message",
            {
                "texts": {
                    "en": "Welcome to Lunifico Support, $(Customer.DisplayName)!",
                    "de": "Willkommen beim Support von Lunifico, $(Customer.DisplayName)!",
                }
            },
            {"next": "queue"},
        ),
        ActivityDefinition(
            "queue", "queue_task", {"distribution": Distribution.DIRECT.value}, {"time_limit": "cancel"}
        ),
        ActivityDefinition("cancel", "cancel_task", {}, {"next": "disconnect"}),
        ActivityDefinition("disconnect", "disconnect", {}, {}),
    ),
)

HOURS = Calendar(
    id=OFFICE_HOURS,
    name="Lunifico office hours",
    organization_unit_id=COMPANY,
    time_zone="Europe/Zurich",
    # Whoever tries the demo at night shall find it open; usual hours are ("08:00", "17:00") on WEEK[:5].
    week=(WeeklyPeriod(WEEK, "00:00", "24:00", label="Always open"),),
    holidays=(Holiday("2026-01-01", label="New Year's Day"),),
)

ORDERS_CHAT = Workflow(
    id=ORDERS_WORKFLOW,
    name="Orders chat",
    type=INSTANT_MESSAGING.workflow_type,
    organization_unit_id=SALES,
    start="hours",
    activities=(
        ActivityDefinition(
            "hours", "check_opening_hours", {"calendar": OFFICE_HOURS}, {"open": "accept", "closed": "disconnect"}
        ),
        ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}),
        ActivityDefinition(
            "queue", "queue_task", {"distribution": Distribution.BROADCAST.value}, {"time_limit": "cancel"}
        ),
        ActivityDefinition("cancel", "cancel_task", {}, {"next": "disconnect"}),
        ActivityDefinition("disconnect", "disconnect", {}, {}),
    ),
)

TEXTS_OF_SERVICE = SystemMessages(
    id=SERVICE_MESSAGES,
    kind="service",
    name="Lunifico Support",
    organization_unit_id=CUSTOMER_CARE,
    description="What customers and agents of Lunifico Support read.",
    texts={
        "en": SystemMessageTexts(
            waiting="One of us will be with you shortly.",
            connected="You are now connected with $(User.DisplayName) of Lunifico Support.",
            no_agent_available="All of us are busy at the moment. Please try again in a few minutes.",
        ),
        "de": SystemMessageTexts(
            waiting="Gleich ist jemand von uns für Sie da.",
            connected="Sie sind jetzt mit $(User.DisplayName) vom Support von Lunifico verbunden.",
            no_agent_available="Wir sind alle im Gespräch. Bitte versuchen Sie es in ein paar Minuten noch einmal.",
        ),
    },
)

TEXTS_OF_USERS = SystemMessages(
    id=DIRECT_MESSAGES,
    kind="direct",
    name="Direct conversations",
    organization_unit_id=COMPANY,
    description="Customers see the first name only.",
    display_name="$(User.FirstName)",
    texts={
        "en": SystemMessageTexts(connected="You are now connected with $(User.DisplayName)."),
        "de": SystemMessageTexts(connected="Sie sind jetzt mit $(User.DisplayName) verbunden."),
    },
)


async def seed(connection_string: str, acs_resource_id: str, acs_secret: str, preview: str) -> None:
    """Write what is missing of the demo tenant, and leave what is there as it is.

    `acs_secret` is the reference to the secret that holds the connection string of ACS. The origin `preview` is added
    to the preview's domain template where it is new, because the ports can be moved.
    """
    tables = Tables(StorageAccount(connection_string=connection_string))
    documents = ConfigDocuments(tables, lint)
    try:
        for document in demo_documents(acs_resource_id, acs_secret, preview):
            own = key_of(document)
            if await documents.read_document(demo.TENANT_ID, own.kind, own.id) is None:
                await documents.save_document(demo.TENANT_ID, document)
        await _allow_preview(documents, preview)
    finally:
        await tables.close()


def demo_documents(acs_resource_id: str, acs_secret: str, preview: str) -> Iterator[Document]:
    """All documents of the tenant, each after those that it refers to."""
    yield Tenant(
        id=demo.TENANT_ID,
        name="Lunifico",
        widget_key=demo.WIDGET_KEY,
        interact_enabled=True,
        acs_secret=acs_secret,
        acs_resource_id=acs_resource_id,
        instant_messaging_enabled=True,
    )
    yield from ORGANIZATION_UNITS
    yield DomainTemplate(PREVIEW_TEMPLATE, "Preview of Interact", COMPANY, (_row(preview),))
    partner = (DomainRow("https", "partner.example"), DomainRow("https", "shop.partner.example", 8443))
    yield DomainTemplate("partner-site", "Partner's web site", SALES, partner)
    yield TEXTS_OF_SERVICE
    yield TEXTS_OF_USERS
    yield HOURS
    yield SUPPORT_CHAT
    yield ORDERS_CHAT
    for person in demo.AGENTS:
        yield _user(person)
    # The unit of its administrator is that of the user with the same id.
    unit_administrator = demo.UNIT_ADMINISTRATOR
    yield User(
        id=unit_administrator.id,
        display_name=unit_administrator.name,
        upn=unit_administrator.user_principal_name,
        organization_unit_id=CUSTOMER_CARE,
    )
    yield Service(
        id=demo.SERVICE_ID,
        name="Lunifico Support",
        organization_unit_id=SUPPORT,
        licences=frozenset({Licence.ENTERPRISE, Licence.INTERACT}),
        modalities={INSTANT_MESSAGING.id: ServiceModality(True, WORKFLOW, SERVICE_MESSAGES)},
        interact=_preview_only(),
        members=tuple(person.id for person in demo.AGENTS),
    )
    yield Service(
        id=demo.ORDERS_ID,
        name="Lunifico Orders",
        organization_unit_id=SALES,
        licences=frozenset({Licence.ENTERPRISE, Licence.INTERACT}),
        modalities={INSTANT_MESSAGING.id: ServiceModality(True, ORDERS_WORKFLOW)},
        interact=_preview_only(),
        members=tuple(person.id for person in demo.AGENTS),
    )


def _user(person: Person) -> User:
    is_direct = person is demo.DIRECT_USER
    return User(
        id=person.id,
        display_name=person.name,
        upn=person.user_principal_name,
        organization_unit_id=SUPPORT,
        first_name=person.name,
        licences=frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING}),
        interact=_preview_only() if is_direct else InteractAccess(),
        direct_system_messages_id=DIRECT_MESSAGES if is_direct else None,
    )


def _preview_only() -> InteractAccess:
    return InteractAccess(
        active=True,
        modalities=frozenset({INSTANT_MESSAGING.id}),
        restrict_access=True,
        domain_template_id=PREVIEW_TEMPLATE,
    )


async def _allow_preview(documents: ConfigDocuments, preview: str) -> None:
    """Let the preview in where `make run` has moved to other ports since the last start."""
    stored = await documents.read_document(demo.TENANT_ID, Kind.DOMAIN_TEMPLATE, PREVIEW_TEMPLATE)
    origin = parse_origin(preview)
    if stored is None or not isinstance(stored.document, DomainTemplate) or origin is None:
        return
    if not allows(stored.document, origin):
        widened = replace(stored.document, domains=(*stored.document.domains, _row(preview)))
        await documents.save_document(demo.TENANT_ID, widened, stored.version)


def _row(address: str) -> DomainRow:
    origin = parse_origin(address)
    if origin is None:
        raise ValueError(f"{address} is no origin")
    return DomainRow(origin.scheme, origin.host, origin.port)
