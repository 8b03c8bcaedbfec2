"""Whoever has a session of one's own gets nowhere else: other sessions, contacts, tenants, pages, transports.

Each stranger of tests/vectors/foreign_access.json holds a token that is good for something; nothing that belongs to
Carla is to be seen or changed with it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.widget import BASE
from shared.domain.documents import Kind
from shared.domain.domain_templates import DomainRow
from tests.functions.world import IM, SERVICE, TEMPLATE, TENANT, WIDGET_KEY, WORKFLOW, World, form, json_of
from tests.security.web import OF_SESSIONS, VECTORS, call, cases, of_session, start, without_acs

RIVAL_ORIGIN, RIVAL_KEY = "https://www.rival.example", "widget-key-of-rival"
KEY = "carlas-key-of-22-letters"
VECTOR = json.loads((VECTORS / "foreign_access.json").read_text("utf-8"))


def with_rival(world: World) -> None:
    """A second tenant on the same deployment, whose service has the same id."""
    rival = replace(TENANT, id="rival", name="Rival", widget_key=RIVAL_KEY, acs_resource_id="/rival")
    template = replace(TEMPLATE, domains=(DomainRow("https://", "www.rival.example"),))
    for document in (rival, template, WORKFLOW, replace(SERVICE, name="Rival Sales", members=())):
        world.config.put(rival.id, document)


async def held(case: dict[str, Any]) -> Any:
    """The session that the stranger of a case has."""
    fields = {**case["start"], "widgetKey": RIVAL_KEY} if case.get("tenant") == "rival" else case["start"]
    started = await start(RIVAL_ORIGIN, **fields) if case.get("tenant") == "rival" else await start(**fields)
    if case.get("ended"):
        path = f"{BASE}/sessions/{{sessionId}}/end"
        assert (await of_session("POST", path, started["sessionId"], started["sessionToken"])).status_code == 200
    return started


@pytest.mark.parametrize("native", [False, True], ids=["acs", "native"])
@pytest.mark.parametrize("stranger", cases("foreign_access", "strangers"))
async def test_a_token_of_another_session_opens_no_route(
    world: World, stranger: dict[str, Any], *, native: bool
) -> None:
    if native:
        without_acs(world)
    with_rival(world)
    carla = await start(idempotencyKey=KEY)
    other = await held(stranger)
    assert other["sessionId"] != carla["sessionId"]
    before = world.sessions.rows[carla["sessionId"]]
    for origin in ({}, {"origin": RIVAL_ORIGIN}):
        for method, route in OF_SESSIONS:
            response = await of_session(method, route, carla["sessionId"], other["sessionToken"], headers=origin)
            assert response.status_code == 401, (method, route, origin)
            assert b"Lunifico" not in response.get_body()
    assert world.sessions.rows[carla["sessionId"]] == before


@pytest.mark.parametrize("native", [False, True], ids=["acs", "native"])
@pytest.mark.parametrize("page", cases("foreign_access", "pages"))
async def test_a_stolen_token_is_of_no_use_on_the_thief_s_own_page(
    world: World, page: dict[str, Any], *, native: bool
) -> None:
    if native:
        without_acs(world)
    with_rival(world)
    carla = await start(idempotencyKey=KEY)
    before = world.sessions.rows[carla["sessionId"]]
    headers = {"origin": page["origin"]}
    for method, route in OF_SESSIONS:
        response = await of_session(method, route, carla["sessionId"], carla["sessionToken"], headers=headers)
        assert response.status_code == 401, (method, route)
    assert world.sessions.rows[carla["sessionId"]] == before


async def test_without_a_token_no_route_tells_whether_there_is_such_a_session(world: World) -> None:
    carla = await start(idempotencyKey=KEY)
    answers = set()
    for session_id in (carla["sessionId"], *VECTOR["nobody's sessions"]):
        for method, route in OF_SESSIONS:
            problem = json_of(await of_session(method, route, session_id, "no.such.token"))
            answers.add((problem["status"], problem["code"], problem["detail"]))
    assert len(answers) == 1


async def test_a_sign_of_somebody_else_s_typing_needs_the_proof_each_time(world: World) -> None:
    carla = await start(idempotencyKey=KEY)
    path = f"{BASE}/sessions/{{sessionId}}/typing"
    assert (await of_session("POST", path, carla["sessionId"], carla["sessionToken"])).status_code == 200
    assert (await of_session("POST", path, carla["sessionId"], "no.such.token")).status_code == 401


@pytest.mark.parametrize("what", ["contact", "presence"])
async def test_a_widget_key_reads_contacts_of_its_own_tenant_only(world: World, what: str) -> None:
    with_rival(world)
    world.config.remove("rival", Kind.SERVICE, SERVICE.id)
    headers = {"origin": RIVAL_ORIGIN}
    own = await call("GET", f"{BASE}/{what}?widgetKey={WIDGET_KEY}&serviceId=sales")
    foreign = await call("GET", f"{BASE}/{what}?widgetKey={RIVAL_KEY}&serviceId=sales", headers=headers)
    assert (own.status_code, foreign.status_code) == (200, 403)


@pytest.mark.parametrize("path", ["sessions", "messages"])
async def test_a_page_of_another_tenant_begins_nothing_here(world: World, path: str) -> None:
    with_rival(world)
    for fields, origin in (({"widgetKey": WIDGET_KEY}, RIVAL_ORIGIN), ({"widgetKey": RIVAL_KEY}, "")):
        headers = {"origin": origin} if origin else {}
        response = await call("POST", f"{BASE}/{path}", form(modality=IM, **fields), headers=headers)
        assert (response.status_code, json_of(response)["code"]) == (403, "not_allowed")
    assert world.sessions.rows == {}


async def test_a_page_reads_the_thread_of_its_own_session_only(world: World) -> None:
    without_acs(world)
    carla = await start(idempotencyKey=KEY, message="The number of my card is 4711")
    other = await start(idempotencyKey="another-key-of-22-lettrs", message="Hello")
    path = f"{BASE}/sessions/{{sessionId}}/messages"
    body = {"text": "I am Carla", "clientMessageId": KEY}
    for session_id in (carla["sessionId"], other["sessionId"]):
        read = await of_session("GET", path, session_id, other["sessionToken"])
        assert b"4711" not in read.get_body()
        await of_session("POST", path, session_id, other["sessionToken"], body=body)
    read = json_of(await of_session("GET", path, carla["sessionId"], carla["sessionToken"]))
    assert [message["text"] for message in read["messages"]] == ["The number of my card is 4711"]
