"""The management API: the tenant's settings, with ACS, widget key, tokens to try, and licences."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from functions.widget import BASE, widget_contact
from shared.adapters.memory import ManualClock, MemoryIdentity, MemorySiteTokens
from shared.adapters.system import SystemIds
from shared.domain.authorization import AuthorizationMode
from shared.domain.documents import Kind
from shared.domain.errors import NotSent, PortError, Rejected
from shared.domain.site_tokens import VerifiedCustomer
from shared.domain.tenants import Tenant
from shared.ports import Credentials
from tests.functions.office import SALES, Office
from tests.functions.world import RESOURCE, TENANT, WIDGET_KEY, request

CONNECTION = "endpoint=https://lunifico.communication.azure.com/;accesskey=c2VjcmV0LWtleS1vZi1sdW5pZmljbw=="


async def version(office: Office) -> str:
    return str((await office.get("tenant"))["version"])


async def patched(office: Office, **changes: Any) -> Any:
    return await office.save("PATCH", "tenant", changes, await version(office))


async def let_in(key: str) -> bool:
    """Whether a widget with this key is let in."""
    asked = f"{BASE}/contact?widgetKey={key}&serviceId=sales"
    status: int = (await widget_contact(request("GET", asked))).status_code
    return status == 200


async def test_the_settings_of_the_extensions_tab_are_read_and_changed(office: Office) -> None:
    changed = await patched(office, sessionRecoveryTimeout=120, interactEnabled=False, testUpn="mario@lunifico.example")
    assert (changed["sessionRecoveryTimeout"], changed["interactEnabled"]) == (120, False)
    assert not await let_in(WIDGET_KEY)


async def test_the_first_administrator_sets_the_tenant_up_and_gets_a_widget_key(office: Office) -> None:
    office.world.config.remove(TENANT.id, Kind.TENANT, TENANT.id)
    body = {"name": "Lunifico", "acsSecret": "keyvault:acs", "acsResourceId": RESOURCE, "interactEnabled": True}
    response = await office.call("PUT", "tenant", body, headers={"if-none-match": "*"})
    created = json.loads(response.get_body())
    assert (response.status_code, created["id"]) == (201, TENANT.id)
    assert len(created["widgetKey"]) >= 16
    (entry,) = (await office.get("audit?kind=tenant"))["items"]
    assert (entry["what"], entry["by"]["name"], entry["before"]) == ("created", "Carla", None)


async def test_of_two_who_set_the_tenant_up_the_second_is_told_and_overwrites_nothing(office: Office) -> None:
    office.world.config.remove(TENANT.id, Kind.TENANT, TENANT.id)
    if_new = {"if-none-match": "*"}
    assert (await office.call("PUT", "tenant", {"name": "Lunifico"}, headers=if_new)).status_code == 201
    key = (await office.get("tenant"))["widgetKey"]
    problem = await office.problem("PUT", "tenant", {"name": "Elsewhere"}, token="otto", headers=if_new)
    assert (problem["status"], problem["code"]) == (409, "already_exists")
    tenant = await office.get("tenant")
    assert (tenant["name"], tenant["widgetKey"]) == ("Lunifico", key)


@pytest.mark.parametrize("token", ["european", "reader", "workflows"])
async def test_a_tenant_is_set_up_by_a_tenant_administrator_only(office: Office, token: str) -> None:
    office.world.config.remove(TENANT.id, Kind.TENANT, TENANT.id)
    problem = await office.problem("PUT", "tenant", {"name": "Lunifico"}, token=token, headers={"if-none-match": "*"})
    assert (problem["status"], problem["code"]) == (403, "role_missing")
    assert (await office.problem("GET", "tenant"))["status"] == 404


async def test_a_tenant_that_would_not_work_is_not_set_up(office: Office) -> None:
    office.world.config.remove(TENANT.id, Kind.TENANT, TENANT.id)
    body = {"name": "Lunifico", "interactEnabled": True, "acsSecret": CONNECTION}
    problem = await office.problem("PUT", "tenant", body, headers={"if-none-match": "*"})
    assert {(one["rule"], one["field"]) for one in problem["findings"]} == {
        ("secret_reference", "acsSecret"),
        ("acs_missing", "acsResourceId"),
    }
    assert (await office.problem("GET", "tenant"))["status"] == 404


async def test_settings_that_are_replaced_without_a_widget_key_keep_it(office: Office) -> None:
    rotated = json.loads((await office.call("POST", "tenant/widget-key/rotate", {"overlapHours": 2})).get_body())
    body = {"name": "Lunifico AG", "acsSecret": "keyvault:acs", "acsResourceId": RESOURCE, "interactEnabled": True}
    response = await office.call("PUT", "tenant", body, headers={"if-match": f'"{rotated["version"]}"'})
    replaced = json.loads(response.get_body())
    for name in ("widgetKey", "previousWidgetKey", "previousWidgetKeyUntil"):
        assert replaced[name] == rotated[name]


async def test_a_tenant_is_that_of_the_administrator(office: Office) -> None:
    problem = await office.problem("PATCH", "tenant", {"id": "another"}, headers={"if-match": "*"})
    assert (problem["status"], problem["field"]) == (400, "id")


async def test_the_connection_string_is_kept_as_a_secret_and_never_shown(office: Office) -> None:
    changed = await patched(office, acsConnectionString=CONNECTION)
    reference = changed["acsSecret"]
    assert office.secrets.values[reference] == CONNECTION
    told = [changed, await office.get("tenant"), await office.get("audit")]
    assert "accesskey" not in json.dumps(told)
    assert "acsConnectionString" not in changed


@pytest.mark.parametrize(
    "wrong",
    [
        "endpoint=http://lunifico.communication.azure.com/;accesskey=c2VjcmV0LWtleS1vZi1sdW5pZmljbw==",
        "endpoint=https://127.0.0.1/;accesskey=c2VjcmV0LWtleS1vZi1sdW5pZmljbw==",
        "endpoint=https://communication.azure.com.evil.example/;accesskey=c2VjcmV0LWtleS1vZi1sdW5pZmljbw==",
        "c2VjcmV0LWtleS1vZi1sdW5pZmljbw==",
        "",
    ],
)
async def test_what_is_no_connection_string_is_refused_and_not_repeated(office: Office, wrong: str) -> None:
    body = {"acsConnectionString": wrong}
    response = await office.call("PATCH", "tenant", body, headers={"if-match": "*"})
    assert response.status_code == 422
    assert b"c2VjcmV0" not in response.get_body()
    assert office.secrets.values == {}


async def test_a_pasted_secret_is_refused_where_a_reference_belongs(office: Office) -> None:
    headers = {"if-match": "*"}
    response = await office.call("PATCH", "tenant", {"acsSecret": CONNECTION}, headers=headers)
    assert [one["rule"] for one in json.loads(response.get_body())["findings"]] == ["secret_reference"]
    assert b"accesskey" not in response.get_body()


async def test_where_secrets_are_settings_that_is_said(office: Office) -> None:
    class Settings:
        def refusal(self, tenant_id: str, reference: str) -> str:
            return ""

        async def get(self, tenant_id: str, reference: str) -> str:
            raise Rejected("nothing here", "secret_missing")

        async def put(self, name: str, value: str) -> str:
            raise Rejected("put the secret into a setting INTERACT_SECRET_…", "secrets_read_only")

    office.world.replace(secrets=Settings())
    office.use()
    for problem in (
        await office.problem("PATCH", "tenant", {"acsConnectionString": CONNECTION}, headers={"if-match": "*"}),
        await office.problem("POST", "tenant/site-secret"),
    ):
        assert (problem["status"], problem["code"]) == (409, "secrets_read_only")
        assert "INTERACT_SECRET_" in problem["detail"]


async def test_a_secret_for_site_tokens_is_generated_and_shown_once(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.world.replace(ids=SystemIds())
    office.use()
    with caplog.at_level(logging.DEBUG):
        answer = await office.call("POST", "tenant/site-secret")
    made = json.loads(answer.get_body())
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert len(bytes.fromhex(made["secret"])) >= 32
    assert office.secrets.values[made["reference"]] == made["secret"]

    changed = await patched(
        office,
        authorization="signedToken",
        siteTokens={"issuer": "https://www.lunifico.example", "audience": "interact", "secret": made["reference"]},
    )
    assert changed["siteTokens"]["secret"] == made["reference"]
    told = json.dumps([changed, await office.get("tenant"), await office.get("audit")])
    assert made["secret"] not in told + caplog.text


async def test_each_secret_for_site_tokens_has_a_name_of_its_own_so_the_one_before_goes_on(office: Office) -> None:
    before = json.loads((await office.call("POST", "tenant/site-secret")).get_body())
    after = json.loads((await office.call("POST", "tenant/site-secret")).get_body())
    assert before["reference"] != after["reference"]
    assert office.secrets.values[before["reference"]] == before["secret"] != after["secret"]


class Watched(MemoryIdentity):
    """Remembers whose tokens were revoked."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.revoked: list[str] = []

    async def revoke_tokens(self, tenant: Tenant, visitor_id: str) -> None:
        assert self.tokens[visitor_id]
        self.revoked.append(visitor_id)
        await super().revoke_tokens(tenant, visitor_id)


