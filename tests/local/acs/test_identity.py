"""Identities and their tokens."""

from __future__ import annotations

from datetime import UTC, datetime

import jwt
import pytest

from local.acs.options import DEVELOPMENT_IMMUTABLE_RESOURCE_ID
from tests.local.acs.harness import Acs, ChatUser


async def test_an_identity_belongs_to_the_resource(acs: Acs) -> None:
    answer = await acs.owner("POST", "/identities", {})

    assert answer.status_code == 201
    assert answer.json()["identity"]["id"].startswith(f"8:acs:{DEVELOPMENT_IMMUTABLE_RESOURCE_ID}_")
    assert "accessToken" not in answer.json()


async def test_a_token_has_the_claims_that_clients_read(acs: Acs) -> None:
    user = await acs.user("chat.join.limited", "voip")

    claims = jwt.decode(user.token, options={"verify_signature": False})

    assert user.token.isascii()
    assert claims["skypeid"] == user.id.removeprefix("8:")
    assert claims["acsScope"] == "chat.join.limited,voip"
    assert claims["exp"] - claims["iat"] == 24 * 3600


@pytest.mark.parametrize(("minutes", "status"), [(59, 400), (60, 200), (1440, 200), (1441, 400)])
async def test_a_token_lives_between_one_hour_and_one_day(acs: Acs, minutes: int, status: int) -> None:
    user = await acs.user("chat")

    body = {"scopes": ["chat"], "expiresInMinutes": minutes}
    answer = await acs.owner("POST", f"/identities/{user.id}/:issueAccessToken", body)

    assert answer.status_code == status
    if status == 200:
        lifetime = datetime.fromisoformat(answer.json()["expiresOn"]) - datetime.now(UTC)
        assert abs(lifetime.total_seconds() - minutes * 60) < 5


async def test_a_refused_lifetime_creates_no_identity(acs: Acs) -> None:
    answer = await acs.owner("POST", "/identities", {"createTokenWithScopes": ["chat"], "expiresInMinutes": 5})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "BadRequest"
    assert acs.app.state.standin.identities == {}


@pytest.mark.parametrize("scopes", [[], ["chat.everything"]])
async def test_scopes_must_be_known(acs: Acs, scopes: list[str]) -> None:
    user = await acs.user("chat")

    answer = await acs.owner("POST", f"/identities/{user.id}/:issueAccessToken", {"scopes": scopes})

    assert answer.status_code == 400


async def test_revoking_ends_all_earlier_tokens_and_no_later_one(acs: Acs) -> None:
    user = await acs.user("chat")

    revoked = await acs.owner("POST", f"/identities/{user.id}/:revokeAccessTokens")
    issued = await acs.owner("POST", f"/identities/{user.id}/:issueAccessToken", {"scopes": ["chat"]})

    assert revoked.status_code == 204
    assert (await acs.chat(user, "GET")).status_code == 401
    assert (await acs.chat(ChatUser(user.id, issued.json()["token"]), "GET")).status_code == 200


async def test_a_deleted_identity_is_gone_with_its_tokens(acs: Acs) -> None:
    user = await acs.user("chat")

    deleted = await acs.owner("DELETE", f"/identities/{user.id}")
    again = await acs.owner("POST", f"/identities/{user.id}/:issueAccessToken", {"scopes": ["chat"]})

    assert deleted.status_code == 204
    assert again.status_code == 404
    assert (await acs.chat(user, "GET")).status_code == 401
