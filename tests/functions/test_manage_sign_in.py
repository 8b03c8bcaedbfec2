"""Where administrators sign in is told to whoever asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.settings import SignInSettings
from tests.functions.office import Office


def signing_in(office: Office, issuer: str) -> Office:
    """A deployment with sign-in at this issuer."""
    place = SignInSettings("the-application", issuer, f"{issuer}/keys")
    office.world.surroundings = replace(office.world.surroundings, sign_in=place)
    office.use()
    return office


@pytest.mark.parametrize(
    ("issuer", "authority"),
    [
        ("https://login.microsoftonline.com/22222222-2222-4222-8222-222222222222/v2.0", "entra"),
        ("http://localhost:7080/22222222-2222-4222-8222-222222222222/v2.0", "oidc"),
        ("https://login.microsoftonline.com.example/v2.0", "oidc"),
    ],
)
async def test_the_issuer_is_told_without_a_token(office: Office, issuer: str, authority: str) -> None:
    place = await signing_in(office, issuer).get("sign-in", token=None)
    assert place == {
        "authority": authority,
        "issuer": issuer,
        "clientId": "the-application",
        "scope": "the-application/.default",
    }


async def test_a_deployment_without_sign_in_says_so(office: Office) -> None:
    place = await office.get("sign-in", token=None)
    assert place["authority"] == "none"
    assert place["issuer"] is None


@pytest.mark.parametrize(("method", "path"), [("POST", "sign-in"), ("GET", "sign-in/x"), ("GET", "sign-inn")])
async def test_nothing_else_is_told_without_a_token(office: Office, method: str, path: str) -> None:
    found = await office.problem(method, path, token=None)
    assert (found["status"], found["code"]) == (401, "access_token_missing")
