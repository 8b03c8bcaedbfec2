"""Authorization at the widget API: what the page learns of it, and what only the log does."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from functions.widget import widget_contact, widget_start
from shared import bootstrap
from shared.adapters.memory import MemorySiteTokens, MemorySpentTokens
from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from shared.domain.site_tokens import VerifiedCustomer
from tests.functions.world import SERVICE, TENANT, WIDGET_KEY, World, form, json_of, request

SETTINGS = SiteTokenSettings(issuer="https://www.lunifico.example", audience="interact", secret="keyvault:site")
TOKEN = "eyJhbGciOiJIUzI1NiJ9.of-the-site.signature"


@pytest.fixture
def tokens(world: World) -> MemorySiteTokens:
    """The tenant demands a token of one use; TOKEN vouches for Zoë."""
    tokens = MemorySiteTokens()
    known = VerifiedCustomer("4711", "Zoë Customer", "zoe@lunifico.example", "token-1", 1_900_000_000.0)
    tokens.customers[TENANT.id, TOKEN] = known
    world.replace(site_tokens=tokens, spent_tokens=MemorySpentTokens(world.clock))
    demanding = replace(TENANT, authorization=AuthorizationMode.SIGNED_TOKEN, site_tokens=SETTINGS)
    world.config.put(TENANT.id, demanding)
    bootstrap.use(world.application, world.surroundings)
    return tokens


async def start(**fields: object) -> Any:
    return await widget_start(request("POST", "api/widget/v1/sessions", form(**fields)))


async def test_a_page_learns_that_a_token_is_demanded(world: World) -> None:
    path = f"api/widget/v1/contact?widgetKey={WIDGET_KEY}&serviceId={SERVICE.id}"
    assert json_of(await widget_contact(request("GET", path)))["widget"]["accessTokenRequired"] is False
    for mode in (AuthorizationMode.SIGNED_TOKEN, AuthorizationMode.OIDC):
        world.config.put(TENANT.id, replace(TENANT, authorization=mode))
        assert json_of(await widget_contact(request("GET", path)))["widget"]["accessTokenRequired"] is True


async def test_whom_the_site_vouches_for_begins(world: World, tokens: MemorySiteTokens) -> None:
    answer = await start(accessToken=TOKEN)
    assert answer.status_code == 201
    customer = world.sessions.rows[json_of(answer)["sessionId"]].session.customer
    assert (customer.display_name, customer.subject, customer.verified) == ("Zoë Customer", "4711", True)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "site_token_missing"),
        ({"accessToken": ""}, "site_token_missing"),
        ({"accessToken": "forged"}, "site_token_signature"),
        ({"accessToken": TOKEN, "idempotencyKey": "m" * 22}, "site_token_used"),
    ],
)
async def test_the_page_learns_not_allowed_and_the_log_why(
    world: World,
    tokens: MemorySiteTokens,
    caplog: pytest.LogCaptureFixture,
    fields: dict[str, object],
    code: str,
) -> None:
    assert (await start(accessToken=TOKEN)).status_code == 201
    with caplog.at_level(logging.DEBUG):
        answer = await start(**fields)
    problem = json_of(answer)
    assert (answer.status_code, problem["code"]) == (403, "not_allowed")
    assert set(problem) == {"type", "title", "status", "code", "detail", "trace", "diagnosis"}
    assert code in caplog.text
    assert problem["trace"] in caplog.text
    assert TOKEN not in caplog.text
    assert len(world.sessions.rows) == 1


async def test_without_the_issuers_keys_the_page_may_try_again(world: World, tokens: MemorySiteTokens) -> None:
    tokens.has_keys = False
    answer = await start(accessToken=TOKEN)
    assert (answer.status_code, json_of(answer)["code"]) == (503, "try_again")
    assert json_of(answer)["retryAfter"] >= 1


async def test_a_token_that_is_larger_than_any_is_not_read(world: World, tokens: MemorySiteTokens) -> None:
    answer = await start(accessToken="x" * 8193)
    assert (answer.status_code, json_of(answer)["field"]) == (400, "accessToken")
