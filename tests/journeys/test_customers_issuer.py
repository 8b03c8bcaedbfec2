"""The local issuer signs customers in as well: the host takes its tokens where a tenant wants mode `oidc`."""

from __future__ import annotations

import httpx

from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from tests.journeys.company import Company
from tests.journeys.stack import Stack


async def test_a_customer_of_the_issuer_is_vouched_for(stack: Stack, company: Company) -> None:
    """The keys come by TLS from the issuer that runs beside the host, through the guard of keys' addresses."""
    issuer = stack.run["issuer"]
    customers, administrators = issuer["customers"], issuer["administrators"]
    settings = SiteTokenSettings(
        issuer=issuer["issuer"],
        audience=customers["application"],
        keys_url=customers["keysUrl"],
        scope="access_as_user",
    )
    async with (
        httpx.AsyncClient() as http,
        company.tenant_with(authorization=AuthorizationMode.OIDC, site_tokens=settings),
    ):

        async def token(**who: str) -> str:
            answer = await http.post(f"{issuer['url']}/_standin/token", json=who)
            return str(answer.json()["access_token"])

        administrator = await token(application=administrators["application"], person=administrators["people"][0]["id"])
        headers = {"Authorization": f"Bearer {administrator}"}
        address = f"{stack.run['functions']}/api/manage/v1/tenant/try-token"
        customer = await token(application=customers["application"], name="Carla Customer", email="carla@example.com")
        tried = (await http.post(address, json={"token": customer}, headers=headers)).json()
        assert tried["accepted"] is True, tried
        assert tried["customer"]["email"] == "carla@example.com"
        assert tried["customer"]["displayName"] == "Carla Customer"
        tried = (await http.post(address, json={"token": administrator}, headers=headers)).json()
        assert (tried["accepted"], tried["customer"]) == (False, None)
