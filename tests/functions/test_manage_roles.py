"""The management API: who may see and change what, and nobody without a token."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.administrators import Administrator, Role
from shared.domain.documents import Kind
from tests.functions.office import SALES, TOKENS, UNIT, Office
from tests.functions.world import TENANT

OF_FRANCE = {**SALES, "id": "french", "organizationUnitId": "france"}
OF_AMERICA = {**SALES, "id": "american", "organizationUnitId": "america"}


@pytest.mark.parametrize("token", [None, "", "nobody"])
@pytest.mark.parametrize("path", ["tenant", "services", "services/sales", "audit", "planets"])
async def test_without_a_token_that_vouches_for_an_administrator_there_is_nothing(
    office: Office, token: str | None, path: str
) -> None:
    response = await office.call("GET", path, token=token)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


async def test_tenants_do_not_see_each_other(office: Office) -> None:
    assert (await office.get("services", token="stranger"))["items"] == []
    assert (await office.problem("GET", "services/sales", token="stranger"))["status"] == 404
    assert (await office.problem("GET", "tenant", token="stranger"))["status"] == 404
    assert (await office.get("audit", token="stranger"))["items"] == []


async def test_an_organization_unit_administrator_has_its_own_unit_and_below(office: Office) -> None:
    await office.create("services", OF_AMERICA)
    await office.create("services", OF_FRANCE, token="european")
    listed = await office.get("services", token="european")
    assert [one["id"] for one in listed["items"]] == ["french"]
    assert (await office.problem("GET", "services/american", token="european"))["status"] == 404
    changed = await office.get("services/french", token="european")
    await office.save("PATCH", "services/french", {"name": "France"}, changed["version"], token="european")


@pytest.mark.parametrize("body", [OF_AMERICA, {**SALES, "organizationUnitId": "root"}])
async def test_it_creates_nothing_elsewhere(office: Office, body: dict[str, Any]) -> None:
    problem = await office.problem("POST", "services", body, token="european")
    assert (problem["status"], problem["code"]) == (403, "role_missing")


async def test_it_moves_nothing_away_or_to_itself(office: Office) -> None:
    french = await office.create("services", OF_FRANCE)
    headers = {"if-match": f'"{french["version"]}"'}
    away = {"organizationUnitId": "america"}
    assert (await office.problem("PATCH", "services/french", away, token="european", headers=headers))["status"] == 403
    await office.create("services", OF_AMERICA)
    here = {**OF_AMERICA, "organizationUnitId": "france"}
    problem = await office.problem("PUT", "services/american", here, token="european", headers={"if-match": "*"})
    assert (problem["status"], problem["code"]) == (403, "role_missing")
    assert office.stored(Kind.SERVICE, "american").organization_unit_id == "america"


async def test_templates_of_the_same_or_a_higher_unit_are_offered_and_read_and_not_changed(office: Office) -> None:
    for unit in ("europe", "america"):
        await office.create("domainTemplates", {"id": unit, "name": unit, "organizationUnitId": unit})
    offered = await office.get("domainTemplates?offeredTo=france", token="european")
    assert [one["id"] for one in offered["items"]] == ["europe", "web"]
    web = await office.get("domainTemplates/web", token="european")
    headers = {"if-match": f'"{web["version"]}"'}
    problem = await office.problem("PATCH", "domainTemplates/web", {"name": "x"}, token="european", headers=headers)
    assert problem["code"] == "role_missing"
    assert (await office.problem("GET", "domainTemplates/america", token="european"))["status"] == 404
    assert (await office.problem("GET", "domainTemplates?offeredTo=america", token="european"))["status"] == 403
    assert [one["id"] for one in (await office.get("domainTemplates", token="european"))["items"]] == ["europe"]


async def test_a_reference_out_of_reach_is_refused(office: Office) -> None:
    await office.create("domainTemplates", {"id": "us", "name": "America", "organizationUnitId": "america"})
    wrong = {**OF_FRANCE, "interact": {**OF_FRANCE["interact"], "domainTemplateId": "us"}}
    problem = await office.problem("POST", "services", wrong, token="european")
    assert [(one["rule"], one["field"], one["value"]) for one in problem["findings"]] == [
        ("out_of_reach", "interact.domainTemplateId", "us")
    ]


async def test_an_organization_unit_administrator_makes_units_below_its_own_only(office: Office) -> None:
    await office.create("organizationUnits", {"id": "paris", "name": "Paris", "parentId": "france"}, token="european")
    assert (await office.problem("POST", "organizationUnits", UNIT, token="european"))["status"] == 403
    any_version = {"if-match": "*"}
    own = await office.call("PATCH", "organizationUnits/europe", {"name": "EU"}, token="european", headers=any_version)
    assert own.status_code == 200
    moved = await office.problem(
        "PATCH", "organizationUnits/europe", {"parentId": "america"}, token="european", headers=any_version
    )
    assert moved["status"] == 403


async def test_its_audit_log_is_that_of_what_it_sees(office: Office) -> None:
    await office.create("services", OF_AMERICA)
    await office.create("services", OF_FRANCE)
    seen = await office.get("audit", token="european")
    assert [one["id"] for one in seen["items"]] == ["french"]


@pytest.mark.parametrize("token", ["european", "reader", "workflows"])
async def test_only_a_tenant_administrator_changes_the_tenant(office: Office, token: str) -> None:
    assert (await office.get("tenant", token=token))["id"] == TENANT.id
    for method, path, body in (
        ("PUT", "tenant", {"name": "x"}),
        ("PATCH", "tenant", {"name": "x"}),
        ("POST", "tenant/check-acs", None),
        ("POST", "tenant/widget-key/rotate", {}),
        ("POST", "tenant/site-secret", None),
        ("POST", "tenant/instant-messaging/test", None),
    ):
        problem = await office.problem(method, path, body, token=token, headers={"if-match": "*"})
        assert (problem["status"], problem["code"]) == (403, "role_missing")


async def test_a_reader_changes_nothing(office: Office) -> None:
    assert len((await office.get("services", token="reader"))["items"]) == 1
    for method, path, body in (
        ("POST", "services", SALES),
        ("PATCH", "services/sales", {"name": "x"}),
        ("DELETE", "services/sales", None),
    ):
        problem = await office.problem(method, path, body, token="reader", headers={"if-match": "*"})
        assert problem["code"] == "role_missing"


async def test_a_workflow_administrator_changes_workflows_and_calendars(office: Office) -> None:
    calendar = {"id": "hours", "name": "Hours", "organizationUnitId": "root", "timeZone": "Europe/Zurich"}
    await office.create("calendars", calendar, token="workflows")
    any_version = {"if-match": "*"}
    renamed = await office.call("PATCH", "workflows/chat", {"name": "x"}, token="workflows", headers=any_version)
    assert renamed.status_code == 200
    assert (await office.problem("POST", "services", SALES, token="workflows"))["code"] == "role_missing"


async def test_an_organization_unit_administrator_without_a_unit_sees_nothing(office: Office) -> None:
    lost = Administrator("x", "X", TENANT.id, frozenset({Role.ORGANIZATION_UNIT_ADMINISTRATOR}))
    office.administrators.known["lost"] = lost
    assert (await office.get("services", token="lost"))["items"] == []
    assert (await office.problem("GET", "services/sales", token="lost"))["status"] == 404


@pytest.mark.parametrize(("token", "unit"), [("carla", None), ("european", "europe")])
async def test_whoever_calls_can_ask_who_that_is(office: Office, token: str, unit: str | None) -> None:
    told = await office.get("me", token=token)
    known = TOKENS[token]
    assert told == {
        "id": known.id,
        "name": known.name,
        "tenantId": TENANT.id,
        "roles": sorted(known.roles),
        "organizationUnitId": unit,
    }
