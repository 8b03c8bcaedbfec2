"""The widget's question whether a contact can be reached, and the timer that keeps the answer fresh."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import azure.functions as func
import pytest

from functions.timers import on_presence_timer
from functions.widget_presence import widget_presence
from shared.domain.availability import ContactState, TeamsPresence
from shared.domain.errors import OutcomeUnknown, Unreadable
from shared.ports import Watching
from tests.functions.world import LUISA, MARIO, SERVICE, TENANT, WIDGET_KEY, World, json_of, request

OF_SERVICE = f"widgetKey={WIDGET_KEY}&serviceId={SERVICE.id}"
OF_LUISA = f"widgetKey={WIDGET_KEY}&contactId={LUISA.id}"


async def ask(query: str, **headers: str) -> func.HttpResponse:
    response: func.HttpResponse = await widget_presence(
        request("GET", f"api/widget/v1/presence?{query}", headers=headers)
    )
    return response


def without_time(response: func.HttpResponse) -> dict[str, Any]:
    """The answer but for the time as of which it is so."""
    told: dict[str, Any] = json_of(response)
    assert datetime.fromisoformat(told.pop("at")).tzinfo is not None
    return told


async def test_a_contact_that_can_be_reached(world: World) -> None:
    await world.application.conversations.register(world.activity(user_id=MARIO.id))
    response = await ask(OF_SERVICE)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    answer = json_of(response)
    assert set(answer) == {"state", "at", "checkAfter", "realtime"}
    assert (answer["state"], answer["checkAfter"]) == ("available", 60)
    assert set(answer["realtime"]) == {"url", "accessToken"}


async def test_who_polls_gets_no_access_and_is_to_come_back_sooner(world: World) -> None:
    assert without_time(await ask(f"{OF_LUISA}&subscription=poll")) == {"state": "offline", "checkAfter": 10}


async def test_without_push_everybody_polls(world: World) -> None:
    world.realtime.url = None
    assert without_time(await ask(f"{OF_LUISA}&subscription=signalR")) == {"state": "offline", "checkAfter": 10}


@pytest.mark.parametrize(
    "missed", [{}, {"registered": True, "on_duty": False}, {"registered": False, "missed": "offer"}], ids=str
)
async def test_why_nobody_can_be_reached_is_not_to_be_seen(world: World, missed: dict[str, Any]) -> None:
    await world.application.conversations.register(world.activity(user_id=MARIO.id))
    world.agent_store.change(TENANT.id, MARIO.id, registered=False)
    world.agent_store.change(TENANT.id, MARIO.id, **missed)
    assert without_time(await ask(f"{OF_SERVICE}&subscription=poll")) == {"state": "offline", "checkAfter": 10}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        (f"widgetKey={WIDGET_KEY}", 400, "invalid"),
        (f"{OF_SERVICE}&contactId={LUISA.id}", 400, "invalid"),
        (f"{OF_SERVICE}&subscription=pigeon", 400, "invalid"),
        (f"{OF_SERVICE}&modality=pigeon", 400, "invalid"),
        (f"widgetKey={'k' * 200}&serviceId={SERVICE.id}", 400, "invalid"),
        (f"widgetKey=another-widget-key&serviceId={SERVICE.id}", 403, "not_allowed"),
        (f"widgetKey={WIDGET_KEY}&serviceId=nobody", 403, "not_allowed"),
        (f"{OF_SERVICE}&modality=audioVideo", 403, "not_allowed"),
    ],
)
async def test_what_cannot_be_answered(world: World, query: str, status: int, code: str) -> None:
    response = await ask(query)
    assert (response.status_code, json_of(response)["code"]) == (status, code)


async def test_a_page_that_may_not_talk_to_the_contact_sees_nothing_of_it(world: World) -> None:
    response = await ask(OF_SERVICE, origin="https://elsewhere.example")
    assert (response.status_code, json_of(response)["code"]) == (403, "not_allowed")


async def test_a_store_that_is_away_is_no_state(world: World) -> None:
    class Away:
        async def read(self, tenant_id: str) -> Watching:
            raise OutcomeUnknown("away")

        async def watch(self, *_: object) -> None: ...

    world.replace(watches=Away())
    from shared import bootstrap

    bootstrap.use(world.application, world.surroundings)
    response = await ask(OF_SERVICE)
    assert (response.status_code, json_of(response)["code"]) == (503, "try_again")


# --- the timer --------------------------------------------------------------------------------------------------------


def message(body: object) -> func.QueueMessage:
    return func.QueueMessage(id="message", body=body if isinstance(body, bytes) else json.dumps(body).encode())


async def test_a_turn_looks_at_what_is_watched(world: World) -> None:
    await world.application.conversations.register(world.activity(user_id=LUISA.id))
    await ask(OF_LUISA)
    await world.application.watch.settled()
    world.realtime.presences.clear()
    world.presence.states[LUISA.id] = TeamsPresence.BUSY
    (turn,) = world.timers.turns
    world.clock.time = turn[0]
    await on_presence_timer(message({"tenant": turn[1], "turn": turn[2]}))
    assert [state for _, state in world.realtime.presences] == [ContactState.BUSY]
    assert len(world.timers.turns) == 2, "and the next one is on its way"


async def test_a_turn_of_a_tenant_that_nobody_watches_is_nothing_to_do(world: World) -> None:
    await on_presence_timer(message({"tenant": TENANT.id, "turn": 1}))
    assert world.timers.turns == []


@pytest.mark.parametrize(
    "body", [b"no JSON", {}, {"tenant": "", "turn": 1}, {"tenant": "lunifico", "turn": 0}], ids=str
)
async def test_what_is_no_turn_goes_to_the_poison_queue(world: World, body: object) -> None:
    with pytest.raises(Unreadable):
        await on_presence_timer(message(body))


async def test_a_service_without_a_licence_is_refused(world: World) -> None:
    world.config.put(TENANT.id, replace(SERVICE, licences=frozenset()))
    assert (await ask(OF_SERVICE)).status_code == 403
