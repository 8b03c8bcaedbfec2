"""A session opens for the token that was given out for it, and for no other: tests/vectors/session_tokens.json."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest

from shared import bootstrap
from shared.adapters.session_tokens import JwtSessionTokens
from tests.functions.world import KEY, World, json_of
from tests.security.tokens import filled, present, signed
from tests.security.web import OF_SESSIONS, cases, of_session, start, without_acs

BEFORE = bytes(range(32, 64))
ANOTHER = bytes(reversed(range(32)))
PUBLIC = b"-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK\n-----END PUBLIC KEY-----\n"
DIGESTS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def derived(setting: bytes) -> bytes:
    return hmac.new(setting, b"interact session token", hashlib.sha256).digest()


KEYS = {"ours": derived(KEY), "ours before": derived(BEFORE), "another": ANOTHER, "setting": KEY, "public": PUBLIC}


def made(case: dict[str, Any], token: str, now: datetime) -> str:
    """The token of a case, by hand: libraries refuse to make most of them."""
    if "token" in case:
        return filled(case["token"], token)
    if "signed" not in case:
        return token
    algorithm = case.get("algorithm", "HS256")
    header = {"typ": "JWT", "alg": algorithm, **case.get("header", {})}
    claims = {**jwt.decode(token, options={"verify_signature": False}), **case.get("claims", {})}
    key = KEYS.get(case["signed"])
    sign = None if key is None else lambda content: hmac.new(key, content, DIGESTS[algorithm]).digest()
    return signed(present(header, now), case.get("payload", present(claims, now)), sign)


@pytest.mark.parametrize("case", cases("session_tokens"))
async def test_a_token_opens_what_it_was_given_for(
    world: World, case: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    world.replace(tokens=JwtSessionTokens(KEY, previous=BEFORE))
    without_acs(world)
    started = await start()
    token = made(case, started["sessionToken"], world.clock.now())
    world.clock.advance(timedelta(seconds=case.get("after", 0)).total_seconds())
    scheme = case.get("scheme", "Bearer")
    headers = {"authorization": f"{scheme} {token}" if scheme else token}
    # The end comes last.
    for method, route in sorted(OF_SESSIONS, key=lambda one: one[1].endswith("/end")):
        response = await of_session(method, route, started["sessionId"], token, headers=headers)
        if case.get("opens"):
            assert response.status_code in (200, 201), (route, response.get_body())
            continue
        assert response.status_code == 401, (route, response.get_body())
        assert json_of(response)["code"] == "not_allowed"
        assert set(json_of(response)) == {"type", "title", "status", "code", "detail", "trace"}
    if len(token) > 20:
        assert token not in caplog.text
    assert bool(case.get("opens")) == (world.sessions.rows[started["sessionId"]].session.phase.value == "ended")


async def test_a_rotation_is_over_when_the_setting_of_the_key_before_is_gone(world: World) -> None:
    started = await start()
    for tokens, status in ((JwtSessionTokens(ANOTHER, previous=KEY), 200), (JwtSessionTokens(ANOTHER), 401)):
        world.replace(tokens=tokens)
        bootstrap.use(world.application, world.surroundings)
        response = await of_session("GET", OF_SESSIONS[0][1], started["sessionId"], started["sessionToken"])
        assert response.status_code == status
