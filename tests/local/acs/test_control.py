"""The stand-in's own paths: counts, threads from the inside, loopback only."""

from __future__ import annotations

import httpx

from tests.local.acs.harness import Acs


async def test_requests_are_counted_by_operation_status_and_user(acs: Acs) -> None:
    relay, visitor = await acs.user("chat"), await acs.user("chat.join.limited")
    thread = await acs.thread(relay, visitor)
    await acs.send(visitor, thread, "Hello")
    await acs.chat(visitor, "DELETE", thread)

    log = (await acs.http.get("/_standin/log")).json()

    assert log["operations"] == {"createIdentity": 2, "createThread": 1, "sendMessage": 1, "deleteThread": 1}
    assert log["total"] == 5
    assert log["statuses"] == {"201": 4, "403": 1}
    assert log["users"] == {relay.id: {"createThread": 1}, visitor.id: {"sendMessage": 1, "deleteThread": 1}}


async def test_counts_start_anew_after_a_reset(acs: Acs) -> None:
    await acs.user("chat")

    reset = await acs.http.post("/_standin/reset-counts")

    assert reset.status_code == 204
    log = (await acs.http.get("/_standin/log")).json()
    assert log == {"total": 0, "operations": {}, "statuses": {}, "users": {}}


async def test_preflights_are_not_counted(acs: Acs) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    await acs.http.options("/chat/threads", headers=asked)

    assert (await acs.http.get("/_standin/log")).json()["total"] == 0


async def test_a_thread_can_be_seen_from_the_inside(acs: Acs) -> None:
    relay = await acs.user("chat")
    thread = await acs.thread(relay)
    await acs.send(relay, thread, "Hello", metadata={"effectId": "e-1"})

    inside = (await acs.http.get(f"/_standin/threads{thread}")).json()

    assert inside["created_by"] == relay.id
    assert inside["messages"][-1]["content"] == {"message": "Hello"}
    assert inside["messages"][-1]["metadata"] == {"effectId": "e-1"}


async def test_a_thread_that_is_not_there_is_not_found(acs: Acs) -> None:
    assert (await acs.http.get("/_standin/threads/19:none@thread.v2")).status_code == 404


async def test_other_machines_see_nothing_of_this(acs: Acs) -> None:
    transport = httpx.ASGITransport(app=acs.app, client=("192.0.2.7", 40000))
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as stranger:
        answer = await stranger.get("/_standin/log")

    assert answer.status_code == 403
