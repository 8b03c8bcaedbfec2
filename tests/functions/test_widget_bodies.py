"""What the widget API takes: JSON of exactly this shape, within bounds, and says which field is wrong."""

from __future__ import annotations

import json
from typing import Any

import azure.functions as func
import pytest

from functions.http import WIDGET_BODY_LIMIT
from functions.widget import widget_contact, widget_end, widget_heartbeat, widget_start
from tests.functions.world import World, form, json_of, request


async def start(body: object, **headers: str) -> func.HttpResponse:
    response: func.HttpResponse = await widget_start(request("POST", "api/widget/v1/sessions", body, headers=headers))
    return response


def customer(name: object = "Carla Customer", email: object = "carla@example.org") -> dict[str, Any]:
    return {"customer": {"displayName": name, "email": email}}


@pytest.mark.parametrize(
    "media", ["text/plain", "", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "json"]
)
async def test_another_content_type_is_refused_with_415(world: World, media: str) -> None:
    response = await widget_start(request("POST", "api/widget/v1/sessions", form(), headers={"content-type": media}))
    assert response.status_code == 415
    assert json_of(response)["code"] == "invalid"


@pytest.mark.parametrize("media", ["application/json", "Application/JSON; charset=UTF-8", "application/json;"])
async def test_json_is_known_in_all_its_spellings(world: World, media: str) -> None:
    response = await widget_start(request("POST", "x", form(), headers={"content-type": media}))
    assert response.status_code == 201


async def test_a_body_of_exactly_64_kb_is_read(world: World) -> None:
    body = json.dumps(form()).encode().ljust(WIDGET_BODY_LIMIT)
    assert (await start(body, **{"content-type": "application/json"})).status_code == 201


async def test_a_longer_body_is_refused_with_413(world: World) -> None:
    body = json.dumps(form()).encode().ljust(WIDGET_BODY_LIMIT + 1)
    response = await start(body, **{"content-type": "application/json"})
    assert response.status_code == 413
    assert str(WIDGET_BODY_LIMIT) in json_of(response)["detail"]


@pytest.mark.parametrize(
    ("body", "position"),
    [
        (b'{"widgetKey": }', "line 1 column 15"),
        (b'{\n"widgetKey": "a"', "line 2 column 16"),
        (b"", "line 1 column 0"),
        (b"\xff\xfe{}", "line 1 column 1"),
        (b'{"message": "\\ud800"}', "line 1 column"),
        (b"[" * 60_000, "line 1 column"),
    ],
    ids=["no value", "unfinished", "nothing", "not UTF-8", "lone surrogate", "deep"],
)
async def test_malformed_json_is_refused_with_its_position(world: World, body: bytes, position: str) -> None:
    response = await start(body, **{"content-type": "application/json"})
    assert response.status_code == 400
    assert position in json_of(response)["detail"]
    assert "field" not in json_of(response)


BOUNDS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("customer.displayName", customer("n" * 100), customer("n" * 101)),
    ("customer.displayName", customer("  é  "), customer("   ")),
    ("customer.displayName", customer("שלום"), customer("Carla\u202e")),
    ("customer.displayName", customer("Carla 👩‍🚀"), customer("Car\nla")),
    ("customer.displayName", customer("Carla"), customer(5)),
    ("customer.email", customer(email="a@b.c"), customer(email="a@b")),
    ("customer.email", customer(email=f"{'a' * 64}@{'b' * 185}.org"), customer(email=f"{'a' * 64}@{'b' * 186}.org")),
    ("customer.email", customer(email=" carla@example.org "), customer(email="carla@example.org, b@example.org")),
    ("customer.email", customer(email="carla+web@example.co.uk"), customer(email="<carla@example.org>")),
    ("message", {"message": "m" * 7000}, {"message": "m" * 7001}),
    ("message", {"message": "🎉" * 6999}, {"message": "🎉" * 7000}),
    ("message", {"message": "."}, {"message": " \n "}),
    ("idempotencyKey", {"idempotencyKey": "k" * 22}, {"idempotencyKey": "k" * 21}),
    ("idempotencyKey", {"idempotencyKey": "k" * 128}, {"idempotencyKey": "k" * 129}),
    ("idempotencyKey", {"idempotencyKey": "AZaz09_-" * 3}, {"idempotencyKey": "k" * 22 + "/"}),
    ("idempotencyKey", {"idempotencyKey": "k" * 23}, {"idempotencyKey": "k" * 22 + "\n"}),
    ("language", {"language": "de-CH"}, {"language": "de_CH"}),
    ("language", {"language": "en-" + "a" * 8 + "-" + "b" * 8 + "-" + "c" * 8 + "-dddd"}, {"language": "e" * 36}),
    ("accessToken", {"accessToken": "t" * 8192}, {"accessToken": "t" * 8193}),
    ("modality", {"modality": "instantMessaging"}, {"modality": "telepathy"}),
]


