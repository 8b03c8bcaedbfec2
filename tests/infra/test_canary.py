"""infra/canary: what it holds can be applied as it is, and is what the smoke test needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.commands.smoke import CANARY
from cli.smoke.checks import ORIGIN
from shared import bootstrap
from tests.cli.folders import empty_office
from tests.cli.terminal import Terminal
from tests.functions.office import Office
from tests.infra.bicep_text import INFRA
from tests.infra.fake_azure import FakeAzure

FOLDER = INFRA / "canary"


def canary(path: str) -> Any:
    return yaml.safe_load((FOLDER / path).read_text("utf-8"))


@pytest.fixture
def office() -> Iterator[Office]:
    yield empty_office()
    bootstrap.use(None)


@pytest.mark.usefixtures("office")
def test_it_is_applied_with_the_first_tenant(tmp_path: Path) -> None:
    azure = FakeAzure(tmp_path / "azure")
    assert azure.run("provision.sh", "dev", "--name", "contoso").code == 0
    company = azure.directory / "company"
    assert {file.relative_to(FOLDER) for file in FOLDER.rglob("*.yaml")} < {
        file.relative_to(company) for file in company.rglob("*.yaml")
    }
    with Terminal(tmp_path / "settings") as terminal:
        terminal.sign_in("carla")
        applied = terminal.run("config", "apply", str(company), "--yes")
        assert applied.code == 0, applied
        found = terminal.document("get", "service", CANARY)
    assert (found["id"], found["organizationUnitId"]) == ("canary", "contoso")


def test_the_smoke_test_finds_its_service_and_its_page() -> None:
    assert canary("services/canary.yaml")["name"] == CANARY
    (row,) = canary("domainTemplates/smoke-test.yaml")["domains"]
    assert f"{row['protocol']}://{row['domain']}" == ORIGIN
