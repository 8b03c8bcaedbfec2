"""`interact config apply` where documents change their organization units together."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import httpx
import pytest
import yaml

from shared.domain.documents import Kind
from tests.cli.folders import apply_through_deaths, documents_of, edit, is_write, plan
from tests.cli.terminal import Answer, Terminal
from tests.functions.office import SALES, Office

PAIRS = {"france": ("french", "fr"), "america": ("american", "us")}
"""A service and its template in each of two units."""


@pytest.fixture
def company(terminal: Terminal, exported: Path) -> Path:
    """A folder, and the server like it: in France and in America a service with a template of its own."""
    for unit, (service, template) in PAIRS.items():
        write(
            exported, "domainTemplates", {"id": template, "name": template, "organizationUnitId": unit, "domains": []}
        )
        interact = {**SALES["interact"], "domainTemplateId": template}
        changed = {"id": service, "name": service, "organizationUnitId": unit, "interact": interact}
        write(exported, "services", {**SALES, **changed})
    terminal.done("config", "apply", str(exported), "--yes")
    return exported


def write(folder: Path, collection: str, document: Mapping[str, object]) -> None:
    file = folder / collection / f"{document['id']}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(yaml.safe_dump(dict(document)), "utf-8")


def move(folder: Path, pair: tuple[str, str], unit: str) -> None:
    service, template = pair
    for file in (f"services/{service}.yaml", f"domainTemplates/{template}.yaml"):
        edit(folder / file, lambda document: document.update(organizationUnitId=unit))


def units_of(office: Office, pair: tuple[str, str]) -> set[str]:
    service, template = pair
    found = office.stored(Kind.SERVICE, service), office.stored(Kind.DOMAIN_TEMPLATE, template)
    return {each.organization_unit_id for each in found}


def test_a_service_moves_with_its_template(terminal: Terminal, company: Path, office: Office) -> None:
    move(company, PAIRS["france"], "america")
    told = terminal.done("config", "apply", str(company), "--yes", "--json").document
    assert told["applied"] == 2
    assert units_of(office, PAIRS["france"]) == {"america"}
    assert plan(terminal, company)["changes"] == []


def test_two_change_places(terminal: Terminal, company: Path, office: Office) -> None:
    move(company, PAIRS["france"], "america")
    move(company, PAIRS["america"], "france")
    terminal.done("config", "apply", str(company), "--yes")
    assert units_of(office, PAIRS["france"]) == {"america"}
    assert units_of(office, PAIRS["america"]) == {"france"}


def test_templates_change_places_and_services_stay(terminal: Terminal, company: Path, office: Office) -> None:
    edit(company / "domainTemplates" / "fr.yaml", lambda document: document.update(organizationUnitId="america"))
    edit(company / "domainTemplates" / "us.yaml", lambda document: document.update(organizationUnitId="france"))
    edit(company / "services" / "french.yaml", lambda document: document["interact"].update(domainTemplateId="us"))
    edit(company / "services" / "american.yaml", lambda document: document["interact"].update(domainTemplateId="fr"))
    terminal.done("config", "apply", str(company), "--yes")
    assert office.stored(Kind.DOMAIN_TEMPLATE, "fr").organization_unit_id == "america"
    assert office.stored(Kind.SERVICE, "french").interact.domain_template_id == "us"
    assert plan(terminal, company)["changes"] == []


def test_a_template_is_never_out_of_reach_of_its_service(terminal: Terminal, company: Path, office: Office) -> None:
    seen: list[str] = []

    def watch(request: httpx.Request, answer: Answer) -> httpx.Response:
        response = answer(request)
        if is_write(request) and response.status_code == 200:
            seen.append(office.stored(Kind.DOMAIN_TEMPLATE, "fr").organization_unit_id)
        return response

    terminal.transport.hook = watch
    move(company, PAIRS["france"], "america")
    terminal.done("config", "apply", str(company), "--yes")
    assert seen == ["root", "root", "america"]


def test_units_that_change_their_parents_take_their_documents_along(
    terminal: Terminal, company: Path, office: Office
) -> None:
    edit(company / "services" / "american.yaml", lambda document: document.update(organizationUnitId="france"))
    edit(company / "domainTemplates" / "us.yaml", lambda document: document.update(organizationUnitId="europe"))
    terminal.done("config", "apply", str(company), "--yes")
    edit(company / "organizationUnits" / "france.yaml", lambda document: document.update(parentId="america"))
    edit(company / "domainTemplates" / "us.yaml", lambda document: document.update(organizationUnitId="america"))
    terminal.done("config", "apply", str(company), "--yes")
    assert office.stored(Kind.DOMAIN_TEMPLATE, "us").organization_unit_id == "america"
    assert office.stored(Kind.ORGANIZATION_UNIT, "france").parent_id == "america"


def test_a_move_that_the_set_itself_forbids_is_found_before_anything_is_written(
    terminal: Terminal, company: Path, office: Office
) -> None:
    before = documents_of(office)
    edit(company / "services" / "french.yaml", lambda document: document.update(organizationUnitId="america"))
    ended = terminal.run("config", "apply", str(company), "--yes")
    assert ended.code == 1
    assert documents_of(office) == before


def test_without_a_unit_above_both_it_is_found_before_anything_is_written(
    terminal: Terminal, company: Path, office: Office
) -> None:
    write(company, "organizationUnits", {"id": "alone", "name": "Alone"})
    workflow = yaml.safe_load((company / "workflows" / "chat.yaml").read_text("utf-8"))
    write(company, "workflows", {**workflow, "id": "alone", "organizationUnitId": "alone"})
    move(company, PAIRS["france"], "alone")
    edit(
        company / "services" / "french.yaml",
        lambda document: document["modalities"]["instantMessaging"].update(workflowId="alone"),
    )
    assert_refused(terminal, company, office, "domainTemplates/fr")


def test_the_plan_says_by_way_of_which_unit(terminal: Terminal, company: Path) -> None:
    move(company, PAIRS["france"], "america")
    vias = {one["document"]: one["via"] for one in plan(terminal, company)["changes"]}
    assert vias == {"domainTemplates/fr": "organization unit 'root'", "services/french": None}
    assert "via organization unit 'root'" in terminal.done("config", "plan", str(company)).out


def test_messages_that_change_their_kinds_with_what_uses_them_have_no_way(
    terminal: Terminal, company: Path, office: Office
) -> None:
    """Those of the service are to be the user's, and the other way round."""
    for name, kind in (("ours", "service"), ("mine", "direct")):
        write(company, "systemMessages", {"id": name, "kind": kind, "name": name, "organizationUnitId": "root"})
    uses(company, service="ours", user="mine")
    terminal.done("config", "apply", str(company), "--yes")
    for name, kind in (("ours", "direct"), ("mine", "service")):
        edit(company / "systemMessages" / f"{name}.yaml", partial(dict.update, kind=kind))
    uses(company, service="mine", user="ours")
    before = documents_of(office)
    ended = terminal.run("config", "apply", str(company), "--yes", "--json")
    found = [(one["document"], one["field"], one["rule"]) for one in ended.document["findings"]]
    assert found == [(f"systemMessages/{name}", "kind", "no_way") for name in ("mine", "ours")]
    assert documents_of(office) == before


