"""Calendars as documents: workflows name them, and a service's contact brings along those that its workflow names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.adapters.document_rules import MOST_CALENDARS
from shared.adapters.memory import MemoryConfigStore
from shared.adapters.tables import Tables
from shared.adapters.tables_config import TableConfigStore
from shared.adapters.tables_documents import ANY_VERSION, ConfigDocuments
from shared.domain.calendars import WEEK, Calendar, Holiday, OpeningState, WeeklyPeriod
from shared.domain.documents import Kind
from shared.domain.errors import InvalidConfiguration
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.ports import ConfigStore
from tests.ports.companies import CHAT, SALES, Company, company, save_company

THE_SERVICE = ContactReference(ContactKind.SERVICE, "sales")
HOURS = Calendar(
    "hours",
    "Office hours",
    "root",
    "Europe/Zurich",
    (
        WeeklyPeriod(WEEK[:5], "08:00", "24:00", label="Office"),
        WeeklyPeriod(WEEK[5:], "22:00", "02:00", OpeningState.OPEN, True),
    ),
    default=OpeningState.CLOSED,
)
HOLIDAYS = Calendar("holidays", "Holidays", "europe", "Europe/Zurich", (), (Holiday("12-24", "01-02", start="12:00"),))


def naming(*calendars: str, unit: str = "europe") -> Workflow:
    """The workflow of the service, which names these calendars."""
    activities = [
        ActivityDefinition(f"hours-{number}", "check_opening_hours", {"calendar": calendar})
        for number, calendar in enumerate(calendars)
    ]
    return replace(CHAT, organization_unit_id=unit, activities=tuple(activities))


BOTH = replace(
    CHAT,
    organization_unit_id="europe",
    activities=(
        ActivityDefinition("hours", "check_opening_hours", {"calendar": "holidays", "secondary_calendar": "hours"}),
        ActivityDefinition("again", "check_opening_hours", {"calendar": "hours", "secondary_calendar": ""}),
        ActivityDefinition("wrong", "check_opening_hours", {"calendar": 5}),
    ),
)


@pytest.fixture
async def lunifico(tables: Tables) -> Company:
    return await save_company(tables)


async def findings_of(documents: ConfigDocuments, lunifico: Company, document: Workflow) -> list[tuple[str, str]]:
    with pytest.raises(InvalidConfiguration) as refusal:
        await documents.save_document(lunifico.tenant.id, document, ANY_VERSION)
    return [(finding.rule, finding.field) for finding in refusal.value.findings]


@pytest.mark.parametrize("kind", ["memory", "tables"])
async def test_a_service_comes_with_the_calendars_that_its_workflow_names(tables: Tables, kind: str) -> None:
    lunifico = company()
    store: ConfigStore = MemoryConfigStore(lunifico.tenant, *lunifico.documents, HOURS, HOLIDAYS, BOTH)
    if kind == "tables":
        lunifico, store = await save_company(tables), TableConfigStore(tables)
        documents = ConfigDocuments(tables)
        for document in (HOURS, HOLIDAYS, BOTH):
            await documents.save_document(lunifico.tenant.id, document, ANY_VERSION)
    contact = await store.contact(lunifico.tenant.id, THE_SERVICE, "instantMessaging")
    assert contact is not None
    assert contact.service == SALES
    assert contact.calendars == {"hours": HOURS, "holidays": HOLIDAYS}


async def test_a_calendar_is_stored_as_it_is(tables: Tables, lunifico: Company) -> None:
    documents = ConfigDocuments(tables)
    saved = await documents.save_document(lunifico.tenant.id, HOLIDAYS)
    assert await documents.read_document(lunifico.tenant.id, Kind.CALENDAR, "holidays") == saved
    assert saved.document == HOLIDAYS


async def test_a_calendar_that_contradicts_itself_is_not_saved(tables: Tables, lunifico: Company) -> None:
    documents, wrong = ConfigDocuments(tables), replace(HOURS, time_zone="Mars", organization_unit_id="nowhere")
    with pytest.raises(InvalidConfiguration) as refusal:
        await documents.save_document(lunifico.tenant.id, wrong)
    assert [finding.rule for finding in refusal.value.findings] == ["time_zone_unknown", "reference_missing"]


async def test_a_workflow_names_calendars_that_exist(tables: Tables, lunifico: Company) -> None:
    found = await findings_of(ConfigDocuments(tables), lunifico, naming("gone"))
    assert found == [("reference_missing", "activities.hours-0.parameters.calendar")]


async def test_a_workflow_names_calendars_of_its_own_or_a_higher_organization_unit(
    tables: Tables, lunifico: Company
) -> None:
    documents = ConfigDocuments(tables)
    await documents.save_document(lunifico.tenant.id, HOLIDAYS)
    found = await findings_of(documents, lunifico, naming("holidays", unit="america"))
    assert ("out_of_reach", "activities.hours-0.parameters.calendar") in found
    await documents.save_document(lunifico.tenant.id, naming("holidays", unit="europe"), ANY_VERSION)


async def test_a_workflow_names_a_few_calendars_only(tables: Tables, lunifico: Company) -> None:
    documents = ConfigDocuments(tables)
    calendars = [replace(HOURS, id=f"hours-{number}") for number in range(MOST_CALENDARS + 1)]
    for calendar in calendars:
        await documents.save_document(lunifico.tenant.id, calendar)
    names = [calendar.id for calendar in calendars]
    assert await findings_of(documents, lunifico, naming(*names)) == [("too_many_calendars", "activities")]
    await documents.save_document(lunifico.tenant.id, naming(*names[1:], names[1]), ANY_VERSION)


async def test_a_calendar_that_a_workflow_names_stays(tables: Tables, lunifico: Company) -> None:
    documents = ConfigDocuments(tables)
    await documents.save_document(lunifico.tenant.id, HOURS)
    await documents.save_document(lunifico.tenant.id, naming("hours"), ANY_VERSION)
    with pytest.raises(InvalidConfiguration, match="is used by workflow 'chat'"):
        await documents.delete_document(lunifico.tenant.id, Kind.CALENDAR, "hours", ANY_VERSION)
    await documents.save_document(lunifico.tenant.id, CHAT, ANY_VERSION)
    await documents.delete_document(lunifico.tenant.id, Kind.CALENDAR, "hours", ANY_VERSION)
