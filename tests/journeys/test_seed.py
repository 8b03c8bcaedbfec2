"""The demo tenant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from local import demo
from local.seed import CUSTOMER_CARE, ORDERS_WORKFLOW, PREVIEW_TEMPLATE, WORKFLOW, demo_documents, seed
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import Tables
from shared.adapters.tables_documents import ConfigDocuments
from shared.domain.calendars import Calendar
from shared.domain.documents import Kind
from shared.domain.domain_templates import DomainTemplate, Origin, row_origin
from shared.domain.services import Service
from shared.domain.workflows import Workflow
from shared.workflow.lint import lint
from shared.workflow.simulate import definition_of, simulate


async def test_the_demo_is_written_once_and_what_was_changed_stays(storage: str) -> None:
    await seed(storage, "/acs", "env:ACS", "http://localhost:7071")
    tables = Tables(StorageAccount(connection_string=storage))
    documents = ConfigDocuments(tables, lint)
    try:
        stored = await documents.read_document(demo.TENANT_ID, Kind.SERVICE, demo.SERVICE_ID)
        assert stored is not None
        assert isinstance(stored.document, Service)
        await documents.save_document(demo.TENANT_ID, replace(stored.document, name="Renamed"), stored.version)

        await seed(storage, "/acs", "env:ACS", "http://localhost:8071")

        again = await documents.read_document(demo.TENANT_ID, Kind.SERVICE, demo.SERVICE_ID)
        assert again is not None
        assert isinstance(again.document, Service)
        assert again.document.name == "Renamed"
        workflow = await documents.read_document(demo.TENANT_ID, Kind.WORKFLOW, WORKFLOW)
        assert workflow is not None
        assert isinstance(workflow.document, Workflow)
        assert (workflow.document.version, workflow.document.organization_unit_id) == (1, CUSTOMER_CARE)
        template = await documents.read_document(demo.TENANT_ID, Kind.DOMAIN_TEMPLATE, PREVIEW_TEMPLATE)
        assert template is not None
        assert isinstance(template.document, DomainTemplate)
        origins = [row_origin(row) for row in template.document.domains]
        assert origins == [Origin("http", "localhost", 7071), Origin("http", "localhost", 8071)]
    finally:
        await tables.close()


def test_a_preview_that_is_no_origin_is_refused() -> None:
    with pytest.raises(ValueError, match="no origin"):
        list(demo_documents("/acs", "env:ACS", "localhost"))


def test_the_second_service_looks_at_its_opening_hours() -> None:
    documents = list(demo_documents("/acs", "env:ACS", "http://localhost:7071"))
    orders = next(one for one in documents if isinstance(one, Service) and one.id == demo.ORDERS_ID)
    workflow = next(one for one in documents if isinstance(one, Workflow) and one.id == ORDERS_WORKFLOW)
    calendars = [one for one in documents if isinstance(one, Calendar)]
    assert orders.modalities["instantMessaging"].workflow_id == workflow.id
    night, holiday = datetime(2030, 1, 6, 2, 0, tzinfo=UTC), datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    definition = definition_of(workflow, *calendars)
    assert [simulate(definition, moment).visits[0].exit for moment in (night, holiday)] == ["open", "closed"]
