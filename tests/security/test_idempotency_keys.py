"""The key of somebody else's request opens nothing: tests/vectors/idempotency_keys.json."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.widget import BASE
from shared.domain.domain_templates import DomainRow
from tests.functions.world import SERVICE, TEMPLATE, TENANT, World, form, json_of
from tests.security.web import call, cases, of_session, start, without_acs

STATUS = {"same": 201, "other": 201, "conflict": 409, "over": 410, "apart": 202}


@pytest.mark.parametrize("case", cases("idempotency_keys"))
async def test_a_key_opens_a_session_for_the_same_request_only(world: World, case: dict[str, Any]) -> None:
    rows = (*TEMPLATE.domains, DomainRow("https://", "shop.lunifico.example"))
    world.config.put(TENANT.id, replace(TEMPLATE, domains=rows))
    offering = replace(SERVICE.interact, widget=replace(SERVICE.interact.widget, offline_form=True))
    world.config.put(TENANT.id, replace(SERVICE, interact=offering))
    await world.application.conversations.register(world.activity())
    carla = await start()
    if case.get("ended"):
        await of_session("POST", f"{BASE}/sessions/{{sessionId}}/end", carla["sessionId"], carla["sessionToken"])
    world.clock.advance(case.get("after", 0))
    before = world.sessions.rows[carla["sessionId"]].session.customer

    headers = {"origin": case["origin"]} if "origin" in case else {}
    response = await call("POST", f"{BASE}/{case.get('path', 'sessions')}", form(**case["fields"]), headers=headers)

    assert response.status_code == STATUS[case["expect"]], response.get_body()
    answer = json_of(response)
    assert (answer.get("sessionId") == carla["sessionId"]) == (case["expect"] == "same")
    if case["expect"] in ("conflict", "over"):
        assert b"Carla" not in response.get_body()
        assert carla["sessionId"] not in response.get_body().decode()
    assert world.sessions.rows[carla["sessionId"]].session.customer == before


async def test_the_id_of_a_message_counts_within_its_thread_only(world: World) -> None:
    """Otto reuses the id of Carla's message: his own message is written, hers stays."""
    without_acs(world)
    path = f"{BASE}/sessions/{{sessionId}}/messages"
    carla, otto = await start(), await start(idempotencyKey="o" * 22, message="Hello")
    for started, text in ((carla, "One"), (otto, "Two"), (carla, "Three")):
        body = {"text": text, "clientMessageId": "m" * 22}
        await of_session("POST", path, started["sessionId"], started["sessionToken"], body=body)
    texts = []
    for started in (carla, otto):
        read = json_of(await of_session("GET", path, started["sessionId"], started["sessionToken"]))
        texts.append([message["text"] for message in read["messages"] if "clientMessageId" in message["metadata"]])
    assert texts == [["Do you deliver to Basel?", "One"], ["Hello", "Two"]]
