"""A session belongs to whoever has its token, on a page of the origin it was issued to; nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest

from functions.widget import widget_end, widget_heartbeat, widget_session, widget_start, widget_token
from functions.widget_messages import widget_typing
from shared.adapters.session_tokens import JwtSessionTokens
from shared.ports import SessionClaims
from tests.functions.world import KEY, World, form, json_of, request

HANDLERS = [widget_session, widget_token, widget_heartbeat, widget_end, widget_typing]
OTHER_KEY = bytes(reversed(range(32)))


@pytest.fixture
async def started(world: World) -> Any:
    return json_of(await widget_start(request("POST", "x", form())))


async def call(handler: Any, session_id: str, authorization: str, **headers: str) -> Any:
    method = "GET" if handler is widget_session else "POST"
    sent = {"authorization": authorization, **headers}
    return await handler(request(method, "x", headers=sent, route={"sessionId": session_id}))


def changed(token: str, **claims: object) -> str:
    """The token's claims with others, signed with a key that is not ours."""
    payload = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode({**payload, **claims}, OTHER_KEY, algorithm="HS256")


def unsigned(token: str) -> str:
    payload = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(payload, "", algorithm="none")


def without_signature(token: str) -> str:
    return token.rpartition(".")[0] + "."


def last_character_changed(token: str) -> str:
    # The last one holds bits that do not count.
    return token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:]


def other_algorithm(token: str) -> str:
    payload = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(payload, KEY * 2, algorithm="HS512")


FORGERIES: list[Callable[[str], str]] = [
    changed,
    unsigned,
    without_signature,
    last_character_changed,
    other_algorithm,
    lambda token: token + "A" * 5000,
    lambda token: "not.a.token",
    lambda token: "",
    lambda token: "ü.ü.ü",
]


@pytest.mark.parametrize("handler", HANDLERS)
@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_forged_token_is_refused(world: World, started: Any, handler: Any, forge: Callable[[str], str]) -> None:
    response = await call(handler, started["sessionId"], f"Bearer {forge(started['sessionToken'])}")
    assert response.status_code == 401
    assert json_of(response)["code"] == "not_allowed"


@pytest.mark.parametrize("handler", HANDLERS)
async def test_the_key_itself_signs_nothing(world: World, started: Any, handler: Any) -> None:
    payload = jwt.decode(started["sessionToken"], options={"verify_signature": False})
    token = jwt.encode(payload, KEY, algorithm="HS256")
    assert (await call(handler, started["sessionId"], f"Bearer {token}")).status_code == 401


@pytest.mark.parametrize("handler", HANDLERS)
async def test_a_token_opens_no_other_session(world: World, started: Any, handler: Any) -> None:
    other = json_of(await widget_start(request("POST", "x", form(idempotencyKey="o" * 22))))
    response = await call(handler, other["sessionId"], f"Bearer {started['sessionToken']}")
    assert response.status_code == 401


@pytest.mark.parametrize("handler", HANDLERS)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_a_token_is_no_use_on_a_page_of_another_origin(
    world: World, started: Any, handler: Any, origin: str
) -> None:
    response = await call(handler, started["sessionId"], f"Bearer {started['sessionToken']}", origin=origin)
    assert response.status_code == 401


@pytest.mark.parametrize("handler", HANDLERS)
async def test_a_token_is_over_after_a_week(
    world: World, started: Any, handler: Any, caplog: pytest.LogCaptureFixture
) -> None:
    world.clock.advance(timedelta(days=7).total_seconds())
    response = await call(handler, started["sessionId"], f"Bearer {started['sessionToken']}")
    assert response.status_code == 401
    assert "session_token_expired" in caplog.text
    assert "expired" not in response.get_body().decode()


@pytest.mark.parametrize("handler", HANDLERS)
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer  ", "Basic {token}", "{token}"])
async def test_the_token_counts_as_bearer_only(world: World, started: Any, handler: Any, authorization: str) -> None:
    response = await call(handler, started["sessionId"], authorization.format(token=started["sessionToken"]))
    assert response.status_code == 401


async def test_no_token_is_in_the_log(world: World, started: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for handler in HANDLERS:
            await call(handler, "another", f"Bearer {started['sessionToken']}")
    assert started["sessionToken"] not in caplog.text


class TestKeys:
    CLAIMS = SessionClaims("session", "tenant", "service:sales", "https://www.lunifico.example")

    def test_a_token_of_the_key_before_is_good_until_it_expires(self, world: World) -> None:
        token = JwtSessionTokens(KEY).issue(self.CLAIMS, world.clock.now() + timedelta(hours=1))
        rotated = JwtSessionTokens(OTHER_KEY, previous=KEY)
        assert rotated.verify(token, world.clock.now()) == self.CLAIMS
        assert rotated.issue(self.CLAIMS, world.clock.now()) != token

    def test_a_session_id_is_the_same_on_every_host_and_depends_on_every_part(self) -> None:
        parts = ("tenant", "service:sales", "https://a.example", "k" * 22)
        ids = {JwtSessionTokens(KEY).session_id(*parts) for _ in range(2)}
        tokens = JwtSessionTokens(KEY)
        ids.add(tokens.session_id("other", parts[1], parts[2], parts[3]))
        ids.add(tokens.session_id(parts[0], "other", parts[2], parts[3]))
        ids.add(tokens.session_id(parts[0], parts[1], "other", parts[3]))
        ids.add(tokens.session_id(parts[0], parts[1], parts[2], "other"))
        ids.add(JwtSessionTokens(OTHER_KEY).session_id(*parts))
        assert len(ids) == 6
        assert all(len(one) == 64 and set(one) <= set("0123456789abcdef") for one in ids)

    @pytest.mark.parametrize("other", [("a", "bc", "d", "e"), ("ab", "", "cd", "e"), ("", "abc", "d", "e")])
    def test_parts_that_run_together_give_other_ids(self, other: tuple[str, str, str, str]) -> None:
        tokens = JwtSessionTokens(KEY)
        assert tokens.session_id(*other) != tokens.session_id("ab", "c", "d", "e")
