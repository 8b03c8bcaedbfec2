"""Tokens: the claims of Entra's version 2, keys and their rollover, refreshing; what the host's validation takes."""

from __future__ import annotations

import json
import time as real_time
from pathlib import Path

import jwt
import pytest

from local import demo
from local.serving import serving
from shared.adapters.entra_administrators import EntraAdministrators, SignIn
from shared.adapters.http_session import HttpSession
from shared.adapters.key_sets import KeySets
from shared.adapters.memory import MemoryConfigStore, MemorySecrets
from shared.adapters.site_tokens import JwtSiteTokens
from shared.adapters.system import SystemClock
from shared.domain.administrators import Role
from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from shared.domain.errors import Unauthenticated
from shared.domain.tenants import Tenant
from tests.local.issuer.client import ADMIN, BASE, BOSS, NOBODY, SITE, TENANT, Client, Time, error_of


async def test_the_discovery_document_names_its_own_issuer(client: Client) -> None:
    document = await client.discover()
    assert document["issuer"] == f"{BASE}/{TENANT}/v2.0"
    needed = {"authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported"}
    assert needed | {"subject_types_supported", "id_token_signing_alg_values_supported"} <= document.keys()
    assert document["code_challenge_methods_supported"] == ["S256"]


async def test_an_access_token_looks_like_one_of_entra(client: Client, time: Time) -> None:
    token = (await client.signed_in())["access_token"]
    claims = await client.claims(token)
    assert jwt.get_unverified_header(token).keys() == {"alg", "kid", "typ"}
    expected = {
        "aud": ADMIN.id,
        "iss": f"{BASE}/{TENANT}/v2.0",
        "tid": TENANT,
        "oid": BOSS.id,
        "name": BOSS.name,
        "preferred_username": BOSS.user_principal_name,
        "roles": ["TenantAdministrator"],
        "scp": "access_as_user",
        "ver": "2.0",
        "exp": int(time.now) + 3600,
    }
    assert expected.items() <= claims.items()
    assert claims["nbf"] <= time.now
    # As in Entra: the subject is another for each application, and does not tell the object id.
    assert BOSS.id not in claims["sub"]


async def test_only_what_was_asked_for_is_given(client: Client) -> None:
    bare = await client.signed_in(request=client.request(scope=f"{ADMIN.id}/.default"))
    assert not {"id_token", "refresh_token"} & bare.keys()


async def test_a_refresh_token_gives_new_tokens(client: Client, time: Time) -> None:
    first = await client.signed_in()
    time.now += 3_000
    answer = await client.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    renewed = answer.json()
    assert (await client.claims(renewed["access_token"]))["exp"] == int(time.now) + 3600
    assert renewed["refresh_token"] != first["refresh_token"]


async def test_refresh_tokens_and_keys_survive_a_restart(client: Client) -> None:
    first = await client.signed_in()
    client.start()
    answer = await client.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert answer.status_code == 200
    await client.claims(first["access_token"])


async def test_a_refresh_token_ends_and_is_for_one_application(client: Client, time: Time) -> None:
    token = (await client.signed_in())["refresh_token"]
    given = {"grant_type": "refresh_token", "refresh_token": token}
    assert error_of(await client.token(**{**given, "client_id": SITE.id})) == "invalid_grant"
    assert error_of(await client.token(**{**given, "refresh_token": f"{token}x"})) == "invalid_grant"
    time.now += client.options.refresh_token_lifetime + 1
    assert error_of(await client.token(**given)) == "invalid_grant"


async def test_access_and_id_tokens_refresh_nothing(client: Client) -> None:
    first = await client.signed_in()
    for name in ("access_token", "id_token"):
        answer = await client.token(grant_type="refresh_token", refresh_token=first[name])
        assert error_of(answer) == "invalid_grant"


async def test_a_refresh_asks_for_no_more_than_was_granted(client: Client) -> None:
    request = client.request(scope=f"offline_access {ADMIN.id}/.default")
    token = (await client.signed_in(request=request))["refresh_token"]
    answer = await client.token(grant_type="refresh_token", refresh_token=token, scope="openid")
    assert error_of(answer) == "invalid_scope"


async def test_keys_roll_over_and_old_tokens_still_count(client: Client) -> None:
    before = (await client.signed_in())["access_token"]
    for _ in range(2):
        await client.http.post("/_standin/roll-over")
    after = (await client.signed_in())["access_token"]
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    await client.claims(before)
    await client.claims(after)
    client.start()
    await client.claims(after)


