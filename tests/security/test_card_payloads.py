"""What a card carries comes from outside: tests/vectors/card_payloads.json, through the bot's endpoint."""

from __future__ import annotations

import copy
import re
import time
from dataclasses import replace
from typing import Any

import azure.functions as func
import pytest

from shared.ports import BotConversation
from tests.functions.world import LUISA, MARIO, TENANT, World, form, json_of
from tests.security.web import call, cases, start

CARLA = "Carla Customer"
TENANTS = {"rival": "rival", "stranger": "of-nobody"}


def filled(value: Any, known: dict[str, str]) -> Any:
    """A case's value with what it stands for."""
    if isinstance(value, dict):
        return {filled(name, known): filled(one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, known) for one in value]
    if not isinstance(value, str):
        return value
    deep = re.fullmatch(r"\{nested\*(\d+)\}", value)
    if deep:
        nested: Any = "end"
        for _ in range(int(deep[1])):
            nested = [nested]
        return nested
    text = re.sub(r"\{(session|offer)\}", lambda match: known[match[1]], value)
    return re.sub(r"\{(.)\*(\d+)\}", lambda match: match[1] * int(match[2]), text)


def activity_of(case: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    user = case.get("by", LUISA.id)
    tenant = TENANTS.get(user, TENANT.id)
    data, verb = case.get("data", {}), case.get("verb")
    value = case.get("value", {"action": {"type": "Action.Execute", "verb": verb, "data": data}})
    if case.get("as") == "submit":
        value = {**data, "verb": verb}
    activity = {
        "type": "message" if case.get("as") == "submit" else "invoke",
        "name": "adaptiveCard/action",
        "id": "activity-9",
        "channelId": "msteams",
        "serviceUrl": "https://smba.example/emea/",
        "from": {"id": f"29:{user}", "name": user, "aadObjectId": user},
        "recipient": {"id": "28:bot"},
        "conversation": {"id": f"chat-{user}", "conversationType": "personal", "tenantId": tenant},
        "channelData": {"tenant": {"id": tenant}},
        "value": value,
    }
    result: dict[str, Any] = filled({**activity, **case.get("activity", {})}, known)
    return result


async def post(activity: dict[str, Any]) -> func.HttpResponse:
    import json

    raw = json.dumps(activity).encode()
    headers = {"authorization": "Bearer connector", "origin": "", "content-type": "application/json"}
    return await call("POST", "api/messages", raw, headers=headers)


async def prepared(world: World, state: str) -> dict[str, str]:
    """Carla's session; Luisa and a user of the rival are registered with the bot as well."""
    rival = replace(TENANT, id="rival", widget_key="widget-key-of-rival", acs_resource_id="/rival")
    world.config.put(rival.id, rival)
    for agent in (MARIO, LUISA):
        world.config.put(rival.id, agent)
    session_id = str((await start(**form()))["sessionId"])
    for tenant, user in ((TENANT.id, LUISA.id), ("rival", "rival"), ("rival", MARIO.id)):
        chat = BotConversation("https://smba.example", f"chat-{user}-of-{tenant}")
        await world.application.conversations.register(
            replace(world.activity(user_id=user), tenant_id=tenant, conversation=chat)
        )
    offer = await world.ring(session_id)
    if state == "connected":
        await world.application.conversations.accept(world.activity("accept-1"), session_id, offer)
        await world.application.conversations.say(world.activity("say-1"), "Good morning")
    return {"session": session_id, "offer": offer}


def seen(world: World, session_id: str) -> dict[str, Any]:
    """What must not change by somebody else's doing."""
    record = world.sessions.rows[session_id]
    mario = world.agent_store.records[TENANT.id, MARIO.id].state
    return copy.deepcopy(
        {
            "session": record.session,
            "read": record.read_until,
            "mario": (mario.conversations, mario.registered),
            "thread": [message.text for message in world.messaging.threads["thread-1"]],
            "told": len(world.agents.of("chat-mario")),
        }
    )


@pytest.mark.parametrize("case", cases("card_payloads"))
async def test_a_card_does_what_its_reader_may_do(world: World, case: dict[str, Any]) -> None:
    known = await prepared(world, case["state"])
    before, began = seen(world, known["session"]), time.monotonic()

    response = await post(activity_of(case, known))

    after = seen(world, known["session"])
    assert response.status_code == case.get("status", 200), response.get_body()
    assert time.monotonic() - began < 5
    if not case.get("knows"):
        assert CARLA.encode() not in response.get_body()
    if "does" in case:
        assert after != before
        return
    if case.get("by") == MARIO.id:
        # Mario himself may be told what was wrong with it.
        after["told"] = before["told"]
    assert {name: after[name] for name in before if after[name] != before[name]} == {}
    others = [sent for sent in world.agents.sent if sent.conversation.conversation_id != "chat-mario"]
    assert case.get("knows") or CARLA not in repr(others)


async def test_a_closed_invitation_names_nobody_to_strangers(world: World) -> None:
    known = await prepared(world, "connected")
    for user in ("rival", "stranger"):
        card = {"verb": "accept", "data": known, "by": user, "state": "connected", "why": ""}
        response = await post(activity_of(card, known))
        body = response.get_body().decode()
        assert CARLA not in body
        assert "Mario" not in body
        assert body == "" or json_of(response)["statusCode"] == 200
