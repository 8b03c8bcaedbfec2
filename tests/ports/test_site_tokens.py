"""Whom a site's token vouches for, and whom not: the promises of the port, and tokens as attackers make them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.adapters import guarded_https
from shared.adapters.guarded_https import GuardedHttps
from shared.adapters.key_sets import KeySets
from shared.adapters.memory import MemorySecrets, MemorySiteTokens
from shared.adapters.site_tokens import JwtSiteTokens
from shared.adapters.system import SystemClock
from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from shared.domain.errors import NotSent, Refused
from shared.domain.refusals import SiteTokenCode
from shared.domain.site_tokens import VerifiedCustomer
from shared.domain.tenants import Tenant
from shared.ports import SiteTokens
from tests.ports.issuer import KeyHost, Names, key_host, token
from tests.ports.samples import TENANT
from tests.ports.token_cases import (
    AUDIENCE,
    CASES,
    CLAIMS,
    GOOD,
    SECRETS,
    addresses_of,
    inner_hosts_of,
    tenant_of,
    token_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[KeyHost, Path]]:
    async with key_host(tmp_path_factory.mktemp("issuer")) as opened:
        yield opened


@pytest.fixture
def keys(served: tuple[KeyHost, Path], monkeypatch: pytest.MonkeyPatch) -> KeyHost:
    """The issuer's host, whose authority is trusted as operators make it: by SSL_CERT_FILE."""
    monkeypatch.setenv("SSL_CERT_FILE", str(served[1]))
    monkeypatch.setattr(guarded_https, "TOTAL", 0.5)
    return served[0]


def verifier(https: GuardedHttps) -> JwtSiteTokens:
    return JwtSiteTokens(SystemClock(), MemorySecrets(SECRETS, TENANT.id), KeySets(https.get))


# --- the promises of the port ----------------------------------------------------------------------------------------


@dataclass
class Site:
    """A tenant with an issuer, who can lose the keys."""

    tokens: SiteTokens
    tenant: Tenant
    token: str
    without_keys: SiteTokens


@pytest.fixture(params=["memory", "jwt"])
def site(request: pytest.FixtureRequest, keys: KeyHost) -> Site:
    if request.param == "memory":
        memory, broken = MemorySiteTokens(), MemorySiteTokens()
        memory.customers[TENANT.id, "token"] = VerifiedCustomer("4711", "Carla Customer")
        broken.has_keys = False
        return Site(memory, TENANT, "token", broken)
    case: dict[str, Any] = {"tenant": "jwks", "header": {"kid": "rsa-1"}, "without": ["email"]}
    real = verifier(GuardedHttps(["localhost"]))
    nowhere = verifier(GuardedHttps(["localhost"], Names([], 0)))
    return Site(real, tenant_of(case, keys.url), token_of(case, time.time(), ""), nowhere)


async def test_a_good_token_vouches_for_a_customer(site: Site) -> None:
    known = await site.tokens.verify(site.tenant, site.token)
    assert (known.subject, known.display_name, known.email) == ("4711", "Carla Customer", None)


async def test_another_token_vouches_for_nobody(site: Site) -> None:
    with pytest.raises(Refused):
        await site.tokens.verify(site.tenant, f"{site.token}x")


async def test_a_token_counts_for_its_own_tenant_only(site: Site) -> None:
    settings = replace(site.tenant.site_tokens, audience="another")
    with pytest.raises(Refused):
        await site.tokens.verify(replace(site.tenant, id="another", site_tokens=settings), site.token)


async def test_without_the_issuers_keys_nobody_is_called_a_liar(site: Site) -> None:
    with pytest.raises(NotSent):
        await site.without_keys.verify(site.tenant, site.token)


# --- the vectors -----------------------------------------------------------------------------------------------------


def check_explanation(told: str, made: str) -> None:
    """It goes into the log: nothing in it of a person, and nothing that could be used again."""
    assert "Carla" not in told
    assert "carla@" not in told
    assert len(told) < 400
    assert len(made) < 20 or made not in told


async def outcome(case: dict[str, Any], keys: KeyHost) -> Any:
    """What the real verifier makes of a case: a customer, the code of a refusal, or that the keys cannot be had."""
    addresses = addresses_of(case)
    resolver = None if addresses is None else Names(addresses, keys.port)
    tokens = verifier(GuardedHttps(inner_hosts_of(case), resolver))
    made = token_of(case, time.time(), f"{keys.url}/strangers")
    try:
        known = await tokens.verify(tenant_of(case, keys.url), made)
    except (Refused, NotSent) as error:
        check_explanation(str(error), made)
        return error.code
    return {name: value for name, value in asdict(known).items() if name != "expires"}


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
async def test_a_token_is_taken_for_what_it_is(case: dict[str, Any], keys: KeyHost) -> None:
    expected = {**GOOD, **case["expect"]} if "expect" in case else case.get("refused") or case["fails"]
    assert await outcome(case, keys) == expected


async def test_there_is_a_case_for_every_code_that_a_token_can_get() -> None:
    elsewhere = {SiteTokenCode.MISSING.value, SiteTokenCode.USED.value}
    assert {case["refused"] for case in CASES if "refused" in case} == {
        code.value for code in SiteTokenCode
    } - elsewhere


# --- Microsoft Entra -------------------------------------------------------------------------------------------------

ENTRA_TENANT = "11111111-2222-4333-8444-555555555555"


async def test_an_entra_tenant_id_is_all_that_entra_needs(keys: KeyHost) -> None:
    """Its keys come from its own host, here led to the stand-in."""
    settings = SiteTokenSettings(audience=AUDIENCE, entra_tenant_id=ENTRA_TENANT, scope="access_as_user")
    tenant = replace(TENANT, authorization=AuthorizationMode.OIDC, site_tokens=settings)
    issuer = f"https://login.microsoftonline.com/{ENTRA_TENANT}/v2.0"
    claims = {**CLAIMS, "iss": issuer, "exp": int(time.time()) + 4000, "scp": "access_as_user", "ver": "2.0"}
    names = Names(["127.0.0.1"], keys.port)
    tokens = verifier(GuardedHttps(["login.microsoftonline.com"], names))

    known = await tokens.verify(tenant, token({"alg": "RS256", "kid": "rsa-1"}, claims, "rsa"))

    assert known.subject == "4711"
    assert names.asked == ["login.microsoftonline.com"]
    foreign = {**claims, "iss": issuer.replace("1111", "2222")}
    with pytest.raises(Refused, match="iss"):
        await tokens.verify(tenant, token({"alg": "RS256", "kid": "rsa-1"}, foreign, "rsa"))
