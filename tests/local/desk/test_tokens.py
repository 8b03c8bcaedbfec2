"""The token endpoint, and the keys that sign activities."""

from __future__ import annotations

from typing import Any

import aiohttp
import jwt
import pytest

from tests.local.desk.conftest import BOT_ID, TENANT_ID, RunningDesk


async def test_the_bot_gets_a_token_for_an_hour(desk: RunningDesk) -> None:
    status, body = await desk.connector.sign_in()

    claims: dict[str, Any] = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert status == 200
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert claims["exp"] - claims["iat"] == 3600
    assert (claims["aud"], claims["appid"], claims["tid"]) == ("https://api.botframework.com", BOT_ID, TENANT_ID)


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "another"}, 400, "unauthorized_client"),
        ({"scope": "https://vault.azure.net/.default"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_whoever_is_not_the_bot_gets_none(
    desk: RunningDesk, changed: dict[str, str], status: int, error: str
) -> None:
    answered, body = await desk.connector.sign_in(**changed)

    assert (answered, body["error"]) == (status, error)
    assert body["error_description"].startswith("AADSTS")


async def test_another_tenant_gets_none(desk: RunningDesk) -> None:
    desk.connector.token_url = f"{desk.url}/common/oauth2/v2.0/token"

    assert (await desk.connector.sign_in())[0] == 400


async def test_tokens_are_counted(desk: RunningDesk) -> None:
    await desk.standin("POST", "reset-counts")

    await desk.connector.sign_in()
    await desk.connector.sign_in(client_secret="wrong")

    assert (await desk.standin("GET", "log"))["statuses"] == {"token": {"200": 1, "401": 1}}


async def test_the_keys_are_found_through_the_openid_configuration(desk: RunningDesk) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{desk.url}/.well-known/openidconfiguration") as response:
            configuration = await response.json()
        async with http.get(configuration["jwks_uri"]) as response:
            [key] = (await response.json())["keys"]

    assert configuration["issuer"] == "https://api.botframework.com"
    assert (key["kty"], key["use"], key["endorsements"]) == ("RSA", "sig", ["msteams"])
    assert "d" not in key
