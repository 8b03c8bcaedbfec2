"""The REST API of the stand-in, as a publisher uses it."""

from __future__ import annotations

import aiohttp
import pytest

from tests.local.signalr.conftest import HUB, Service, sign


async def test_a_message_to_nobody_is_accepted(service: Service) -> None:
    assert await service.nudge("/users/nobody", 1) == 202
    assert await service.nudge("/groups/nothing", 1) == 202
    assert await service.nudge("/connections/none", 1) == 202
    assert await service.nudge("", 1) == 202


@pytest.mark.parametrize("flaw", ["another path", "another key", "expired", "no expiry", "with the query"])
async def test_a_token_counts_only_for_its_own_url_and_time(service: Service, flaw: str) -> None:
    url = f"{service.url}/api/v1/hubs/{HUB}/users/session-1"
    token = {
        "another path": sign(f"{url}x"),
        "another key": sign(url, key="k" * 40),
        "expired": sign(url, lifetime=-10),
        "no expiry": sign(url, exp=None),
        "with the query": sign(f"{url}?excluded=c"),
    }[flaw]

    assert await service.call("GET", "/users/session-1", token=token) == 401


async def test_a_path_is_signed_as_it_is_written(service: Service) -> None:
    """A user id that must be escaped is signed escaped."""
    assert await service.nudge("/users/Carla%20Customer", 1) == 202


async def test_groups_know_their_users_until_they_are_removed(service: Service) -> None:
    assert await service.call("GET", "/groups/watchers/users/session-1") == 404
    await service.call("PUT", "/groups/watchers/users/session-1")
    await service.call("PUT", "/groups/others/users/session-1")
    assert await service.call("GET", "/groups/watchers/users/session-1") == 200

    assert await service.call("DELETE", "/groups/watchers/users/session-1") == 202
    assert await service.call("GET", "/groups/watchers/users/session-1") == 404
    assert await service.call("GET", "/groups/others/users/session-1") == 200

    assert await service.call("DELETE", "/users/session-1/groups") == 200
    assert await service.call("GET", "/groups/others/users/session-1") == 404


async def test_a_group_of_an_unknown_connection_is_not_found(service: Service) -> None:
    assert await service.call("PUT", "/groups/watchers/connections/none") == 404
    assert await service.call("GET", "/connections/none") == 404
    assert await service.call("GET", "/groups/watchers") == 404


async def test_bodies_and_names_are_checked(service: Service) -> None:
    assert await service.call("POST", "", {"target": "nudge"}) == 400
    assert await service.call("POST", "", ["nudge"]) == 400
    url = f"{service.url}/api/v1/hubs/2hub"
    body = {"target": "nudge", "arguments": []}
    headers = {"Authorization": f"Bearer {sign(url)}"}
    async with aiohttp.ClientSession() as http, http.post(url, json=body, headers=headers) as response:
        assert response.status == 400


async def test_calls_are_counted_until_the_counts_are_reset(service: Service) -> None:
    await service.nudge("/users/session-1", 1)
    await service.nudge("/users/session-2", 1)
    await service.call("GET", "/users/session-1", token="none")

    log = await service.standin("GET", "log")
    assert log["counts"] == {"sendToUser": 2, "userExists": 1}
    assert log["statuses"] == {"sendToUser": {"202": 2}, "userExists": {"401": 1}}
    assert log["connections"] == 0

    await service.standin("POST", "reset-counts")
    assert (await service.standin("GET", "log"))["counts"] == {}
