"""What a page of another origin may do with the visitor's token."""

from __future__ import annotations

import httpx
import pytest

from tests.local.acs.harness import CHAT, Acs

ORIGIN = "https://shop.example"


async def _preflight(acs: Acs, path: str, method: str, headers: str) -> httpx.Response:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return await acs.http.options(path, headers=asked)


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
async def test_a_preflight_allows_what_the_widget_sends(acs: Acs, method: str) -> None:
    headers = "authorization,content-type,x-ms-client-request-id,x-ms-useragent"

    answer = await _preflight(acs, f"/chat/threads/19%3Aa%40thread.v2/messages?{CHAT}", method, headers)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method in answer.headers["access-control-allow-methods"]
    allowed = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert allowed.issuperset(headers.split(","))


async def test_a_preflight_refuses_other_headers(acs: Acs) -> None:
    assert (await _preflight(acs, f"/chat/threads?{CHAT}", "GET", "x-something-else")).status_code == 400


async def test_a_page_can_send_and_read(acs: Acs) -> None:
    visitor = await acs.user("chat.join.limited")
    thread = await acs.thread(await acs.user("chat"), visitor)

    sent = await acs.chat(visitor, "POST", f"{thread}/messages", {"content": "Hello"}, Origin=ORIGIN)

    assert sent.status_code == 201
    assert sent.headers["access-control-allow-origin"] == "*"


async def test_a_page_can_read_refusals_and_when_to_try_again(acs: Acs) -> None:
    visitor = await acs.user("chat.join.limited")
    thread = await acs.thread(await acs.user("chat"), visitor)

    answers = [await acs.chat(visitor, "POST", f"{thread}/typing", {}, Origin=ORIGIN) for _ in range(6)]

    assert answers[-1].status_code == 429
    assert answers[-1].headers["access-control-allow-origin"] == "*"
    assert "retry-after" in answers[-1].headers["access-control-expose-headers"]


async def test_a_page_finds_its_request_id_again(acs: Acs) -> None:
    answer = await acs.http.get(f"/chat/threads?{CHAT}", headers={"x-ms-client-request-id": "r-1", "Origin": ORIGIN})

    assert answer.headers["x-ms-client-request-id"] == "r-1"
    assert "ms-cv" in answer.headers


async def test_a_page_may_not_switch_faults_on(acs: Acs) -> None:
    answer = await _preflight(acs, "/_standin/faults", "PUT", "content-type")

    assert answer.status_code != 200
    assert "access-control-allow-origin" not in answer.headers


async def test_an_unknown_path_is_answered_like_azure_does(acs: Acs) -> None:
    answer = await acs.http.get("/rooms")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "NotFound"
