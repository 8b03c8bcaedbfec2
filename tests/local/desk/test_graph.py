"""The slice of Microsoft Graph."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.desk.conftest import GUEST, LUISA, MARIO, RunningDesk
from tests.local.desk.fake_bot import message

RSC = {
    "consentedPermissionSet": {
        "resourceSpecificPermissions": [{"permissionValue": "ChatMessage.Read.Chat", "permissionType": "Application"}]
    }
}


@pytest.fixture
async def graph(desk: RunningDesk) -> RunningDesk:
    """The desk, with its client signed in to Graph."""
    await desk.connector.sign_in(scope="https://graph.microsoft.com/.default")
    return desk


async def call(desk: RunningDesk, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    return await desk.connector.call(method, f"{desk.url}/graph/v1.0{path}", body)


async def new_chat(desk: RunningDesk, *user_ids: str) -> str:
    members = [
        {
            "@odata.type": "#microsoft.graph.aadUserConversationMember",
            "roles": ["owner"],
            "user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{user_id}')",
        }
        for user_id in user_ids
    ]
    body = {"chatType": "group", "topic": "Carla – web chat", "members": members}
    status, chat = await call(desk, "POST", "/chats", body)
    assert status == 201
    return str(chat["id"])


async def test_without_a_token_for_graph_everything_is_refused(desk: RunningDesk) -> None:
    assert (await call(desk, "GET", f"/users/{MARIO.id}"))[0] == 401


async def test_presences_follow_what_people_set(graph: RunningDesk) -> None:
    await graph.standin("POST", "presence", {"user": LUISA.id, "availability": "DoNotDisturb"})

    path, body = "/communications/getPresencesByUserId", {"ids": [MARIO.id, LUISA.id, "unknown"]}
    _, answer = await call(graph, "POST", path, body)

    assert [(each["id"], each["availability"]) for each in answer["value"]] == [
        (MARIO.id, "Available"),
        (LUISA.id, "DoNotDisturb"),
    ]


async def test_at_most_650_presences_are_asked_at_once(graph: RunningDesk) -> None:
    body = {"ids": [MARIO.id] * 651}

    assert (await call(graph, "POST", "/communications/getPresencesByUserId", body))[0] == 400


async def test_a_user_is_found_by_id_and_by_name(graph: RunningDesk) -> None:
    assert (await call(graph, "GET", f"/users/{MARIO.id}"))[1]["displayName"] == "Mario"
    assert (await call(graph, "GET", f"/users/{MARIO.user_principal_name}"))[1]["id"] == MARIO.id
    assert (await call(graph, "GET", f"/users/{GUEST.id}"))[1]["userType"] == "Guest"
    status, body = await call(graph, "GET", "/users/nobody")
    assert (status, body["error"]["code"]) == (404, "Request_ResourceNotFound")


async def test_a_proactive_installation_tells_the_bot(graph: RunningDesk) -> None:
    path = f"/users/{MARIO.id}/teamwork/installedApps"

    assert (await call(graph, "POST", path, {}))[0] == 201
    assert (await call(graph, "POST", path, {}))[0] == 409
    assert (await graph.standin("GET", f"conversations/{MARIO.id}"))["installed"] is True


async def test_in_a_group_chat_of_three_the_bot_writes_and_hears_everything(graph: RunningDesk) -> None:
    chat = await new_chat(graph, MARIO.id, LUISA.id, GUEST.id)
    assert (await call(graph, "POST", f"/chats/{chat}/installedApps", RSC))[0] == 201
    await graph.connector.sign_in()

    assert (await graph.connector.send(chat, message("Carla: Hello")))[0] == 201
    assert len((await graph.connector.members(chat))[1]) == 3
    await graph.standin("POST", "say", {"user": MARIO.id, "text": "Hi Carla", "chat": chat})
    [heard] = graph.bot.of_type("message")
    assert heard["text"] == "Hi Carla"
    assert heard["conversation"]["conversationType"] == "groupChat"
    assert heard["conversation"]["isGroup"] is True


async def test_without_the_permission_the_bot_hears_nothing_in_a_group_chat(graph: RunningDesk) -> None:
    chat = await new_chat(graph, MARIO.id, LUISA.id, GUEST.id)
    await call(graph, "POST", f"/chats/{chat}/installedApps", {})

    await graph.standin("POST", "say", {"user": MARIO.id, "text": "Hi Luisa", "chat": chat})

    assert graph.bot.activities == []


async def test_a_bot_cannot_join_a_group_chat_of_two(graph: RunningDesk) -> None:
    chat = await new_chat(graph, MARIO.id, GUEST.id)

    status, body = await call(graph, "POST", f"/chats/{chat}/installedApps", RSC)

    assert (status, body["error"]["code"]) == (403, "RosterAddMemberBlocked")


async def test_a_meeting_is_created_for_an_object_id_only(graph: RunningDesk) -> None:
    body = {"subject": "Carla", "lobbyBypassSettings": {"scope": "everyone"}}

    status, meeting = await call(graph, "POST", f"/users/{MARIO.id}/onlineMeetings", body)

    assert status == 201
    assert meeting["joinWebUrl"].startswith("https://teams.microsoft.com/l/meetup-join/19%3Ameeting_")
    assert meeting["lobbyBypassSettings"] == {"scope": "everyone"}
    assert (await call(graph, "POST", f"/users/{MARIO.user_principal_name}/onlineMeetings", body))[0] == 404


async def test_calls_are_counted_by_operation(graph: RunningDesk) -> None:
    await graph.standin("POST", "reset-counts")

    await call(graph, "GET", f"/users/{MARIO.id}")

    assert await graph.counts() == {"graph.user": 1}
