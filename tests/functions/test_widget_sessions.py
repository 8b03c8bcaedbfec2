"""The widget API from the form to the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import azure.functions as func

from functions.widget import widget_contact, widget_end, widget_heartbeat, widget_session, widget_start, widget_token
from shared.domain.sessions import Phase
from shared.domain.users import WidgetSettings
from tests.functions.world import LUISA, MARIO, ORIGIN, SERVICE, TENANT, WIDGET_KEY, World, form, json_of, request

BASE = "api/widget/v1"


async def start(**changes: object) -> Any:
    response = await widget_start(request("POST", f"{BASE}/sessions", form(**changes)))
    assert response.status_code == 201, response.get_body()
    return json_of(response)


def of_session(started: Any, method: str, what: str = "", body: object = None) -> func.HttpRequest:
    session_id = started["sessionId"]
    headers = {"authorization": f"Bearer {started['sessionToken']}"}
    path = f"{BASE}/sessions/{session_id}{what}"
    return request(method, path, body, headers=headers, route={"sessionId": session_id})


async def test_a_notice_comes_with_its_digest_which_comes_back_with_the_form(world: World) -> None:
    offered = replace(SERVICE.interact, widget=WidgetSettings(consent={"en": "We keep this."}))
    world.config.put(TENANT.id, replace(SERVICE, interact=offered))
    asked = await widget_contact(request("GET", f"{BASE}/contact?widgetKey={WIDGET_KEY}&serviceId=sales"))
    told = json_of(asked)["widget"]
    assert told["consent"] == "We keep this."

    refused = await widget_start(request("POST", f"{BASE}/sessions", form()))
    problem = json_of(refused)
    assert (refused.status_code, problem["code"], problem["field"]) == (400, "invalid", "consent")
    agreed = await widget_start(request("POST", f"{BASE}/sessions", form(consent=told["consentDigest"])))
    assert agreed.status_code == 201


async def test_a_contact_answers_what_the_widget_shows(world: World) -> None:
    response = await widget_contact(request("GET", f"{BASE}/contact?widgetKey={WIDGET_KEY}&serviceId=sales"))
    assert response.status_code == 200
    assert json_of(response) == {
        "kind": "service",
        "id": "sales",
        "displayName": "Lunifico Sales",
        "modalities": ["instantMessaging"],
        "language": "en",
        "widget": {"transcript": True, "sound": True, "offlineForm": False, "accessTokenRequired": False},
    }
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["cache-control"] == "no-store"


async def test_a_user_is_a_contact_too(world: World) -> None:
    response = await widget_contact(request("GET", f"{BASE}/contact?widgetKey={WIDGET_KEY}&contactId=luisa"))
    assert json_of(response)["kind"] == "user"
    assert json_of(response)["displayName"] == LUISA.display_name


async def test_a_started_session_can_be_used_at_once(world: World) -> None:
    started = await start()
    assert started["state"] == "waiting"
    assert started["recoverUntil"] == "2030-01-01T09:05:00.000Z"
    assert started["messaging"] == {
        "kind": "acs",
        "endpoint": "memory://lunifico",
        "userId": "visitor-1",
        "token": "token-1",
        "tokenExpiresOn": "2030-01-01T10:00:00.000Z",
        "threadId": "thread-1",
    }
    assert started["realtime"] == {"url": "memory://realtime", "accessToken": f"realtime-{started['sessionId']}"}
    assert [message.text for message in world.messaging.threads["thread-1"]] == ["Do you deliver to Basel?"]


async def test_without_push_the_answer_has_no_realtime(world: World) -> None:
    world.realtime.url = None
    assert "realtime" not in await start()


async def test_the_same_request_again_gets_the_same_session_with_a_fresh_token(world: World) -> None:
    first, second = await start(), await start()
    assert second["sessionId"] == first["sessionId"]
    assert second["messaging"]["token"] != first["messaging"]["token"]
    assert len(world.messaging.threads["thread-1"]) == 1


async def test_another_request_with_the_same_key_is_a_conflict(world: World) -> None:
    await start()
    response = await widget_start(request("POST", f"{BASE}/sessions", form(message="Something else")))
    assert response.status_code == 409
    assert json_of(response)["code"] == "invalid"


async def test_the_language_is_taken_by_its_first_part(world: World) -> None:
    started = await start(language="de-CH")
    assert world.sessions.rows[started["sessionId"]].definition.language == "de"


async def test_a_session_tells_how_it_stands(world: World) -> None:
    started = await start()
    response = await widget_session(of_session(started, "GET"))
    assert json_of(response) == {
        "sessionId": started["sessionId"],
        "state": "waiting",
        "displayName": "Lunifico Sales",
        "startedAt": "2030-01-01T09:00:00.000Z",
        "recoverUntil": "2030-01-01T09:05:00.000Z",
    }


async def test_a_connected_session_names_the_agent(world: World) -> None:
    started = await start()
    await world.connect(started["sessionId"])
    answer = json_of(await widget_session(of_session(started, "GET")))
    assert answer["state"] == "connected"
    assert answer["agentDisplayName"] == MARIO.display_name


async def test_fresh_access_names_the_thread_again(world: World) -> None:
    started = await start()
    answer = json_of(await widget_token(of_session(started, "POST", "/token", {})))
    assert answer["messaging"]["threadId"] == started["messaging"]["threadId"]
    assert answer["messaging"]["token"] == "token-2"
    assert answer["realtime"] == started["realtime"]


async def test_an_ended_session_gets_no_fresh_access(world: World) -> None:
    started = await start()
    await widget_end(of_session(started, "POST", "/end"))
    response = await widget_token(of_session(started, "POST", "/token"))
    assert response.status_code == 410
    assert json_of(response)["code"] == "ended"


async def test_a_heartbeat_prolongs_the_time_for_recovery(world: World) -> None:
    started = await start()
    world.clock.advance(60)
    response = await widget_heartbeat(of_session(started, "POST", "/heartbeat", {"leaving": False}))
    assert json_of(response) == {"recoverUntil": "2030-01-01T09:06:00.000Z"}


async def test_a_heartbeat_may_name_the_newest_message(world: World) -> None:
    started = await start()
    body = {"leaving": False, "lastMessage": "1795404578618"}
    assert (await widget_heartbeat(of_session(started, "POST", "/heartbeat", body))).status_code == 200


async def test_a_goodbye_is_remembered(world: World) -> None:
    started = await start()
    await widget_heartbeat(of_session(started, "POST", "/heartbeat", {"leaving": True}))
    presence = world.sessions.rows[started["sessionId"]].presence
    assert presence is not None
    assert presence.leaving


async def test_the_visitor_ends_the_session_and_may_say_so_twice(world: World) -> None:
    started = await start()
    for _ in range(2):
        response = await widget_end(of_session(started, "POST", "/end", {}))
        assert response.status_code == 200
        assert json_of(response) == {"state": "ended"}
    assert world.sessions.rows[started["sessionId"]].session.phase is Phase.ENDED


async def test_a_body_that_is_not_needed_may_be_left_out(world: World) -> None:
    started = await start()
    assert (await widget_heartbeat(of_session(started, "POST", "/heartbeat"))).status_code == 200
