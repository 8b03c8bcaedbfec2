"""The tenant's challenge at the widget API: what the page is told, and that the server insists on it."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from functions.preview import policy
from functions.widget import widget_contact, widget_start
from shared.domain.challenges import ChallengeKind, ChallengeSettings
from tests.functions.world import TENANT, WIDGET_KEY, World, form, json_of, request

BASE = "api/widget/v1"


@pytest.fixture
def guarded(world: World) -> World:
    challenge = ChallengeSettings(ChallengeKind.TURNSTILE, "public-site-key", "env:CHALLENGE_SECRET")
    world.config.put(TENANT.id, replace(TENANT, challenge=challenge))
    world.challenges.solved.add("solved")
    return world


async def test_the_page_learns_whose_challenge_and_the_site_key_and_no_secret(guarded: World) -> None:
    response = await widget_contact(request("GET", f"{BASE}/contact?widgetKey={WIDGET_KEY}&serviceId=sales"))
    assert json_of(response)["widget"]["challenge"] == {"kind": "turnstile", "siteKey": "public-site-key"}
    assert b"CHALLENGE_SECRET" not in response.get_body()


async def test_without_a_challenge_the_page_learns_of_none(world: World) -> None:
    response = await widget_contact(request("GET", f"{BASE}/contact?widgetKey={WIDGET_KEY}&serviceId=sales"))
    assert json_of(response)["widget"].get("challenge") is None


async def test_a_start_with_a_solved_challenge_passes(guarded: World) -> None:
    response = await widget_start(request("POST", f"{BASE}/sessions", form(challengeToken="solved")))
    assert response.status_code == 201


@pytest.mark.parametrize("token", [None, "made up", ""])
async def test_a_start_without_one_is_told_which_field_to_mend(guarded: World, token: str | None) -> None:
    response = await widget_start(request("POST", f"{BASE}/sessions", form(challengeToken=token)))
    problem = json_of(response)
    assert (response.status_code, problem["code"], problem["field"]) == (400, "invalid", "challengeToken")
    assert guarded.sessions.rows == {}


async def test_a_provider_that_is_down_means_try_again(guarded: World) -> None:
    guarded.challenges.is_down = True
    response = await widget_start(request("POST", f"{BASE}/sessions", form(challengeToken="solved")))
    assert (response.status_code, json_of(response)["code"]) == (503, "try_again")


async def test_a_token_is_in_no_log(guarded: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await widget_start(request("POST", f"{BASE}/sessions", form(challengeToken="made-up-token")))
    assert "challenge_refused" in caplog.text
    assert "made-up-token" not in caplog.text


async def test_a_token_longer_than_any_provider_s_is_refused(guarded: World) -> None:
    response = await widget_start(request("POST", f"{BASE}/sessions", form(challengeToken="x" * 8_193)))
    assert json_of(response)["field"] == "challengeToken"
    assert guarded.challenges.asked == 0


def test_the_preview_lets_the_provider_in_only_where_there_is_a_challenge() -> None:
    assert "frame-src 'none'" in policy([])
    assert "script-src 'self' https://challenges.cloudflare.com;" in policy([], ChallengeKind.TURNSTILE)
    assert "frame-src https://hcaptcha.com https://*.hcaptcha.com;" in policy([], ChallengeKind.HCAPTCHA)
