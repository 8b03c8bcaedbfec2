"""infra/canary.json: what it holds can be saved as it is, and is what the smoke test needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cli.commands.smoke import CANARY
from cli.smoke.checks import ORIGIN
from shared import bootstrap
from tests.functions.office import Office
from tests.functions.world import World
from tests.infra.bicep_text import INFRA

COLLECTIONS = {"domainTemplate": "domainTemplates", "workflow": "workflows", "service": "services"}
DOCUMENTS: list[dict[str, Any]] = json.loads((INFRA / "canary.json").read_text("utf-8"))["documents"]


@pytest.fixture
def office() -> Iterator[Office]:
    created = Office(World())
    created.use()
    yield created
    bootstrap.use(None)


async def test_its_documents_can_be_created_in_their_order(office: Office) -> None:
    for one in DOCUMENTS:
        await office.create(COLLECTIONS[one["kind"]], {**one["document"], "organizationUnitId": "root"})


def test_the_smoke_test_finds_its_service_and_its_page() -> None:
    named = {one["kind"]: one["document"] for one in DOCUMENTS}
    assert named["service"]["name"] == CANARY
    (row,) = named["domainTemplate"]["domains"]
    assert f"{row['protocol']}://{row['domain']}" == ORIGIN
