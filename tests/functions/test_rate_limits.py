"""The widget API says `busy` to whoever calls too often, by the address that the platform's front end saw."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import azure.functions as func
import pytest

from functions.widget import widget_contact, widget_heartbeat, widget_session, widget_start, widget_token
from functions.widget_messages import widget_message, widget_parameters
from functions.widget_presence import widget_presence
from shared import bootstrap
from shared.application.occasions import Wake
from shared.domain.rate_limits import RateLimits
from shared.domain.sessions import Phase
from tests.functions.world import TENANT, WIDGET_KEY, World, form, json_of, request

BASE = "api/widget/v1"
SEEN = "203.0.113.7:50123"
"""As the front end of App Service appends it."""


def limit(world: World, **limits: int) -> None:
    world.config.put(TENANT.id, replace(TENANT, rate_limits=replace(RateLimits(), **limits)))


async def start(forwarded_for: str = SEEN, **changes: object) -> func.HttpResponse:
    headers = {"x-forwarded-for": forwarded_for}
    response: func.HttpResponse = await widget_start(
        request("POST", f"{BASE}/sessions", form(**changes), headers=headers)
    )
    return response


def of_session(started: Any, what: str, body: object = None, forwarded_for: str = SEEN) -> func.HttpRequest:
    headers = {"authorization": f"Bearer {started['sessionToken']}", "x-forwarded-for": forwarded_for}
    route = {"sessionId": started["sessionId"]}
    return request("POST", f"{BASE}/sessions/{started['sessionId']}/{what}", body, headers=headers, route=route)


async def test_too_many_starts_are_answered_busy_with_the_wait(world: World) -> None:
    limit(world, visitor_starts=1)
    assert (await start()).status_code == 201
    refused = await start(idempotencyKey="another-key-of-this-visitor")
    problem = json_of(refused)
    assert (refused.status_code, problem["code"], problem["retryAfter"]) == (429, "busy", 600)
    assert refused.headers["retry-after"] == "600"
    assert refused.headers["access-control-expose-headers"] == "Retry-After"
    assert len(world.sessions.rows) == 1
    world.clock.advance(600)
    assert (await start(idempotencyKey="another-key-of-this-visitor")).status_code == 201


async def test_a_header_that_the_caller_wrote_makes_nobody_another_one(world: World) -> None:
    limit(world, visitor_starts=1)
    assert (await start(f"198.51.100.1, {SEEN}")).status_code == 201
    assert (await start(f"198.51.100.2, 192.0.2.1, {SEEN}", idempotencyKey="a" * 30)).status_code == 429
    assert (await start("203.0.113.99:1", idempotencyKey="b" * 30)).status_code == 429
    assert (await start("198.51.100.3:1", idempotencyKey="c" * 30)).status_code == 201


async def test_behind_a_proxy_of_one_s_own_the_address_before_it_counts(world: World) -> None:
    limit(world, visitor_starts=1)
    bootstrap.use(world.application, replace(world.surroundings, trusted_proxies=1))
    assert (await start(f"203.0.113.7, {SEEN}")).status_code == 201
    assert (await start(f"198.51.100.2, {SEEN}", idempotencyKey="a" * 30)).status_code == 201
    assert (await start(f"198.51.100.3, 203.0.113.8, {SEEN}", idempotencyKey="b" * 30)).status_code == 429


async def test_left_messages_count_as_starts(world: World) -> None:
    limit(world, visitor_starts=1)
    body: dict[str, Any] = {name: value for name, value in form().items() if name != "modality"}
    statuses = [
        (await widget_message(request("POST", f"{BASE}/messages", body, headers={"x-forwarded-for": SEEN}))).status_code
        for _ in range(2)
    ]
    assert statuses[0] != 429
    assert statuses[1] == 429


@pytest.mark.parametrize("function", [widget_contact, widget_presence])
async def test_questions_about_a_contact_are_generous_and_limited(world: World, function: Any) -> None:
    limit(world, visitor_calls=60)
    path = f"{BASE}/contact?widgetKey={WIDGET_KEY}&serviceId=sales"
    asked = [await function(request("GET", path, headers={"x-forwarded-for": SEEN})) for _ in range(62)]
    statuses = [response.status_code for response in asked]
    assert statuses == [200] * 60 + [429] * 2
    assert json_of(asked[-1])["retryAfter"] == 1


@pytest.mark.parametrize(
    ("function", "what"),
    [(widget_heartbeat, "heartbeat"), (widget_token, "token"), (widget_parameters, "parameters"), (widget_session, "")],
)
async def test_calls_of_a_session_are_limited_whatever_they_are(world: World, function: Any, what: str) -> None:
    limit(world, visitor_calls=60)
    started = json_of(await start())
    body: dict[str, Any] = {"parameters": {}} if what == "parameters" else {}
    statuses = [(await function(of_session(started, what, body))).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]


async def test_a_thousand_tabs_of_one_session_cost_no_more_than_a_few(world: World) -> None:
    started = json_of(await start())
    statuses = [
        (await widget_heartbeat(of_session(started, "heartbeat", {}, f"198.51.{number % 250}.9:1"))).status_code
        for number in range(1_000)
    ]
    assert (statuses.count(200), statuses.count(429)) == (300, 700)


async def test_whoever_has_no_good_token_takes_nothing_from_a_session(world: World) -> None:
    started = json_of(await start())
    forged = {**started, "sessionToken": "forged"}
    for _ in range(200):
        assert (await widget_heartbeat(of_session(forged, "heartbeat", {}))).status_code == 401
    assert (await widget_heartbeat(of_session(started, "heartbeat", {}))).status_code == 200


async def test_the_log_names_the_limit_and_no_address(world: World, caplog: pytest.LogCaptureFixture) -> None:
    limit(world, visitor_starts=1)
    with caplog.at_level(logging.DEBUG):
        await start()
        trace = json_of(await start())["trace"]
    assert f"trace {trace}" in caplog.text
    assert "rate_limited: starts of one visitor: more than 1 in 600 s" in caplog.text
    assert "203.0.113" not in caplog.text
    assert "203.0.113" not in repr(world.sessions.rows)


async def test_parameters_of_100_kb_are_refused_by_their_size(world: World) -> None:
    huge = {"orderNumber": "4" * 100_000}
    started = json_of(await start())
    response = await widget_parameters(of_session(started, "parameters", {"parameters": huge}))
    assert (response.status_code, json_of(response)["code"]) == (413, "invalid")
    assert (await start(idempotencyKey="a" * 30, parameters=huge)).status_code == 413
    assert world.sessions.rows[started["sessionId"]].session.parameters == {}


async def test_many_or_long_parameters_are_refused_by_name(world: World) -> None:
    for parameters, field in (
        ({"orderNumber": "4" * 10_000}, "parameters"),
        ({f"p{number}": "x" for number in range(500)}, "parameters"),
        ({"<script>": "x"}, "parameters"),
    ):
        response = await start(parameters=parameters)
        assert response.status_code == 400
        assert json_of(response)["field"].startswith(field)
    assert world.sessions.rows == {}


async def test_a_start_without_a_sign_of_life_rings_nobody(world: World) -> None:
    """A machine that opens chats by plain HTTP and goes on costs no agent a second."""
    await world.application.conversations.register(world.activity())
    started = json_of(await start())
    await world.application.relay.look(started["sessionId"], Wake("opened"))
    for _ in range(30):
        world.clock.advance(2)
        await world.application.relay.look(started["sessionId"], Wake("watchdog"))
    assert world.agents.of("chat-mario", "invite") == []
    record = world.sessions.rows[started["sessionId"]]
    assert record.session.phase is Phase.WAITING

    await widget_heartbeat(of_session(started, "heartbeat", {}))
    assert len(world.agents.of("chat-mario", "invite")) == 1
