"""A session opens for the token that was given out for it, and for no other: tests/vectors/session_tokens.json."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest

from shared import bootstrap
from shared.adapters.session_tokens import JwtSessionTokens
from tests.functions.world import KEY, World, json_of
from tests.security.web import OF_SESSIONS, cases, of_session, start, without_acs

BEFORE = bytes(range(32, 64))
ANOTHER = bytes(reversed(range(32)))
PUBLIC = b"-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK\n-----END PUBLIC KEY-----\n"
DIGESTS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def derived(setting: bytes) -> bytes:
    return hmac.new(setting, b"interact session token", hashlib.sha256).digest()


KEYS = {"ours": derived(KEY), "ours before": derived(BEFORE), "another": ANOTHER, "setting": KEY, "public": PUBLIC}


def encoded(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def moved(value: object, now: datetime) -> object:
    relative = isinstance(value, str) and re.fullmatch(r"[+-]\d+", value)
    return int(now.timestamp()) + int(str(value)) if relative else value


def filled(template: str, token: str) -> str:
    """A token as the case writes it; `{A*9}` repeats, `{brackets*9}` is a header of so many brackets."""

    def piece(match: re.Match[str]) -> str:
        name, count = match[1], int(match[2] or 1)
        if name in ("brackets", "digits"):
            header = "[" * count if name == "brackets" else f'{{"alg":{"9" * count}}}'
            return base64.urlsafe_b64encode(header.encode()).decode().rstrip("=")
        damaged = token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:]
        pieces = {"token": token, "damaged": damaged, "unsigned": token.rpartition(".")[0], "A": "A"}
        return pieces[name] * count

    return re.sub(r"\{(\w+)(?:\*(\d+))?\}", piece, template)


def made(case: dict[str, Any], token: str, now: datetime) -> str:
    """The token of a case, by hand: libraries refuse to make most of them."""
    if "token" in case:
        return filled(case["token"], token)
    if "signed" not in case:
        return token
    algorithm = case.get("algorithm", "HS256")
    header = {"typ": "JWT", "alg": algorithm, **case.get("header", {})}
    claims = {**jwt.decode(token, options={"verify_signature": False}), **case.get("claims", {})}
    present = {name: moved(value, now) for name, value in claims.items() if value is not None}
    payload = case.get("payload", present)
    signed = f"{encoded({name: value for name, value in header.items() if value is not None})}.{encoded(payload)}"
    if case["signed"] == "nothing":
        return f"{signed}."
    signature = hmac.new(KEYS[case["signed"]], signed.encode(), DIGESTS[algorithm]).digest()
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


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
