"""Whatever is sent, the widget API answers as its own description says, and never 500: drawn by Schemathesis."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from functions.openapi import OPERATIONS, document
from functions.origins import PREVIEW_PASS
from shared.domain.previews import LONGEST_LIFE, PreviewPass, pass_bytes
from shared.ports import SealPurpose
from tests.functions.world import IM, ORIGIN, OWN_URL, SERVICE, TENANT, WIDGET_KEY, World, form
from tests.security.web import call, start, without_acs

EXAMPLES = 8
"""For each operation and way; the seed is fixed, so that a finding comes again."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(document())
DESCRIBED = {operation.id: SCHEMA[operation.path][operation.method.upper()] for operation in OPERATIONS}


async def answered(case: Case[Any], known: dict[str, Any]) -> Response:
    """What the app answers to a drawn request, by the page of the session where there is one."""
    drawn = requests.Request(**case.as_transport_kwargs(base_url=OWN_URL)).prepare()
    headers = {name.lower(): str(value) for name, value in drawn.headers.items()}
    headers |= {"origin": ORIGIN, **known.get("headers", {})}
    body = drawn.body.encode() if isinstance(drawn.body, str) else drawn.body or b""
    path = str(drawn.url).removeprefix(f"{OWN_URL}/")
    response = await call(str(drawn.method), path, body, headers=headers)
    sent = {name: [value] for name, value in {**response.headers, "content-type": str(response.mimetype)}.items()}
    return Response(response.status_code, sent, response.get_body(), drawn, elapsed=0.0, verify=False)


def named(case: Case[Any]) -> None:
    """Let the drawn request name a contact that there is, so that it gets beyond the first question."""
    for part in (case.query, case.body):
        if isinstance(part, dict) and "widgetKey" in part:
            part["widgetKey"], part["serviceId"], part["modality"] = WIDGET_KEY, SERVICE.id, IM
            part.pop("contactId", None)


def with_link(world: World) -> dict[str, str]:
    """The headers of a preview page that somebody has opened by a link."""
    expires = world.clock.now() + LONGEST_LIFE / 2
    given = PreviewPass(TENANT.id, f"service:{SERVICE.id}", "carla", "Carla", expires, "")
    sealed = world.ports.seals.seal(SealPurpose.PREVIEW_PASS, pass_bytes(given))
    return {"origin": OWN_URL, PREVIEW_PASS: sealed}


def hold(world: World, operation_id: str, mode: GenerationMode, *, known: bool) -> set[int]:
    """Draw requests of an operation and hold the answers to the description; the statuses that there were."""
    operation = DESCRIBED[operation_id]
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Case[Any]) -> None:
        async def one() -> Response:
            headers = {}
            if known and case.path_parameters:
                # A session of its own, since requests may end it.
                started = await start(idempotencyKey=f"{len(world.sessions.rows):022}")
                case.path_parameters["sessionId"] = started["sessionId"]
                headers = {"authorization": f"Bearer {started['sessionToken']}"}
            elif known and mode is GenerationMode.POSITIVE:
                named(case)
                headers = with_link(world) if operation_id == "widget_preview" else {}
                case.headers.pop("Interact-Preview", None)
            world.clock.advance(60)
            return await answered(case, {"headers": headers})

        response = asyncio.run(one())
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    holds()
    return statuses


@pytest.fixture
def open_world(world: World) -> World:
    """A tenant without ACS, whose contact takes messages, with a member who can get them."""
    without_acs(world)
    offering = replace(SERVICE.interact, widget=replace(SERVICE.interact.widget, offline_form=True))
    world.config.put(TENANT.id, replace(SERVICE, interact=offering))
    asyncio.run(world.application.conversations.register(world.activity()))
    return world


@pytest.mark.parametrize("operation", sorted(DESCRIBED))
def test_good_requests_are_answered_as_described(open_world: World, operation: str) -> None:
    success = next(one.success for one in OPERATIONS if one.id == operation)
    assert success in hold(open_world, operation, GenerationMode.POSITIVE, known=True)


@pytest.mark.parametrize("operation", sorted(DESCRIBED))
def test_bad_requests_are_answered_as_described(open_world: World, operation: str) -> None:
    statuses = hold(open_world, operation, GenerationMode.NEGATIVE, known=True)
    # Where only the path can be wrong, the test has put a right one in its place.
    assert operation == "widget_session" or statuses - {200, 201, 202}


@pytest.mark.parametrize("operation", sorted(DESCRIBED))
def test_requests_of_strangers_are_answered_as_described(open_world: World, operation: str) -> None:
    assert hold(open_world, operation, GenerationMode.POSITIVE, known=False) <= {400, 401, 403}


async def test_what_is_described_is_what_is_published() -> None:
    published = await call("GET", "api/openapi.json")
    assert json.loads(published.get_body()) == json.loads(json.dumps(document()))
    assert form()["widgetKey"] == WIDGET_KEY
