"""Device codes (RFC 8628)."""

from __future__ import annotations

import re

import pytest

from tests.local.issuer.client import ADMIN, BOSS, READER, Client, Time, error_of


async def approve(client: Client, user_code: str, **choice: str) -> str:
    """Type the code on the page and choose; the text of the last page."""
    page = await client.http.get("/device", params={"user_code": user_code})
    assert page.status_code == 200, page.text
    return (await client.submit(page, **(choice or {"person": BOSS.id}))).text


async def test_somebody_signs_in_elsewhere(client: Client, time: Time) -> None:
    begun = await client.begin_device()
    assert re.fullmatch(r"[B-Z]{4}-[B-Z]{4}", begun["user_code"])
    assert begun["verification_uri_complete"].endswith(f"?user_code={begun['user_code']}")
    assert begun["expires_in"] == 900
    assert error_of(await client.poll(begun["device_code"])) == "authorization_pending"
    assert "Signed in" in await approve(client, begun["user_code"], person=READER.id)
    time.now += begun["interval"]
    answer = (await client.poll(begun["device_code"])).json()
    assert (await client.claims(answer["access_token"]))["oid"] == READER.id
    assert {"refresh_token", "id_token"} <= answer.keys()


async def test_the_code_may_be_written_as_one_likes(client: Client) -> None:
    begun = await client.begin_device()
    assert "Signed in" in await approve(client, f" {begun['user_code'].replace('-', ' ').lower()} ")


async def test_whoever_asks_too_often_has_to_wait_longer(client: Client, time: Time) -> None:
    begun = await client.begin_device()
    assert error_of(await client.poll(begun["device_code"])) == "authorization_pending"
    assert error_of(await client.poll(begun["device_code"])) == "slow_down"
    time.now += begun["interval"]
    assert error_of(await client.poll(begun["device_code"])) == "slow_down"
    time.now += begun["interval"] + 10
    assert error_of(await client.poll(begun["device_code"])) == "authorization_pending"


async def test_whoever_declines_is_believed(client: Client) -> None:
    begun = await client.begin_device()
    await approve(client, begun["user_code"], deny="yes")
    assert error_of(await client.poll(begun["device_code"])) == "access_denied"


async def test_a_code_does_not_last(client: Client, time: Time) -> None:
    begun = await client.begin_device()
    time.now += begun["expires_in"]
    page = await client.http.get("/device", params={"user_code": begun["user_code"]})
    assert page.status_code == 400
    assert "Nothing waits for this code" in page.text
    assert error_of(await client.poll(begun["device_code"])) == "expired_token"


async def test_a_code_is_used_once(client: Client, time: Time) -> None:
    begun = await client.begin_device()
    await approve(client, begun["user_code"])
    assert (await client.poll(begun["device_code"])).status_code == 200
    time.now += 60
    assert error_of(await client.poll(begun["device_code"])) == "invalid_grant"


@pytest.mark.parametrize("code", ["XXXX-XXXX", "<b>", "0"])
async def test_a_code_that_nobody_gave_is_refused(client: Client, code: str) -> None:
    page = await client.http.get("/device", params={"user_code": code})
    assert page.status_code == 400
    assert "<b>" not in page.text


async def test_without_a_code_the_page_asks_for_it(client: Client) -> None:
    assert "Enter the code" in (await client.http.get("/device")).text


async def test_a_request_says_what_it_wants(client: Client) -> None:
    endpoint = (await client.discover())["device_authorization_endpoint"]
    for form, error in (
        ({"client_id": ADMIN.id}, "invalid_request"),
        ({"client_id": "made-up", "scope": "openid"}, "unauthorized_client"),
        ({"scope": "openid"}, "invalid_request"),
    ):
        assert error_of(await client.http.post(endpoint, data=form)) == error