@pytest.mark.parametrize(
    ("field", "good", "bad"), BOUNDS, ids=[f"{number}-{case[0]}" for number, case in enumerate(BOUNDS)]
)
async def test_a_field_is_taken_up_to_its_bound_and_refused_beyond(
    world: World, field: str, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    assert (await start(form(**good))).status_code == 201
    response = await start(form(**bad))
    assert response.status_code == 400
    assert json_of(response)["field"] == field
    assert json_of(response)["code"] == "invalid"


@pytest.mark.parametrize("name", ["widgetKey", "serviceId"])
async def test_an_id_has_at_most_128_characters(world: World, name: str) -> None:
    assert (await start(form(**{name: "i" * 128}))).status_code == 403
    response = await start(form(**{name: "i" * 129}))
    assert (response.status_code, json_of(response)["field"]) == (400, name)


@pytest.mark.parametrize("name", ["customer", "message", "widgetKey", "idempotencyKey"])
async def test_a_missing_field_is_named(world: World, name: str) -> None:
    response = await start(form(**{name: None}))
    assert (response.status_code, json_of(response)["field"]) == (400, name)


@pytest.mark.parametrize("extra", [{"role": "admin"}, {"widget_key": "a"}, {"__proto__": {}}])
async def test_an_unknown_field_is_refused(world: World, extra: dict[str, Any]) -> None:
    response = await start(form(**extra))
    assert (response.status_code, json_of(response)["field"]) == (400, *extra)


async def test_an_unknown_field_of_the_customer_is_refused(world: World) -> None:
    body = form()
    body["customer"]["phone"] = "1"
    assert json_of(await start(body))["field"] == "customer.phone"


@pytest.mark.parametrize("contact", [{"serviceId": None}, {"contactId": "luisa"}])
async def test_a_start_names_exactly_one_contact(world: World, contact: dict[str, Any]) -> None:
    response = await start(form(**contact))
    assert (response.status_code, json_of(response)["field"]) == (400, "serviceId")


async def test_what_was_typed_is_not_said_back(world: World) -> None:
    response = await start(form(message="a secret" * 1000))
    assert "a secret" not in response.get_body().decode()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (f"widgetKey={'k' * 129}&serviceId=s", "widgetKey"),
        ("widgetKey=k", "serviceId"),
        ("widgetKey=k&serviceId=s&contactId=c", "serviceId"),
        ("widgetKey=k&serviceId=s&modality=telepathy", "modality"),
    ],
)
async def test_a_query_is_checked_like_a_body(world: World, query: str, field: str) -> None:
    response = await widget_contact(request("GET", f"api/widget/v1/contact?{query}"))
    assert (response.status_code, json_of(response)["field"]) == (400, field)


@pytest.mark.parametrize("body", [{"leaving": "false"}, {"leaving": 0}, {"left": True}, []])
async def test_a_heartbeat_says_true_or_false(world: World, body: object) -> None:
    sent = request("POST", "x", body, headers={"authorization": "Bearer t"}, route={"sessionId": "s"})
    assert (await widget_heartbeat(sent)).status_code == 400


async def test_a_session_id_has_at_most_128_characters(world: World) -> None:
    sent = request("POST", "x", headers={"authorization": "Bearer t"}, route={"sessionId": "s" * 129})
    response = await widget_end(sent)
    assert (response.status_code, json_of(response)["field"]) == (400, "sessionId")