async def test_the_next_key_is_published_before_it_signs(client: Client) -> None:
    keys_url = (await client.discover())["jwks_uri"]
    published = {key["kid"] for key in (await client.http.get(keys_url)).json()["keys"]}
    await client.http.post("/_standin/roll-over")
    assert jwt.get_unverified_header((await client.signed_in())["access_token"])["kid"] in published


async def test_old_keys_are_forgotten_in_the_end(client: Client) -> None:
    keys_url = (await client.discover())["jwks_uri"]
    for _ in range(3):
        await client.http.post("/_standin/roll-over")
    published = (await client.http.get(keys_url)).json()["keys"]
    client.start()
    assert len(published) == 4
    assert (await client.http.get(keys_url)).json()["keys"] == published


async def test_keys_are_for_their_user_only(client: Client) -> None:
    directory = client.options.data_directory
    assert directory is not None
    files = list(directory.iterdir())
    assert len(files) == 3
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    published = (await client.http.get((await client.discover())["jwks_uri"])).json()["keys"]
    assert {"d", "p", "q"} & published[0].keys() == set()


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request"),
        ({"client_id": "made-up", "grant_type": "refresh_token"}, "unauthorized_client"),
    ],
)
async def test_what_is_no_request_is_refused(client: Client, form: dict[str, str], error: str) -> None:
    assert error_of(await client.token(**form)) == error


async def test_a_request_is_a_form_without_repetitions(client: Client) -> None:
    endpoint = (await client.discover())["token_endpoint"]
    as_json = await client.http.post(endpoint, json={"client_id": ADMIN.id})
    twice = await client.http.post(
        endpoint,
        content=f"client_id={ADMIN.id}&client_id={SITE.id}",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert (error_of(as_json), error_of(twice)) == ("invalid_request", "invalid_request")


async def test_the_hosts_own_validation_takes_them(client: Client, time: Time) -> None:
    """Nothing between: the adapter that runs in Azure gets the keys by HTTP, before and after a rollover."""
    time.now = real_time.time()
    http = HttpSession()
    config = MemoryConfigStore(Tenant(TENANT, "Lunifico", "widget-key-of-lunifico"))
    async with serving(client.app) as server:
        keys_url = client.options.keys_url.replace(BASE, server.url)
        administrators = EntraAdministrators(SignIn(client.options.issuer, ADMIN.id, keys_url), http, config)
        for _ in range(2):
            found = await administrators.of((await client.signed_in())["access_token"])
            assert (found.id, found.tenant_id) == (BOSS.id, TENANT)
            assert found.roles == {Role.TENANT_ADMINISTRATOR}
            await client.http.post("/_standin/roll-over")
        without_roles = await client.signed_in(person=NOBODY.id)
        of_customer = await client.signed_in(SITE, name="Carla", email="carla@example.com")
        for answer in (without_roles, of_customer):
            with pytest.raises(Unauthenticated):
                await administrators.of(answer["access_token"])
        await http.close()


async def test_the_hosts_own_validation_of_customers_takes_them(client: Client, time: Time) -> None:
    time.now = real_time.time()
    token = (await client.signed_in(SITE, name="Carla Customer", email="carla@example.com"))["access_token"]
    settings = SiteTokenSettings(
        issuer=client.options.issuer, audience=SITE.id, keys_url="https://localhost/keys", scope="access_as_user"
    )
    tenant = Tenant(TENANT, "Lunifico", "key", authorization=AuthorizationMode.OIDC, site_tokens=settings)

    async def fetch(_: str) -> bytes:
        return (await client.http.get(client.options.keys_url)).content

    verified = await JwtSiteTokens(SystemClock(), MemorySecrets(), KeySets(fetch)).verify(tenant, token)
    assert (verified.display_name, verified.email) == ("Carla Customer", "carla@example.com")


async def test_a_token_without_a_browser_for_tests_and_tools(client: Client) -> None:
    people = (await client.http.get("/_standin/people")).json()
    assert people[0] == {"id": BOSS.id, "name": BOSS.name, "roles": ["TenantAdministrator"]}
    answer = await client.http.post("/_standin/token", json={"application": ADMIN.id, "person": BOSS.id})
    assert (await client.claims(answer.json()["access_token"]))["oid"] == BOSS.id
    wrong = await client.http.post("/_standin/token", json={"application": ADMIN.id, "person": "made-up"})
    assert error_of(wrong) == "invalid_request"


def test_the_demo_has_an_administrator_of_each_role() -> None:
    roles = json.loads((Path(__file__).parents[3] / "infra" / "entra" / "app-roles.json").read_text("utf-8"))
    assert [one.role for one in demo.ADMINISTRATORS] == [role["value"] for role in roles]
    assert [one.name for one in demo.ADMINISTRATORS] == [role["displayName"] for role in roles]
