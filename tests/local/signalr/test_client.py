"""The real SignalR client against the stand-in."""

from __future__ import annotations

import json

import aiohttp

from tests.local.signalr.conftest import HUB, Client, Service, StartClient, sign


async def connected(service: Service, new_client: StartClient, user: str) -> Client:
    client: Client = await new_client(service.client_url(), service.client_token(user))
    await client.start()
    return client


async def test_a_client_hears_what_is_sent_to_its_user_in_order(service: Service, new_client: StartClient) -> None:
    client = await connected(service, new_client, "session-1")

    for number in range(5):
        assert await service.nudge("/users/session-1", {"sessionId": "session-1", "n": number}) == 202

    heard = [await client.hear("nudge") for _ in range(5)]
    assert [each["values"][0]["n"] for each in heard] == [0, 1, 2, 3, 4]


async def test_a_client_does_not_hear_what_is_sent_to_others(service: Service, new_client: StartClient) -> None:
    mine = await connected(service, new_client, "session-1")
    other = await connected(service, new_client, "session-2")

    await service.nudge("/users/session-2", "for the other")
    await service.nudge("", "for all")

    assert (await mine.hear("nudge"))["values"] == ["for all"]
    assert [(await other.hear("nudge"))["values"] for _ in range(2)] == [["for the other"], ["for all"]]


async def test_groups_reach_their_users_and_connections(service: Service, new_client: StartClient) -> None:
    by_user = await connected(service, new_client, "session-1")
    by_connection: Client = await new_client(service.client_url(), service.client_token("session-2"))
    connection_id = await by_connection.start()

    assert await service.call("PUT", "/groups/watchers/users/session-1") == 202
    assert await service.call("PUT", f"/groups/watchers/connections/{connection_id}") == 200
    await service.nudge("/groups/watchers", "both")
    assert (await by_user.hear("nudge"))["values"] == ["both"]
    assert (await by_connection.hear("nudge"))["values"] == ["both"]

    await service.nudge("/groups/watchers", "one", query=f"?excluded={connection_id}")
    await service.nudge(f"/connections/{connection_id}", "direct")
    assert (await by_user.hear("nudge"))["values"] == ["one"]
    assert (await by_connection.hear("nudge"))["values"] == ["direct"]


async def test_a_client_that_invokes_is_closed_with_the_reason(service: Service, new_client: StartClient) -> None:
    client = await connected(service, new_client, "session-1")

    client.tell("invoke")

    assert "serverless" in (await client.hear("closed"))["error"]


async def test_a_client_reconnects_after_all_connections_were_dropped(
    service: Service, new_client: StartClient
) -> None:
    client = await connected(service, new_client, "session-1")

    assert await service.standin("POST", "drop", {"refuseSeconds": 0.3}) == {"dropped": 1}

    await client.hear("reconnecting")
    await client.hear("reconnected")
    await service.nudge("/users/session-1", "again")
    assert (await client.hear("nudge"))["values"] == ["again"]


async def test_a_connection_ends_when_its_token_expires_and_may_come_back(service: Service) -> None:
    url = f"{service.client_url()}&access_token={service.client_token('session-1', lifetime=2)}"
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as socket:
        await socket.send_str('{"protocol":"json","version":1}\x1e')
        said = [json.loads(frame.data.rstrip("\x1e")) async for frame in socket]

    assert said[-1] == {"type": 7, "error": "The access token has expired.", "allowReconnect": True}
    assert await service.call("GET", "/users/session-1") == 404


async def test_a_publisher_closes_a_connection_and_the_client_hears_why(
    service: Service, new_client: StartClient
) -> None:
    client: Client = await new_client(service.client_url(), service.client_token("session-1"))
    connection_id = await client.start()

    assert await service.call("DELETE", f"/connections/{connection_id}", query="?reason=ended") == 202

    assert "ended" in (await client.hear("closed"))["error"]


async def test_a_client_with_a_token_for_another_hub_is_refused(service: Service, new_client: StartClient) -> None:
    client: Client = await new_client(service.client_url(), sign(service.client_url("other")))

    client.tell("start")

    assert "401" in (await client.hear("refused"))["error"]


async def test_a_client_is_pinged_and_other_protocols_are_refused(service: Service) -> None:
    url = f"{service.client_url()}&access_token={service.client_token('session-1')}"
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(url) as socket:
            await socket.send_str('{"protocol":"json","version":1}\x1e')
            assert await socket.receive_str() == "{}\x1e"
            assert await socket.receive_json(loads=lambda text: text.rstrip("\x1e")) == '{"type": 6}'
        async with http.ws_connect(url) as socket:
            await socket.send_str('{"protocol":"messagepack","version":1}\x1e')
            assert "not supported" in await socket.receive_str()


async def test_any_page_may_negotiate(service: Service) -> None:
    headers = {
        "Origin": "https://www.lunifico.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-requested-with,x-signalr-user-agent",
    }
    url = f"{service.url}/client/negotiate?hub={HUB}&negotiateVersion=1"
    async with aiohttp.ClientSession() as http, http.options(url, headers=headers) as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == "https://www.lunifico.example"
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