async def test_the_check_really_creates_a_token_and_revokes_it(office: Office) -> None:
    identity = Watched(office.world.clock)
    office.world.replace(identity=identity)
    office.use()
    answer = await office.call("POST", "tenant/check-acs")
    told = json.loads(answer.get_body())
    assert (told["passed"], [(one["step"], one["passed"]) for one in told["steps"]]) == (
        True,
        [("resource", True), ("create", True), ("revoke", True)],
    )
    assert len(identity.revoked) == 1
    assert identity.visitors == []


class Broken:
    """An ACS resource that answers each call with this failure."""

    def __init__(self, failure: PortError) -> None:
        self.failure = failure

    async def create_visitor(self, tenant: Tenant) -> Credentials:
        raise self.failure


@pytest.mark.parametrize(
    ("failure", "fix"),
    [
        (Rejected("creating an identity was answered 401", "401"), "access key"),
        (Rejected("there is no secret", "secret_missing"), "secret"),
        (NotSent("no connection"), "endpoint"),
    ],
)
async def test_the_check_says_what_failed_and_how_to_mend_it(office: Office, failure: PortError, fix: str) -> None:
    office.world.replace(identity=Broken(failure))
    office.use()
    told = json.loads((await office.call("POST", "tenant/check-acs")).get_body())
    assert told["passed"] is False
    last = told["steps"][-1]
    assert (last["step"], last["passed"], last["explanation"]) == ("create", False, str(failure))
    assert fix in last["fix"]


