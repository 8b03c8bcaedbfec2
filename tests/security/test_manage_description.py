"""Whatever is sent, the management API answers as its own description says, and never 500: drawn by Schemathesis."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

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

from functions.manage_bodies import COLLECTIONS
from functions.manage_openapi import BASE, document
from shared.adapters.system import SystemIds
from tests.functions.office import Office
from tests.functions.world import OWN_URL, World

EXAMPLES = 4
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DESCRIPTION = document()
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
ONE_OF_ALL = COLLECTIONS.keys() - {"services", "workflows"}
"""All collections are one code; these are left to the others."""
DESCRIBED = {
    one["operationId"]: SCHEMA[path][method.upper()]
    for path, operations in DESCRIPTION["paths"].items()
    for method, one in operations.items()
    if not ONE_OF_ALL & set(one["tags"])
}
KNOWN = {"services": "sales", "workflows": "chat"}


async def answered(office: Office, case: Case[Any]) -> Response:
    drawn = requests.Request(**case.as_transport_kwargs(base_url=OWN_URL)).prepare()
    headers = {name.lower(): str(value) for name, value in drawn.headers.items() if name.lower() != "authorization"}
    body = drawn.body.encode() if isinstance(drawn.body, str) else drawn.body or b""
    parts = urlsplit(str(drawn.url))
    path = parts.path.removeprefix(f"{BASE}/") + (f"?{parts.query}" if parts.query else "")
    response = await office.call(str(drawn.method), path, body, headers=headers)
    sent = {name: [value] for name, value in {**response.headers, "content-type": str(response.mimetype)}.items()}
    if response.status_code == 204:
        sent.pop("content-type")
    return Response(response.status_code, sent, response.get_body(), drawn, elapsed=0.0, verify=False)


def hold(operation_id: str, mode: GenerationMode) -> set[int]:
    """Draw requests of an operation and hold the answers to the description; the statuses that there were."""
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=DESCRIBED[operation_id].as_strategy(generation_mode=mode))
    def holds(case: Case[Any]) -> None:
        world = World()
        # Counted ids are shorter than the secrets that are made of real ones.
        world.replace(ids=SystemIds())
        office = Office(world)
        office.use()
        kinds = case.operation.path.removeprefix(f"{BASE}/").partition("/")[0]
        if mode is GenerationMode.POSITIVE and case.path_parameters and kinds in KNOWN:
            # A document that is there, so that the request gets beyond the first question.
            case.path_parameters["id"] = KNOWN[kinds]
            case.headers["If-Match"] = "*"
        response = asyncio.run(answered(office, case))
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    holds()
    return statuses


@pytest.mark.parametrize("operation", sorted(DESCRIBED))
def test_good_requests_are_answered_as_described(world: World, operation: str) -> None:
    statuses = hold(operation, GenerationMode.POSITIVE)
    assert 200 in statuses or not operation.startswith(("list", "readService", "readTenant", "validate", "me"))


# Where one signs in there is nothing that a request could have wrong.
@pytest.mark.parametrize("operation", sorted(DESCRIBED.keys() - {"readSignIn"}))
def test_bad_requests_are_answered_as_described(world: World, operation: str) -> None:
    assert 500 not in hold(operation, GenerationMode.NEGATIVE)
