"""A tenant names its own secrets only: whatever another's is called, it is refused when saved and when used.

The cases are those of tests/vectors/foreign_secrets.json. `home` is where the deployment is at home.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest
import pytest_asyncio

from shared.adapters.acs_resources import AcsResources
from shared.adapters.http_session import HttpSession
from shared.adapters.key_sets import KeySets
from shared.adapters.memory import MemoryAdministrators
from shared.adapters.secret_store import SecretStore
from shared.adapters.site_tokens import JwtSiteTokens
from shared.adapters.site_verify import SiteVerify
from shared.adapters.system import SystemClock
from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from shared.domain.challenges import ChallengeKind, ChallengeSettings
from shared.domain.errors import Refused, Rejected
from shared.domain.tenants import Tenant
from shared.ports import Secrets
from tests.functions.conftest import office
from tests.functions.office import CARLA, Office
from tests.functions.world import TENANT
from tests.security.web import cases, vectors

__all__ = ["office"]

RIVAL = Tenant(vectors("foreign_secrets")["rival"], "Rival", "widget-key-of-rival")
TENANTS = {"home": TENANT, "rival": RIVAL}
FIELDS: dict[str, Callable[[str], dict[str, Any]]] = {
    "acsSecret": lambda reference: {"acsSecret": reference},
    "siteTokens.secret": lambda reference: {"siteTokens": {"secret": reference}},
    "siteTokens.previousSecret": lambda reference: {"siteTokens": {"previousSecret": reference}},
    "challenge.secret": lambda reference: {"challenge": {"secret": reference}},
}
CASES = cases("foreign_secrets")
VALUE = "endpoint=https://lunifico.communication.azure.com/;accesskey=" + "a" * 40


@pytest.fixture
def shared(office: Office) -> Office:
    """A deployment with two tenants, whose administrators sign in with the names of the cases."""
    office.world.config.put(RIVAL.id, RIVAL)
    people = {name: replace(CARLA, tenant_id=tenant.id) for name, tenant in TENANTS.items()}
    office.world.replace(administrators=MemoryAdministrators(people))
    office.use()
    return office


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("case", CASES)
async def test_what_is_another_s_is_refused_when_it_is_saved(shared: Office, case: dict[str, Any], field: str) -> None:
    body = FIELDS[field](case["reference"])
    response = await shared.call("PATCH", "tenant", body, token=case["tenant"], headers={"if-match": "*"})
    answer = json.loads(response.get_body())
    if case["allowed"]:
        assert response.status_code == 200, answer
        return
    assert response.status_code == 422
    assert [(one["rule"], one["field"]) for one in answer["findings"]] == [("secret_foreign", field)]


@pytest.mark.parametrize("case", CASES)
async def test_a_dry_run_says_the_same(shared: Office, case: dict[str, Any]) -> None:
    settings = {"name": "Any", "widgetKey": "w" * 16, "challenge": {"secret": case["reference"]}}
    body = {"documents": [{"kind": "tenant", "document": settings}]}
    response = await shared.call("POST", "validate", body, token=case["tenant"])
    rules = {finding["rule"] for finding in json.loads(response.get_body())["documents"][0]["findings"]}
    assert rules == (set() if case["allowed"] else {"secret_foreign"})


async def test_it_is_told_together_with_whatever_else_is_wrong(shared: Office) -> None:
    body = {"acsSecret": "env:INTERACT_SECRET_ACS", "retentionDays": -1}
    problem = await shared.problem("PATCH", "tenant", body, token="rival", headers={"if-match": "*"})
    assert {one["field"] for one in problem["findings"]} == {"acsSecret", "retentionDays"}


@pytest_asyncio.fixture
async def http() -> AsyncIterator[HttpSession]:
    session = HttpSession()
    yield session
    await session.close()


def everything(http: HttpSession) -> Secrets:
    """A store in which every setting that a case names has a value; its vault is not to be asked."""
    named = [case["reference"].partition(":") for case in vectors("foreign_secrets")["cases"]]
    return SecretStore({name: VALUE for place, _, name in named if place == "env"}, http, TENANT.id)


def naming(case: dict[str, Any]) -> Tenant:
    """A document that names the secret wherever one can be named, as an earlier version may have stored it."""
    return replace(
        TENANTS[case["tenant"]],
        acs_secret=case["reference"],
        authorization=AuthorizationMode.SIGNED_TOKEN,
        site_tokens=SiteTokenSettings(issuer="https://www.rival.example", audience="a", secret=case["reference"]),
        challenge=ChallengeSettings(ChallengeKind.TURNSTILE, "site", case["reference"]),
    )


@pytest.mark.parametrize("case", [case for case in CASES if not case.values[0]["allowed"]])
async def test_what_is_another_s_is_refused_when_it_is_used(case: dict[str, Any], http: HttpSession) -> None:
    secrets, tenant = everything(http), naming(case)
    with pytest.raises(Rejected) as refused:
        await AcsResources(secrets, http).of(tenant)
    assert refused.value.reason == "secret_foreign"
    with pytest.raises(Rejected) as refused:
        await SiteVerify(http, secrets, {ChallengeKind.TURNSTILE: "http://127.0.0.1:9/"}).verify(tenant, "t", "p")
    assert refused.value.reason == "secret_foreign"
    site_tokens = JwtSiteTokens(SystemClock(), secrets, KeySets(nothing))
    with pytest.raises(Refused, match="the secret cannot be read") as unusable:
        await site_tokens.verify(tenant, jwt.encode({"iss": "https://www.rival.example"}, VALUE, algorithm="HS256"))
    assert isinstance(unusable.value.__cause__, Rejected)
    assert unusable.value.__cause__.reason == "secret_foreign"


async def nothing(_: str) -> bytes:
    raise AssertionError("no keys are fetched")