async def test_after_a_rotation_both_keys_work_for_a_while(office: Office) -> None:
    office.world.config.clock = office.world.clock
    answer = await office.call("POST", "tenant/widget-key/rotate", {"overlapHours": 2})
    rotated = json.loads(answer.get_body())
    assert rotated["previousWidgetKey"] == WIDGET_KEY
    assert await let_in(WIDGET_KEY)
    assert await let_in(rotated["widgetKey"])
    office.world.clock.advance(2 * 3600)
    assert not await let_in(WIDGET_KEY)
    assert await let_in(rotated["widgetKey"])


async def test_without_an_overlap_the_key_before_is_over_at_once(office: Office) -> None:
    rotated = json.loads((await office.call("POST", "tenant/widget-key/rotate", {"overlapHours": 0})).get_body())
    assert (rotated["previousWidgetKey"], rotated["previousWidgetKeyUntil"]) == ("", None)
    assert not await let_in(WIDGET_KEY)


@pytest.mark.parametrize("hours", [-1, 99_999, "2", True, None, 1.5])
async def test_an_overlap_is_a_number_of_hours(office: Office, hours: Any) -> None:
    problem = await office.problem("POST", "tenant/widget-key/rotate", {"overlapHours": hours})
    assert (problem["status"], problem["field"]) == (400, "overlapHours")


async def test_a_token_can_be_tried(office: Office) -> None:
    refused = json.loads((await office.call("POST", "tenant/try-token", {"token": "x"})).get_body())
    assert (refused["accepted"], refused["code"]) == (False, "authorization_none")
    tenant = replace(TENANT, authorization=AuthorizationMode.SIGNED_TOKEN)
    office.world.config.put(TENANT.id, tenant)
    tokens = MemorySiteTokens()
    tokens.customers[TENANT.id, "good"] = VerifiedCustomer("4711", "Carla Customer")
    office.world.replace(site_tokens=tokens)
    office.use()
    tried = json.loads((await office.call("POST", "tenant/try-token", {"token": "good"})).get_body())
    assert (tried["accepted"], tried["customer"]["subject"]) == (True, "4711")
    unknown = json.loads((await office.call("POST", "tenant/try-token", {"token": "bad"})).get_body())
    assert unknown["accepted"] is False
    assert unknown["code"].startswith("site_token_")


async def test_licences_are_counted_against_those_that_were_bought(office: Office) -> None:
    await patched(office, licencesBought={"interact": 3})
    told = {one["licence"]: one for one in (await office.get("licences"))["items"]}
    assert told["interact"] == {
        "licence": "interact", "used": 3, "usedByUsers": 2, "usedByServices": 1, "bought": 3,
    }  # fmt: skip
    assert told["enterprise"]["bought"] is None
    problem = await office.problem("POST", "services", SALES)
    assert [one["rule"] for one in problem["findings"]] == ["licences_used_up"]


async def test_instant_messaging_is_set_after_the_tenant_has_enabled_it(office: Office) -> None:
    await patched(office, instantMessagingEnabled=False)
    problem = await office.problem("POST", "services", SALES)
    assert {one["rule"] for one in problem["findings"]} == {"instant_messaging_disabled"}
    await patched(office, instantMessagingEnabled=True)
    await office.create("services", SALES)


async def test_what_needs_graph_says_that_it_is_not_connected(office: Office) -> None:
    guests = ["svc1@partner.example", "svc2@partner.example"]
    await patched(office, instantMessagingGuests=guests, testUpn="mario@lunifico.example")
    told = await office.get("tenant/instant-messaging")
    assert (told["enabled"], told["state"], told["permissionLink"]) == (True, "notConnected", None)
    assert [one["upn"] for one in told["guests"]] == guests
    assert (await office.problem("POST", "tenant/instant-messaging/test"))["code"] == "not_connected"
    problem = await office.problem(
        "PATCH", "tenant", {"instantMessagingGuests": ["x", *guests]}, headers={"if-match": "*"}
    )
    assert {one["rule"] for one in problem["findings"]} == {"upn", "too_many"}
