"""The management API: workflows are linted, tried out, kept in versions and compared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functions.office import Office

CHAT: dict[str, Any] = {
    "id": "talk",
    "name": "Talk",
    "type": "instantMessaging",
    "organizationUnitId": "root",
    "start": "accept",
    "activities": [
        {"id": "accept", "type": "accept_conversation", "exits": {"next": "hello"}},
        {"id": "hello", "type": "message", "parameters": {"texts": {"en": "Hello"}}, "exits": {"next": "queue"}},
        {"id": "queue", "type": "queue_task", "parameters": {"time_limit": 300}, "exits": {"time_limit": "end"}},
        {"id": "end", "type": "disconnect"},
    ],
}
DRAFT = {name: value for name, value in CHAT.items() if name in ("type", "start", "activities")}
MARIO = {"id": "mario", "displayName": "Mario"}


async def post(office: Office, path: str, body: Any, token: str = "carla") -> Any:
    response = await office.call("POST", path, body, token=token)
    assert response.status_code == 200, response.get_body()
    return json.loads(response.get_body())


def without(activity: str) -> dict[str, Any]:
    return {**DRAFT, "activities": [one for one in CHAT["activities"] if one["id"] != activity]}


async def test_a_good_definition_has_no_findings(office: Office) -> None:
    assert await post(office, "workflows/lint", DRAFT) == {"valid": True, "findings": []}
    assert (await post(office, "workflows/lint", {"definition": CHAT}))["valid"] is True


@pytest.mark.parametrize(
    ("definition", "rule", "activity"),
    [
        (without("accept") | {"start": "hello"}, "accept_first", "hello"),
        (without("end"), "exit_to_nowhere", "queue"),
        ({**DRAFT, "start": "hello"}, "unreachable", "accept"),
        (
            {**DRAFT, "activities": [
                *CHAT["activities"][:2],
                {"id": "queue", "type": "queue_task", "exits": {"time_limit": "again"}},
                {"id": "again", "type": "queue_task", "exits": {"time_limit": "end"}},
                CHAT["activities"][3],
            ]},
            "queued_twice",
            "again",
        ),
    ],
)  # fmt: skip
async def test_a_finding_names_activity_rule_and_fix(
    office: Office, definition: dict[str, Any], rule: str, activity: str
) -> None:
    told = await post(office, "workflows/lint", definition)
    found = {(one["rule"], one["activity"]) for one in told["findings"]}
    assert (told["valid"], (rule, activity) in found) == (False, True)
    problem = await office.problem("POST", "workflows", {**CHAT, **definition})
    assert rule in {one["rule"] for one in problem["findings"]}


async def test_lint_names_unknown_fields_as_well(office: Office) -> None:
    told = await post(office, "workflows/lint", {**DRAFT, "activitys": []})
    assert [(one["rule"], one["field"]) for one in told["findings"]] == [("unknown_field", "activitys")]


async def test_a_conversation_is_played_through_a_definition(office: Office) -> None:
    events = [
        {"at": 5, "event": "customerWrites", "text": "Is anybody there?"},
        {"at": 20, "event": "agentAccepts", "agentId": "mario"},
        {"at": 30, "event": "agentWrites", "agentId": "mario", "text": "Yes"},
        {"at": 60, "event": "agentEnds", "agentId": "mario"},
    ]
    told = await post(office, "workflows/simulate", {"definition": DRAFT, "agents": [MARIO], "events": events})
    assert [one["activity"] for one in told["path"]] == ["accept", "hello", "queue"]
    assert {"at": 0, "to": "customer", "text": "Hello", "event": None} in told["messages"]
    assert told["end"] == {"at": 60.0, "reason": "ended_by_agent"}


async def test_timers_come_where_nobody_answers(office: Office) -> None:
    told = await post(office, "workflows/simulate", {"definition": DRAFT})
    assert told["end"]["at"] == 300.0
    assert 300.0 in {one["at"] for one in told["timers"]}


async def test_a_stored_version_is_played_with_the_texts_of_a_service(office: Office) -> None:
    created = await office.create("workflows", CHAT)
    assert created["workflowVersion"] == 1
    changed = [dict(one) for one in CHAT["activities"]]
    changed[1] = {**changed[1], "parameters": {"texts": {"en": "Welcome to $(Service.Name)"}}}
    await office.save("PATCH", "workflows/talk", {"activities": changed}, created["version"])
    for version, text in ((1, "Hello"), (2, "Welcome to Lunifico Sales"), (None, "Welcome to Lunifico Sales")):
        body = {"id": "talk", "version": version, "serviceId": "sales"}
        told = await post(office, "workflows/simulate", {name: one for name, one in body.items() if one})
        assert told["messages"][0]["text"] == text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"id": "chat", "definition": DRAFT}, 400),
        ({"id": "nothing"}, 404),
        ({"id": "chat", "version": 99}, 404),
        ({"id": "chat", "serviceId": "nothing"}, 404),
        ({"definition": without("end")}, 422),
        ({"definition": DRAFT, "events": [{"at": -1, "event": "customerEnds"}]}, 400),
        ({"definition": DRAFT, "events": [{"at": 1, "event": "dances"}]}, 400),
        ({"definition": DRAFT, "events": [{"at": 1, "event": "customerEnds"}] * 501}, 400),
        ({"definition": DRAFT, "duration": 1e9}, 400),
        ({"definition": DRAFT, "begins": "yesterday"}, 400),
        ({"definition": []}, 400),
    ],
)
async def test_a_trial_that_cannot_be_played_says_why(office: Office, body: dict[str, Any], status: int) -> None:
    problem = await office.problem("POST", "workflows/simulate", body)
    assert (problem["status"], bool(problem["detail"])) == (status, True)


async def test_versions_are_kept_listed_and_compared(office: Office) -> None:
    created = await office.create("workflows", CHAT)
    changed = [
        *CHAT["activities"][:2],
        {**CHAT["activities"][2], "parameters": {"time_limit": 60}},
        CHAT["activities"][3],
    ]
    await office.save("PATCH", "workflows/talk", {"activities": changed}, created["version"], token="otto")
    listed = (await office.get("workflows/talk/versions"))["items"]
    assert [(one["number"], one["changedBy"]["name"]) for one in listed] == [(2, "Otto"), (1, "Carla")]
    first = await office.get("workflows/talk/versions/1")
    assert first["activities"][2]["parameters"] == {"time_limit": 300}
    told = await office.get("workflows/talk/differences?from=1&to=2")
    assert told["differences"] == [
        {"field": "activities.queue.parameters.time_limit", "what": "changed", "before": 300, "after": 60}
    ]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("workflows/nothing/versions", 404),
        ("workflows/chat/versions/9", 404),
        ("workflows/chat/versions/x", 400),
        ("workflows/chat/differences", 400),
        ("workflows/chat/differences?from=1&to=0", 400),
    ],
)
async def test_a_version_that_is_not_there_is_named(office: Office, path: str, status: int) -> None:
    assert (await office.problem("GET", path))["status"] == status


async def test_a_transfer_to_nowhere_is_noted(office: Office) -> None:
    transfer = {"id": "move", "type": "transfer", "parameters": {"service": "gone"}, "exits": {"failed": "end"}}
    body = {**CHAT, "activities": [
        CHAT["activities"][0], {**CHAT["activities"][1], "exits": {"next": "move"}}, transfer, CHAT["activities"][3],
    ]}  # fmt: skip
    created = await office.create("workflows", body)
    assert [(one["rule"], one["field"]) for one in created["notes"]] == [
        ("transfer_target_missing", "activities.move.parameters.service")
    ]


async def test_a_workflow_is_published_with_a_look_at_the_licences_of_its_services(office: Office) -> None:
    sales = await office.get("services/sales")
    await office.save("PATCH", "services/sales", {"licences": []}, sales["version"])
    chat = await office.get("workflows/chat")
    published = await office.save("PATCH", "workflows/chat", {"name": "Anew"}, chat["version"])
    assert [(one["rule"], one["value"]) for one in published["notes"]] == [("service_not_covered", "sales")]
