"""The management API: one CRUD over all kinds of documents."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from shared.domain.documents import DocumentKey, Kind
from shared.domain.services import Service
from tests.functions.office import SALES, UNIT, Office
from tests.functions.world import TENANT

KINDS = ("organizationUnits", "domainTemplates", "users", "services", "systemMessages", "calendars", "workflows")
BODIES: dict[str, dict[str, Any]] = {
    "organizationUnits": UNIT,
    "domainTemplates": {
        "id": "site", "name": "Site", "organizationUnitId": "europe",
        "domains": [{"protocol": "https", "domain": "bücher.example"}],
    },
    "users": {"id": "carla", "displayName": "Carla", "upn": "carla@lunifico.example", "organizationUnitId": "france"},
    "services": SALES,
    "systemMessages": {
        "id": "texts", "kind": "service", "name": "Texts", "organizationUnitId": "root",
        "texts": {"de": {"waiting": "Gleich ist jemand für Sie da, $(Customer.DisplayName)."}},
    },
    "calendars": {
        "id": "hours", "name": "Hours", "organizationUnitId": "root", "timeZone": "Europe/Zurich",
        "week": [{"days": ["monday"], "start": "08:00", "end": "17:00"}],
    },
    "workflows": {
        "id": "short", "name": "Short", "type": "instantMessaging", "organizationUnitId": "root", "start": "accept",
        "activities": [
            {"id": "accept", "type": "accept_conversation", "exits": {"next": "end"}},
            {"id": "end", "type": "disconnect"},
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("kinds", KINDS)
async def test_a_document_is_created_read_changed_and_deleted(office: Office, kinds: str) -> None:
    body = BODIES[kinds]
    created = await office.create(kinds, body)
    path = f"{kinds}/{body['id']}"
    read = await office.get(path)
    assert {**created, **read} == created
    assert read["changedBy"] == {"id": "carla-id", "name": "Carla"}
    name = "displayName" if kinds == "users" else "name"
    again = await office.save("PUT", path, {**read, name: "Anew"}, read["version"], token="otto")
    assert (again[name], again["changedBy"]["name"]) == ("Anew", "Otto")
    patched = await office.save("PATCH", path, {name: "Patched"}, again["version"])
    assert {**patched, name: "Anew", "version": "", "changedAt": "", "changedBy": ""} | {
        "workflowVersion": again.get("workflowVersion")
    } == {**again, "version": "", "changedAt": "", "changedBy": ""} | {"workflowVersion": again.get("workflowVersion")}
    gone = await office.call("DELETE", path, headers={"if-match": f'"{patched["version"]}"'})
    assert (gone.status_code, gone.get_body()) == (204, b"")
    assert (await office.problem("GET", path))["code"] == "not_found"


async def test_a_document_gets_an_id_where_it_has_none_and_says_where_it_is(office: Office) -> None:
    response = await office.call("POST", "organizationUnits", {"name": "Asia", "parentId": "root"})
    created = json.loads(response.get_body())
    assert response.headers["location"] == f"/api/manage/v1/organizationUnits/{created['id']}"
    assert response.headers["etag"] == f'"{created["version"]}"'


async def test_an_answer_says_from_when_new_sessions_use_it(office: Office) -> None:
    created = await office.create("services", SALES)
    assert created["liveFrom"] == "2030-01-01T09:00:30.000Z"


async def test_put_creates_where_nothing_is_to_be(office: Office) -> None:
    headers = {"if-none-match": "*"}
    response = await office.call("PUT", "services/orders", SALES, headers=headers)
    assert response.status_code == 201
    taken = await office.problem("PUT", "services/orders", SALES, headers=headers)
    assert (taken["status"], taken["code"]) == (409, "already_exists")
    assert (await office.problem("POST", "services", SALES))["code"] == "already_exists"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_a_write_names_the_version_that_it_replaces(office: Office, method: str) -> None:
    await office.create("services", SALES)
    body = None if method == "DELETE" else {"name": "Orders"}
    missing = await office.problem(method, "services/orders", SALES if method == "PUT" else body)
    assert (missing["status"], missing["code"]) == (428, "version_missing")
    headers = {"if-match": '"1", "2"'}
    several = await office.problem(method, "services/orders", SALES if method == "PUT" else body, headers=headers)
    assert (several["status"], several["field"]) == (400, "If-Match")


async def test_the_second_of_two_administrators_is_told_who_changed_what_and_when(office: Office) -> None:
    created = await office.create("services", SALES)
    office.world.clock.advance(90)
    first = await office.save("PATCH", "services/orders", {"name": "By Otto"}, created["version"], token="otto")
    stale = {"if-match": f'"{created["version"]}"'}
    for method, body in (("PATCH", {"members": ["mario"]}), ("PUT", SALES), ("DELETE", None)):
        problem = await office.problem(method, "services/orders", body, headers=stale)
        assert (problem["status"], problem["code"]) == (412, "changed_meanwhile")
        assert (problem["changedBy"], problem["changedAt"]) == ("Otto", "2030-01-01T09:01:30.000Z")
        assert (problem["version"], problem["fields"]) == (first["version"], ["name"])
    assert (await office.get("services/orders"))["name"] == "By Otto"


async def test_of_two_who_save_at_once_one_is_told_and_nothing_is_lost(office: Office) -> None:
    created = await office.create("services", SALES)
    headers = {"if-match": f'"{created["version"]}"'}
    answers = await asyncio.gather(
        *(
            office.call("PATCH", "services/orders", {"name": f"By {token}"}, token=token, headers=headers)
            for token in ("carla", "otto")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    (saved,) = [json.loads(answer.get_body()) for answer in answers if answer.status_code == 200]
    assert (await office.get("services/orders"))["name"] == saved["name"]


async def test_who_saves_what_was_deleted_is_told(office: Office) -> None:
    created = await office.create("organizationUnits", UNIT)
    headers = {"if-match": f'"{created["version"]}"'}
    await office.call("DELETE", "organizationUnits/asia", token="otto", headers=headers)
    problem = await office.problem("PUT", "organizationUnits/asia", UNIT, headers=headers)
    assert (problem["code"], problem["changedBy"], problem["version"]) == ("changed_meanwhile", "Otto", None)


async def test_what_is_used_says_by_whom_by_name(office: Office) -> None:
    problem = await office.problem("DELETE", "domainTemplates/web", headers={"if-match": "*"})
    assert (problem["status"], problem["code"]) == (409, "in_use")
    assert {"kind": "service", "id": "sales", "name": "Lunifico Sales"} in problem["usedBy"]


async def test_references_are_told_in_both_directions(office: Office) -> None:
    found = await office.get("services/sales/references")
    assert {"kind": "workflow", "id": "chat", "name": "Chat"} in found["uses"]
    found = await office.get("workflows/chat/references")
    assert found["usedBy"] == [{"kind": "service", "id": "sales", "name": "Lunifico Sales"}]


async def test_findings_name_field_value_and_fix(office: Office) -> None:
    wrong = {
        **SALES,
        "licences": ["interact"],
        "modalities": {"instantMessaging": {"enabled": True, "workflowId": "gone"}},
        "distribution": {"concurrencyCap": 99},
    }
    problem = await office.problem("POST", "services", wrong)
    assert (problem["status"], problem["code"]) == (422, "invalid_configuration")
    found = {(one["rule"], one["field"]): one for one in problem["findings"]}
    assert found["out_of_range", "distribution.concurrencyCap"]["value"] == 99
    assert found["reference_missing", "modalities.instantMessaging.workflowId"]["value"] == "gone"
    assert ("licence_missing", "interact.active") in found
    assert all(one["explanation"] for one in problem["findings"])
    assert office.stored(Kind.SERVICE, "orders") is None


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"colour": "blue"}, "colour", "unknown_field"),
        ({"interact": {"activ": True}}, "interact.activ", "unknown_field"),
        ({"interact": {"widget": {"offline_form": True}}}, "interact.widget.offline_form", "unknown_field"),
        ({"members": "mario"}, "members", "type"),
        ({"licences": ["gold"]}, "licences.0", "type"),
        ({"distribution": {"afterCallWork": "5"}}, "distribution.afterCallWork", "type"),
        ({"name": "<script>alert(1)</script>"}, "name", "name_characters"),
        ({"organization_unit_id": "root"}, "organization_unit_id", "unknown_field"),
    ],
)
async def test_what_cannot_be_read_is_named_with_its_path(
    office: Office, change: dict[str, Any], field: str, rule: str
) -> None:
    problem = await office.problem("POST", "services", {**SALES, **change})
    assert (problem["status"], [(one["rule"], one["field"]) for one in problem["findings"]]) == (422, [(rule, field)])


@pytest.mark.parametrize("name", ["../tenant", "a/b", "", " ", "a b", "ü", "-x", "x" * 129, "<b>"])
async def test_an_id_is_what_addresses_and_files_can_hold(office: Office, name: str) -> None:
    problem = await office.problem("POST", "organizationUnits", {**UNIT, "id": name})
    assert (problem["status"], problem["field"]) == (400, "id")


async def test_the_id_in_the_path_counts(office: Office) -> None:
    problem = await office.problem("PUT", "services/other", SALES, headers={"if-none-match": "*"})
    assert (problem["status"], problem["field"]) == (400, "id")
    without = {name: value for name, value in SALES.items() if name != "id"}
    response = await office.call("PUT", "services/orders", without, headers={"if-none-match": "*"})
    assert response.status_code == 201


async def test_a_merge_patch_removes_with_null_and_merges_objects(office: Office) -> None:
    created = await office.create("services", SALES)
    patch = {"interact": {"restrictAccess": False, "domainTemplateId": None}, "modalities": {"instantMessaging": None}}
    patched = await office.save("PATCH", "services/orders", patch, created["version"])
    assert patched["interact"]["active"] is True
    assert (patched["interact"]["restrictAccess"], patched["interact"]["domainTemplateId"]) == (False, None)
    assert patched["modalities"] == {}


async def test_all_tabs_of_a_service_are_one_change(office: Office) -> None:
    created = await office.create("services", SALES)
    whole = {**created, "name": "Renamed", "members": ["mario"], "interact": {**created["interact"], "active": False}}
    await office.save("PUT", "services/orders", whole, created["version"])
    service = office.stored(Kind.SERVICE, "orders")
    assert isinstance(service, Service)
    assert (service.name, service.members, service.interact.active) == ("Renamed", ("mario",), False)


async def test_a_list_is_paged_filtered_and_searched(office: Office) -> None:
    for number in range(5):
        await office.create(
            "organizationUnits", {"id": f"unit{number}", "name": f"Unit {number}", "parentId": "europe"}
        )
    first = await office.get("organizationUnits?top=4")
    assert [one["id"] for one in first["items"]] == ["america", "europe", "france", "root"]
    rest = await office.get(f"organizationUnits?top=200&after={first['next']}")
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([f"unit{number}" for number in range(5)], None)
    found = await office.get("organizationUnits?search=uni%203")
    assert [one["id"] for one in found["items"]] == ["unit3"]
    of_root = await office.get("services?organizationUnitId=root")
    assert [one["id"] for one in of_root["items"]] == ["sales"]


async def test_what_is_offered_to_a_unit_is_of_the_same_or_a_higher_one(office: Office) -> None:
    for unit in ("europe", "france", "america"):
        await office.create("domainTemplates", {"id": f"of-{unit}", "name": unit, "organizationUnitId": unit})
    offered = await office.get("domainTemplates?offeredTo=europe")
    assert [one["id"] for one in offered["items"]] == ["of-europe", "web"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("services?top=0", "top"),
        ("services?top=201", "top"),
        ("services?top=ten", "top"),
        ("services?after=%00", "after"),
        (f"services?search={'x' * 201}", "search"),
        ("users?offeredTo=europe", "offeredTo"),
        ("schemas/planet", "kind"),
        ("schemas/service?language=tlh", "language"),
        ("audit?id=sales", "kind"),
        ("audit?kind=planet", "kind"),
    ],
)
async def test_a_query_that_cannot_be_used_names_the_parameter(office: Office, path: str, field: str) -> None:
    problem = await office.problem("GET", path)
    assert (problem["status"], problem["field"]) == (400, field)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "planets", 404, "not_found"),
        ("GET", "planets/earth", 404, "not_found"),
        ("GET", "", 404, "not_found"),
        ("GET", "services/nothing", 404, "not_found"),
        ("GET", f"services/{'x' * 300}", 404, "not_found"),
        ("DELETE", "tenant", 405, "method_not_allowed"),
        ("POST", "services/sales", 405, "method_not_allowed"),
    ],
)
async def test_an_unknown_address_is_no_fault_of_ours(
    office: Office, method: str, path: str, status: int, code: str
) -> None:
    problem = await office.problem(method, path, {} if method == "POST" else None)
    assert (problem["status"], problem["code"]) == (status, code)


async def test_the_audit_log_tells_who_changed_what_when_and_how_it_was(office: Office) -> None:
    created = await office.create("services", SALES)
    await office.save("PATCH", "services/orders", {"name": "Renamed"}, created["version"], token="otto")
    (changed, first) = (await office.get("audit?kind=service&id=orders"))["items"]
    assert (changed["what"], changed["by"]["name"], changed["kind"], changed["id"]) == (
        "changed", "Otto", "service", "orders",
    )  # fmt: skip
    assert (changed["before"]["name"], changed["after"]["name"]) == ("Orders", "Renamed")
    assert (first["what"], first["before"]) == ("created", None)
    assert (await office.get("audit?kind=services&top=1"))["items"] == [changed]


async def test_documents_are_checked_together_and_not_saved(office: Office) -> None:
    unit = {"id": "asia", "name": "Asia", "parentId": "root"}
    service = {**SALES, "organizationUnitId": "asia"}
    broken = {**SALES, "id": "broken", "colour": "blue"}
    answer = await office.call(
        "POST",
        "validate",
        {
            "documents": [
                {"kind": "service", "document": service},
                {"kind": "organizationUnit", "document": unit},
                {"kind": "services", "document": broken},
                {"kind": "service", **service, "id": "flat"},
            ]
        },
    )
    told = json.loads(answer.get_body())
    assert told["valid"] is False
    assert [one["findings"] == [] for one in told["documents"]] == [True, True, False, True]
    assert told["documents"][2]["findings"][0]["field"] == "colour"
    assert office.stored(Kind.SERVICE, "orders") is None


async def test_a_set_names_ids_that_are_there_twice_and_circles(office: Office) -> None:
    pair = [{"kind": "service", "document": SALES}] * 2
    ring = [
        {"kind": "organizationUnit", "document": {"id": one, "name": one, "parentId": other}}
        for one, other in (("a", "b"), ("b", "a"))
    ]
    answer = await office.call("POST", "validate", {"documents": [*pair, *ring]})
    rules = [[finding["rule"] for finding in one["findings"]] for one in json.loads(answer.get_body())["documents"]]
    assert rules == [["id_repeated"], ["id_repeated"], ["cycle"], ["cycle"]]


async def test_members_who_get_no_task_are_named(office: Office) -> None:
    await office.create("users", {**BODIES["users"], "id": "unlicensed", "displayName": "Nobody"})
    created = await office.create("services", {**SALES, "members": ["mario", "unlicensed", "gone"]})
    told = [(note["rule"], note["field"], note["value"]) for note in created["notes"]]
    assert told == [
        ("not_registered_with_bot", "members.0", "mario"),
        ("no_instant_messaging_licence", "members.1", "unlicensed"),
        ("unknown_user", "members.2", "gone"),
    ]
    assert (await office.get("services/orders/notes"))["notes"] == created["notes"]


async def test_withdrawing_a_licence_keeps_the_settings_and_says_what_follows(office: Office) -> None:
    created = await office.create("services", SALES)
    withdrawn = await office.save("PATCH", "services/orders", {"licences": []}, created["version"])
    assert withdrawn["interact"] == created["interact"]
    assert "licence_withdrawn" in [note["rule"] for note in withdrawn["notes"]]
    given_back = await office.save("PATCH", "services/orders", {"licences": SALES["licences"]}, withdrawn["version"])
    assert given_back["interact"] == created["interact"]


async def test_a_workflow_is_applied_to_a_service_whose_licences_cover_it(office: Office) -> None:
    bare = {**SALES, "licences": [], "interact": {}}
    problem = await office.problem("POST", "services", bare)
    assert [(one["rule"], one["field"]) for one in problem["findings"]] == [
        ("workflow_not_covered", "modalities.instantMessaging.workflowId")
    ]


async def test_what_cannot_be_read_is_named_in_the_list_and_is_an_error_of_its_own(office: Office) -> None:
    place = TENANT.id, DocumentKey(Kind.USER, "luisa")
    office.administration.illegible[place] = "a stored user has schema 2"
    listed = await office.get("users")
    assert [one["id"] for one in listed["items"]] == ["mario"]
    assert listed["unreadable"] == [{"id": "luisa", "problem": "a stored user has schema 2"}]
    problem = await office.problem("GET", "users/luisa")
    assert (problem["status"], problem["code"], problem["detail"]) == (
        503,
        "schema_newer",
        "a stored user has schema 2",
    )


async def test_what_is_saved_is_saved_though_what_it_has_to_do_with_cannot_be_read(office: Office) -> None:
    sales = await office.get("services/sales")
    office.administration.illegible[TENANT.id, DocumentKey(Kind.USER, "mario")] = "a stored user has schema 2"
    saved = await office.save("PATCH", "services/sales", {"name": "Sales of Lunifico"}, sales["version"])
    assert saved["name"] == "Sales of Lunifico"
    assert [(one["rule"], one["explanation"][-26:]) for one in saved["notes"]] == [
        ("unreadable", "a stored user has schema 2")
    ]


async def test_what_refers_to_a_document_is_told_though_it_cannot_be_read(office: Office) -> None:
    office.administration.illegible[TENANT.id, DocumentKey(Kind.SERVICE, "sales")] = "a stored service has schema 2"
    used_by = (await office.get("workflows/chat/references"))["usedBy"]
    assert {"kind": "service", "id": "sales", "name": ""} in used_by
    problem = await office.problem("DELETE", "workflows/chat", headers={"if-match": "*"})
    assert (problem["status"], problem["code"]) == (409, "in_use")
