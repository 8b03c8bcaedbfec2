"""Bodies, headers and queries that are not what they should be: tests/vectors/requests.json."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from typing import Any

import azure.functions as func
import pytest

from functions.widget import BASE
from tests.functions.world import SERVICE, TENANT, World, form, json_of
from tests.security.web import ROUTES, body_for, call, cases, start, without_acs

POSTS = [route for _, methods, route, _ in ROUTES if route.startswith(BASE) and "POST" in methods]
COUNTED = re.compile(r"\{([^{}]|\{(?:\"a\":)?|\}|\"a\":1,|a\.|10\.0\.0\.1, |\{\"a\":)\*(\d+)\}")


def filled(template: str, good: dict[str, Any] | None = None) -> bytes:
    """A case's bytes."""
    text = json.dumps(good or {})
    fields = text[1:-1] + (", " if good else "")
    raw = template.replace("{{fields}", "{" + fields).replace("{good}", text)
    raw = COUNTED.sub(lambda match: match[1] * int(match[2]), raw)
    pieces = re.split(r"\{hex:([0-9a-f]+)\}", raw)
    return b"".join(bytes.fromhex(one) if at % 2 else one.encode() for at, one in enumerate(pieces))


@pytest.fixture
def open_world(world: World) -> World:
    """A tenant without ACS, whose contact takes messages."""
    without_acs(world)
    offering = replace(SERVICE.interact, widget=replace(SERVICE.interact.widget, offline_form=True))
    world.config.put(TENANT.id, replace(SERVICE, interact=offering))
    return world


async def answers(case: dict[str, Any], world: World) -> list[tuple[str, func.HttpResponse]]:
    """What each route of the case answers."""
    await world.application.conversations.register(world.activity())
    started = await start()
    found = []
    for route in sorted(POSTS, key=lambda one: one.endswith("/end")):
        if "routes" in case and route.rpartition("/")[2] not in case["routes"]:
            continue
        good = body_for(route) if "{sessionId}" in route else form(idempotencyKey="n" * 22)
        headers = {
            "authorization": f"Bearer {started['sessionToken']}",
            "content-type": case.get("type", "application/json"),
            **{name: filled(value).decode() for name, value in case.get("headers", {}).items()},
        }
        headers["content-type"] = filled(headers["content-type"]).decode()
        path = route.replace("{sessionId}", started["sessionId"])
        found.append((route, await call("POST", path, filled(case["raw"], good), headers=headers)))
    return found


@pytest.mark.parametrize("case", cases("requests"))
async def test_a_request_is_taken_or_refused_with_its_reason(
    open_world: World, case: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        found = await answers(case, open_world)
    assert found
    for route, response in found:
        if case.get("passes"):
            assert response.status_code in (200, 201, 202), (route, response.get_body())
            continue
        assert response.status_code == case["status"], (route, response.get_body())
        problem = json_of(response)
        assert problem["code"] in ("invalid", "not_allowed")
        assert len(response.get_body()) < 1_000
        assert response.headers["x-content-type-options"] == "nosniff"
    if "message" in case:
        threads = open_world.ports.threads.threads.values()  # type: ignore[attr-defined]  # of the adapter in memory
        assert case["message"] in [stored.message.text for thread in threads for stored in thread]
    assert all(len(record.getMessage().splitlines()) == 1 for record in caplog.records)
    assert all(len(record.getMessage()) < 1_500 for record in caplog.records)


@pytest.mark.parametrize("case", cases("requests", "queries"))
async def test_a_query_is_taken_or_refused_with_its_reason(
    open_world: World, case: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    started = await start()
    path = case["path"].replace("{session}", started["sessionId"]).replace("{token}", started["sessionToken"])
    headers = {"authorization": case.get("authorization", f"Bearer {started['sessionToken']}")}
    with caplog.at_level(logging.INFO):
        response = await call("GET", f"{BASE}/{filled(path).decode()}", headers=headers)
    assert response.status_code == case["status"], response.get_body()
    assert all(len(record.getMessage().splitlines()) == 1 for record in caplog.records)
    assert started["sessionToken"] not in caplog.text
