"""The stand-in of the challenges answers as the providers do."""

from __future__ import annotations

import json

import pytest
from httpx import ASGITransport, AsyncClient

from local.challenge import ChallengeOptions, create_app
from local.challenge.app import SCRIPTS, VERIFY
from local.challenge.tokens import SECRET

KINDS = ("turnstile", "hcaptcha")


class Provider:
    """A page that solves challenges, and a server that verifies them."""

    def __init__(self) -> None:
        self.time = 0.0
        app = create_app(ChallengeOptions(now=lambda: self.time))
        self.client = AsyncClient(transport=ASGITransport(app), base_url="http://provider.example")

    async def solve(self, kind: str, site_key: str = "site") -> str:
        answer = await self.client.post("/_standin/solve", content=json.dumps({"kind": kind, "siteKey": site_key}))
        return str(answer.json()["token"])

    async def verify(self, kind: str, token: str, **fields: str) -> list[str] | None:
        """The error codes, None for success."""
        response = await self.client.post(VERIFY[kind], data={"secret": SECRET, "response": token, **fields})
        answer = response.json()
        codes: list[str] = answer["error-codes"]
        assert answer["success"] is (codes == [])
        return codes or None


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_token_is_confirmed_once(provider: Provider, kind: str) -> None:
    token = await provider.solve(kind)
    assert await provider.verify(kind, token) is None
    assert await provider.verify(kind, token) in (["timeout-or-duplicate"], ["invalid-or-already-seen-response"])


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_no_token_or_too_old_is_refused(provider: Provider, kind: str) -> None:
    token = await provider.solve(kind)
    assert await provider.verify(kind, "made up") == ["invalid-input-response"]
    assert await provider.verify(kind, "") == ["missing-input-response"]
    provider.time = 301
    assert await provider.verify(kind, token) is not None


async def test_a_token_of_the_other_provider_is_refused(provider: Provider) -> None:
    assert await provider.verify("hcaptcha", await provider.solve("turnstile")) == ["invalid-input-response"]


async def test_turnstile_confirms_again_for_the_same_idempotency_key_only(provider: Provider) -> None:
    token = await provider.solve("turnstile")
    assert await provider.verify("turnstile", token, idempotency_key="a") is None
    assert await provider.verify("turnstile", token, idempotency_key="a") is None
    assert await provider.verify("turnstile", token, idempotency_key="b") == ["timeout-or-duplicate"]


async def test_hcaptcha_compares_the_site_key(provider: Provider) -> None:
    token = await provider.solve("hcaptcha", "one")
    assert await provider.verify("hcaptcha", token, sitekey="another") == ["sitekey-secret-mismatch"]
    assert await provider.verify("hcaptcha", token, sitekey="one") is None


async def test_another_secret_is_refused(provider: Provider) -> None:
    token = await provider.solve("turnstile")
    assert await provider.verify("turnstile", token, secret="guessed") == ["invalid-input-secret"]
    assert await provider.verify("turnstile", token, secret="") == ["missing-input-secret"]


async def test_faults_refuse_so_many_tokens_or_answer_nothing(provider: Provider) -> None:
    await provider.client.put("/_standin/faults", content='{"refuse": 1}')
    token = await provider.solve("turnstile")
    assert await provider.verify("turnstile", token) == ["invalid-input-response"]
    assert await provider.verify("turnstile", token) is None
    await provider.client.put("/_standin/faults", content='{"down": true}')
    assert (await provider.client.post(VERIFY["turnstile"])).status_code == 503
    assert (await provider.client.get("/_standin/log")).json() == {"verified": 1}


@pytest.mark.parametrize("kind", KINDS)
async def test_the_script_has_the_provider_s_path(provider: Provider, kind: str) -> None:
    answer = await provider.client.get(SCRIPTS[kind])
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "getRootNode() !== document" in answer.text
