"""The description of the widget API tells what the app really does."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from functions.health import openapi
from functions.openapi import OPERATIONS, document
from functions.widget import BASE, widget_contact, widget_session, widget_start
from functions.widget_bodies import StartBody
from tests.functions.world import WIDGET_KEY, World, form, json_of, request
from tests.security.web import FUNCTIONS

SCHEMAS = document()["components"]["schemas"]


def conforms(instance: Any, model: str) -> None:
    schema = {"$ref": f"#/components/schemas/{model}", "components": {"schemas": SCHEMAS}}
    jsonschema.validate(instance, schema, cls=jsonschema.Draft202012Validator)


def routes() -> set[tuple[str, str]]:
    """Method and path of every route of the widget API, preflights aside."""
    found = set()
    for function in FUNCTIONS:
        trigger = function.get_trigger()
        assert trigger is not None
        settings = trigger.get_dict_repr()
        if str(settings.get("route", "")).startswith(f"{BASE}/"):
            methods = {str(method) for method in settings["methods"]} - {"OPTIONS"}
            found |= {(method, f"/{settings['route']}") for method in methods}
    return found


def test_every_route_is_described_and_nothing_else() -> None:
    described = {(method.upper(), path) for path, operations in document()["paths"].items() for method in operations}
    assert described == routes()
    assert all(path.startswith(f"/{BASE}/") for _, path in described)


async def test_it_can_be_read_from_any_page() -> None:
    response = await openapi(request("GET", "api/openapi.json"))
    assert json_of(response)["openapi"] == "3.1.0"
    assert response.headers["access-control-allow-origin"] == "*"


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(document())
    names = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert names == set(SCHEMAS)


async def test_answers_are_as_described(world: World) -> None:
    contact = await widget_contact(request("GET", f"{BASE}/contact?widgetKey={WIDGET_KEY}&serviceId=sales"))
    conforms(json_of(contact), "ContactAnswer")
    started = json_of(await widget_start(request("POST", "x", form())))
    conforms(started, "StartAnswer")
    headers = {"authorization": f"Bearer {started['sessionToken']}"}
    session = await widget_session(request("GET", "x", headers=headers, route={"sessionId": started["sessionId"]}))
    conforms(json_of(session), "SessionAnswer")


async def test_problems_are_as_described(world: World) -> None:
    for body in (form(message=""), form(serviceId="nobody")):
        conforms(json_of(await widget_start(request("POST", "x", body))), "Problem")


def test_the_described_body_is_the_checked_one() -> None:
    conforms(form(), "StartBody")
    with pytest.raises(jsonschema.ValidationError):
        conforms(form(idempotencyKey="short"), "StartBody")
    with pytest.raises(jsonschema.ValidationError):
        conforms(form(role="admin"), "StartBody")


def test_its_examples_are_good_requests() -> None:
    properties = SCHEMAS["StartBody"]["properties"]
    example = {name: described["examples"][0] for name, described in properties.items() if "examples" in described}
    customer = SCHEMAS["CustomerBody"]["properties"]
    example["customer"] = {name: described["examples"][0] for name, described in customer.items()}
    assert StartBody.model_validate_json(json.dumps(example)).service_id == "sales"


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.id for operation in OPERATIONS])
def test_every_operation_says_how_it_is_refused(operation: Any) -> None:
    described = document()["paths"][operation.path][operation.method]
    refusals = [status for status in described["responses"] if int(status) >= 400]
    assert len(refusals) >= 3
    assert ("security" in described) == operation.is_of_session
