"""Administrators: whose access tokens of Microsoft Entra ID make somebody one."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.serving import serving
from shared.adapters.entra_administrators import ROLES, EntraAdministrators, SignIn
from shared.adapters.http_session import HttpSession
from shared.adapters.memory import MemoryConfigStore
from shared.domain.administrators import Role
from shared.domain.errors import PortError, Unauthenticated
from shared.domain.tenants import Tenant
from shared.domain.users import User

ROOT = Path(__file__).parents[2]
ISSUER, AUDIENCE = "https://login.example/lunifico/v2.0", "the-management-api"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
LUISA = User("luisa", "Luisa", "luisa@lunifico.example", "support")


def token(key: Any = KEY, headers: dict[str, Any] | None = None, **changes: Any) -> str:
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "tid": "lunifico",
        "oid": "luisa",
        "name": "Luisa",
        "roles": ["TenantAdministrator"],
        "nbf": now - 5,
        "exp": now + 3600,
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm="RS256", headers={"kid": "one", **(headers or {})})


class Keys:
    """The issuer's keys; `status` is what it answers with."""

    status = 200

    async def answer(self, _: Request) -> Response:
        public = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
        return JSONResponse({"keys": [{**public, "kid": "one", "use": "sig"}]}, self.status)


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
async def administrators(keys: Keys) -> AsyncIterator[EntraAdministrators]:
    http = HttpSession()
    config = MemoryConfigStore(Tenant("lunifico", "Lunifico", "widget-key-of-lunifico"), LUISA)
    async with serving(Starlette(routes=[Route("/keys", keys.answer)])) as server:
        yield EntraAdministrators(SignIn(ISSUER, AUDIENCE, f"{server.url}/keys"), http, config)
        await http.close()


async def test_a_good_token_says_who_it_is_with_which_roles(administrators: EntraAdministrators) -> None:
    found = await administrators.of(token(roles=["Reader", "WorkflowAdministrator", "SomethingElse"]))

    assert (found.id, found.name, found.tenant_id) == ("luisa", "Luisa", "lunifico")
    assert found.roles == {Role.READER, Role.WORKFLOW_ADMINISTRATOR}


def test_the_roles_are_those_that_the_registration_gets() -> None:
    app_roles = json.loads((ROOT / "infra" / "entra" / "app-roles.json").read_text("utf-8"))
    assert {role["value"] for role in app_roles} == set(ROLES)


async def test_only_the_role_that_needs_a_unit_gets_that_of_the_user(administrators: EntraAdministrators) -> None:
    assert (await administrators.of(token(roles=["Reader"]))).organization_unit_id is None
    both = await administrators.of(token(roles=["Reader", "OrganizationUnitAdministrator"]))
    assert both.organization_unit_id == "support"


async def test_the_unit_is_that_of_the_user(administrators: EntraAdministrators) -> None:
    found = await administrators.of(token(roles=["OrganizationUnitAdministrator"]))
    stranger = await administrators.of(token(roles=["OrganizationUnitAdministrator"], oid="nobody"))

    assert (found.organization_unit_id, stranger.organization_unit_id) == ("support", None)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("", id="nothing"),
        pytest.param("a.b.c", id="no JWT"),
        pytest.param(token(OTHER_KEY), id="signed with another key"),
        pytest.param(token(headers={"kid": "two"}), id="names a key that the issuer does not have"),
        pytest.param(token(iss="https://login.example/other/v2.0"), id="another issuer"),
        pytest.param(token(aud="another-api"), id="for another application"),
        pytest.param(token(exp=int(time.time()) - 3600), id="expired"),
        pytest.param(token(nbf=int(time.time()) + 3600), id="not valid yet"),
        pytest.param(token(exp=None), id="without an end"),
        pytest.param(token(roles=None), id="without roles"),
        pytest.param(token(roles="TenantAdministrator"), id="roles that are no list"),
        pytest.param(token(roles=["Tenant Administrator"]), id="an unknown role"),
        pytest.param(token(tid=None), id="of no tenant"),
        pytest.param(token(oid=7), id="an id that is no text"),
        pytest.param(jwt.encode({"iss": ISSUER}, "", algorithm="none", headers={"kid": "one"}), id="unsigned"),
        pytest.param(
            jwt.encode({"iss": ISSUER}, "x" * 64, algorithm="HS256", headers={"kid": "one"}), id="another algorithm"
        ),
    ],
)
async def test_nobody_else_is_an_administrator(administrators: EntraAdministrators, bad: str) -> None:
    with pytest.raises(Unauthenticated):
        await administrators.of(bad)


async def test_while_the_keys_cannot_be_had_nobody_is_told_that_the_token_is_bad(
    administrators: EntraAdministrators, keys: Keys
) -> None:
    keys.status = 503
    with pytest.raises(PortError):
        await administrators.of(token())