def test_messages_change_their_kind_where_what_uses_them_can_go_first(
    terminal: Terminal, company: Path, office: Office
) -> None:
    write(company, "systemMessages", {"id": "ours", "kind": "service", "name": "ours", "organizationUnitId": "root"})
    uses(company, service="ours")
    terminal.done("config", "apply", str(company), "--yes")
    edit(company / "systemMessages" / "ours.yaml", lambda document: document.update(kind="direct"))
    uses(company, service=None, user="ours")
    terminal.done("config", "apply", str(company), "--yes")
    assert office.stored(Kind.SYSTEM_MESSAGES, "ours").kind == "direct"
    assert plan(terminal, company)["changes"] == []


def uses(folder: Path, *, service: str | None, user: str | None = None) -> None:
    """Which system messages a service and a user have."""
    edit(
        folder / "services" / "french.yaml",
        lambda document: document["modalities"]["instantMessaging"].update(systemMessagesId=service),
    )
    edit(folder / "users" / "luisa.yaml", lambda document: document.update(directSystemMessagesId=user))


def test_whoever_manages_no_unit_above_both_is_told_before_anything_is_written(
    terminal: Terminal, company: Path, office: Office, tmp_path: Path
) -> None:
    terminal.sign_in("european")
    own = tmp_path / "own"
    terminal.done("config", "export", str(own))
    move(own, PAIRS["france"], "america")
    assert_refused(terminal, own, office, "domainTemplates/fr")


def test_what_uses_something_of_its_old_unit_cannot_go_above_it(
    terminal: Terminal, company: Path, office: Office
) -> None:
    """A workflow changes its calendar and its unit, and its service goes along."""
    for unit in PAIRS:
        calendar = {"id": f"hours-{unit}", "name": "Hours", "organizationUnitId": unit, "timeZone": "Europe/Zurich"}
        write(company, "calendars", calendar)
    workflow = yaml.safe_load((company / "workflows" / "chat.yaml").read_text("utf-8"))
    hours = {"type": "check_opening_hours", "exits": {"open": "accept", "closed": "end"}}
    activities = workflow["activities"]

    def at(unit: str) -> None:
        first = {"id": "hours", **hours, "parameters": {"calendar": f"hours-{unit}"}}
        own = {"id": "own", "organizationUnitId": unit, "start": "hours", "activities": [first, *activities]}
        write(company, "workflows", {**workflow, **own})

    at("france")
    edit(
        company / "services" / "french.yaml",
        lambda document: document["modalities"]["instantMessaging"].update(workflowId="own"),
    )
    terminal.done("config", "apply", str(company), "--yes")
    at("america")
    move(company, PAIRS["france"], "america")
    assert_refused(terminal, company, office, "workflows/own")


def assert_refused(terminal: Terminal, folder: Path, office: Office, document: str) -> None:
    before = documents_of(office)
    ended = terminal.run("config", "apply", str(folder), "--yes", "--json")
    assert ended.code == 1, ended
    found = [(one["document"], one["field"], one["rule"]) for one in ended.document["findings"]]
    assert found == [(document, "organizationUnitId", "no_way")]
    assert documents_of(office) == before


@pytest.mark.parametrize("seed", range(6))
def test_killed_anywhere_and_run_again_it_gets_there(
    terminal: Terminal, company: Path, office: Office, seed: int
) -> None:
    move(company, PAIRS["france"], "america")
    move(company, PAIRS["america"], "france")
    apply_through_deaths(terminal, company, random.Random(seed), most=7)
    assert units_of(office, PAIRS["france"]) == {"america"}
    assert units_of(office, PAIRS["america"]) == {"france"}
    assert plan(terminal, company)["changes"] == []
