"""The management API: diagnosis, readiness, what an origin gets, and the ids that refused pages show."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.widget import BASE, widget_contact, widget_start
from shared.adapters.aes_seals import AesSeals
from shared.adapters.memory import MemorySiteTokens
from shared.domain.authorization import AuthorizationMode
from shared.domain.diagnosis import CONDITIONS
from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.errors import NotSent
from shared.domain.licences import Licence
from shared.domain.site_tokens import VerifiedCustomer
from shared.domain.tenants import Tenant
from shared.ports import Credentials, SealPurpose
from tests.functions.office import SALES, Office
from tests.functions.world import (
    ACCESS,
    KEY,
    MARIO,
    ORIGIN,
    OWN_URL,
    SERVICE,
    TEMPLATE,
    TENANT,
    WIDGET_KEY,
    World,
    form,
    json_of,
    request,
)

SNIPPET = f"{{ widgetKey: '{WIDGET_KEY}', serviceId: 'sales' }}"


@pytest.fixture
def office(world: World) -> Office:
    """An office with real seals, and Mario registered with the bot."""
    created = Office(world)
    world.replace(seals=AesSeals(KEY))
    created.use()
    return created


async def diagnosed(office: Office, token: str = "carla", **body: Any) -> Any:
    response = await office.call("POST", "diagnose", body, token=token)
    assert response.status_code == 200, response.get_body()
    return json.loads(response.get_body())


def verdicts(found: Any) -> dict[str, str]:
    return {one["id"]: one["verdict"] for one in found["conditions"]}


def condition(found: Any, name: str) -> Any:
    return next(one for one in found["conditions"] if one["id"] == name)


async def refused_id(**changes: object) -> str:
    """The diagnosis id that a page gets which asks for its contact."""
    query = {"widgetKey": WIDGET_KEY, "serviceId": "sales", **changes}
    origin = str(query.pop("origin", "https://elsewhere.example"))
    asked = "&".join(f"{name}={value}" for name, value in query.items() if value is not None)
    response = await widget_contact(request("GET", f"{BASE}/contact?{asked}", headers={"origin": origin}))
    assert response.status_code >= 400
    return str(json_of(response)["diagnosis"])


async def test_every_condition_is_told_in_its_order_with_setting_and_fix(office: Office) -> None:
    found = await diagnosed(office, origin="https://shop.lunifico.example/lamps", snippet=SNIPPET)
    assert [one["id"] for one in found["conditions"]] == [one.id for one in CONDITIONS]
    assert (found["passed"], found["refusal"]) == (False, "origin_not_allowed")
    assert found["contact"] == {"kind": "service", "id": "sales", "name": "Lunifico Sales"}
    failed = condition(found, "origin_allowed")
    assert failed["setting"] == {"kind": "domainTemplate", "id": "web", "field": "domains"}
    assert "https://shop.lunifico.example" in failed["fix"]
    assert failed["blocks"]


async def test_a_page_that_is_let_in_passes(office: Office) -> None:
    await office.world.application.conversations.register(office.world.activity())
    found = await diagnosed(office, origin=f"{ORIGIN}/lamps", snippet=SNIPPET)
    assert {one["id"] for one in found["conditions"] if one["verdict"] == "fail"} == set()
    assert (found["passed"], found["refusal"], found["origin"]) == (True, None, ORIGIN)


async def test_settings_are_named_as_the_api_names_them(office: Office) -> None:
    office.world.config.put(TENANT.id, replace(TENANT, interact_enabled=False))
    found = await diagnosed(office, serviceId="sales")
    assert condition(found, "interact_enabled")["setting"] == {
        "kind": "tenant", "id": TENANT.id, "field": "interactEnabled",
    }  # fmt: skip
    assert condition(found, "workflow")["setting"]["field"] == "modalities.instantMessaging.workflowId"


async def test_a_change_counts_at_once_whatever_caches_know(office: Office) -> None:
    stored = await office.get("services/sales")
    patch = {"interact": {"active": False}}
    await office.save("PATCH", "services/sales", patch, stored["version"])
    assert verdicts(await diagnosed(office, serviceId="sales"))["interact_active"] == "fail"


async def test_the_snippet_gives_the_ids_and_the_call_comes_before_it(office: Office) -> None:
    found = await diagnosed(office, snippet=SNIPPET, contactId="mario")
    assert found["contact"] == {"kind": "user", "id": "mario", "name": "Mario"}
    both = await diagnosed(office, snippet=f"widgetKey: '{WIDGET_KEY}', serviceId: 'sales', contactId: 'mario'")
    assert both["contact"] is None
    assert verdicts(both)["snippet_complete"] == "fail"


async def test_a_users_id_in_place_of_a_services_is_named(office: Office) -> None:
    found = condition(await diagnosed(office, serviceId="mario"), "contact_known")
    assert "user's id" in found["explanation"]
    assert "contactId" in found["fix"]
    found = condition(await diagnosed(office, contactId="sales"), "contact_known")
    assert "service's id" in found["explanation"]


async def test_the_key_of_another_tenant_is_named_and_nothing_else_of_that_tenant(office: Office) -> None:
    other = Tenant("secret-tenant", "Secret Name", "widget-key-of-another")
    office.world.config.put(other.id, other)
    found = await diagnosed(office, widgetKey=other.widget_key, serviceId="sales")
    assert verdicts(found)["widget_key"] == "pass"
    assert verdicts(found)["key_and_contact"] == "fail"
    text = json.dumps(found)
    assert "secret-tenant" not in text
    assert "Secret Name" not in text


async def test_a_template_of_a_higher_unit_that_was_selected_by_mistake_is_named(office: Office) -> None:
    shop = DomainTemplate("shop", "Shop", "europe", (DomainRow("https", "shop.lunifico.example"),))
    foreign = replace(shop, id="american", name="America", organization_unit_id="america")
    office.world.config.put(TENANT.id, shop, foreign, replace(SERVICE, organization_unit_id="france"))
    found = condition(
        await diagnosed(office, serviceId="sales", origin="https://shop.lunifico.example"), "template_choice"
    )
    assert "'Website' of organization unit 'Lunifico'" in found["explanation"]
    assert "'Shop'" in found["fix"]
    assert found["setting"] == {"kind": "service", "id": "sales", "field": "interact.domainTemplateId"}
    only_american = await diagnosed(office, contactId="mario", origin="https://shop.lunifico.example")
    assert verdicts(only_american)["template_choice"] == "pass"


async def test_a_site_token_is_judged_and_not_used_up(office: Office) -> None:
    office.world.config.put(TENANT.id, replace(TENANT, authorization=AuthorizationMode.SIGNED_TOKEN))
    tokens = MemorySiteTokens()
    tokens.customers[TENANT.id, "good"] = VerifiedCustomer("4711", "Carla Customer", token_id="once")
    office.world.replace(site_tokens=tokens)
    office.use()
    for _ in range(2):
        found = await diagnosed(office, snippet=SNIPPET, accessToken="good", origin=ORIGIN)
        assert verdicts(found)["site_token"] == "pass"
        assert verdicts(found)["token_in_page"] == "fail"
    bad = await diagnosed(office, serviceId="sales", accessToken="bad", widgetKey=WIDGET_KEY, origin=ORIGIN)
    assert bad["refusal"].startswith("site_token_")


class Slow:
    """ACS, which counts who asks."""

    def __init__(self) -> None:
        self.asked = 0

    async def create_visitor(self, tenant: Tenant) -> Credentials:
        self.asked += 1
        raise NotSent("no connection")


async def test_acs_is_asked_now_and_then_however_often_somebody_asks(office: Office) -> None:
    acs = Slow()
    office.world.replace(identity=acs)
    office.use()
    for _ in range(3):
        found = await diagnosed(office, serviceId="sales")
    assert condition(found, "acs")["explanation"] == "no connection"
    assert acs.asked == 1
    office.world.clock.advance(31)
    await diagnosed(office, serviceId="sales")
    assert acs.asked == 2


async def test_what_is_not_for_an_administrators_eyes_looks_as_if_it_were_not_there(office: Office) -> None:
    hidden = verdicts(await diagnosed(office, token="european", serviceId="sales"))
    gone = verdicts(await diagnosed(office, token="european", serviceId="nobody"))
    assert hidden == gone
    assert hidden["contact_known"] == "fail"
    for path in ("services/sales/readiness", f"services/sales/origin?origin={ORIGIN}"):
        assert (await office.problem("GET", path, token="european"))["status"] == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"origin": 1}, "origin"),
        ({"page": "x"}, "page"),
        ({"serviceId": "a", "contactId": "b"}, "serviceId"),
        ({"snippet": "x" * 20_001}, "snippet"),
        ({"accessToken": "x" * 8_193}, "accessToken"),
    ],
)
async def test_what_cannot_be_asked_names_the_field(office: Office, body: dict[str, Any], field: str) -> None:
    problem = await office.problem("POST", "diagnose", body)
    assert (problem["status"], problem["field"]) == (400, field)


async def test_an_empty_question_is_about_the_tenant(office: Office) -> None:
    found = await diagnosed(office)
    assert found["contact"] is None
    assert verdicts(found)["interact_enabled"] == "pass"
    assert verdicts(found)["contact_known"] == "notJudged"


async def test_a_contact_is_ready_once_nothing_keeps_visitors_away(office: Office) -> None:
    found = await office.get("services/sales/readiness")
    assert [one["id"] for one in found["conditions"]] == ["events", "members", "members_registered"]
    assert found["ready"] is False
    await office.world.application.conversations.register(office.world.activity())
    found = await office.get("services/sales/readiness")
    assert (found["ready"], [one["id"] for one in found["conditions"]]) == (True, ["events"])


async def test_readiness_says_of_members_what_the_notes_say(office: Office) -> None:
    members = ("mario", "luisa", "nobody")
    office.world.config.put(
        TENANT.id, replace(SERVICE, members=members), replace(MARIO, licences=frozenset({Licence.INTERACT}))
    )
    noted = {one["rule"] for one in (await office.get("services/sales/notes"))["notes"]}
    assert noted == {"no_instant_messaging_licence", "not_registered_with_bot", "unknown_user"}
    found = verdicts(await office.get("services/sales/readiness"))
    assert {one for one, verdict in found.items() if verdict == "fail"} == {
        "members", "members_known", "members_licensed", "members_registered",
    }  # fmt: skip


async def test_a_user_is_ready_once_registered(office: Office) -> None:
    assert (await office.get("users/mario/readiness"))["conditions"][-1]["id"] == "members_registered"
    await office.world.application.conversations.register(office.world.activity())
    assert (await office.get("users/mario/readiness"))["ready"] is True
    assert (await office.problem("GET", "users/nobody/readiness"))["status"] == 404


async def test_an_origin_is_explained_by_its_row(office: Office) -> None:
    found = await office.get(f"services/sales/origin?origin={ORIGIN}/lamps")
    assert (found["allowed"], found["restricted"], found["origin"]) == (True, True, ORIGIN)
    assert found["row"] == {"row": 1, "protocol": "https://", "domain": "www.lunifico.example", "port": None}
    assert found["template"]["name"] == "Website"


async def test_an_origin_that_is_refused_is_explained_by_what_nearly_matches(office: Office) -> None:
    found = await office.get("services/sales/origin?origin=http://www.lunifico.example:8080")
    assert (found["allowed"], found["row"]) == (False, None)
    assert [one["difference"] for one in found["nearMisses"]] == ["protocol"]
    office.world.config.put(TENANT.id, replace(SERVICE, interact=replace(ACCESS, restrict_access=False)))
    free = await office.get("services/sales/origin?origin=http://www.lunifico.example:8080")
    assert (free["allowed"], free["restricted"], free["nearMisses"]) == (True, False, [])


async def test_what_is_no_origin_is_said(office: Office) -> None:
    problem = await office.problem("GET", "services/sales/origin?origin=null")
    assert (problem["status"], problem["field"]) == (400, "origin")
    assert "sandboxed" in problem["detail"]


# --- Diagnosis ids ---------------------------------------------------------------------------------------------------


async def test_an_administrator_looks_up_what_a_page_was_refused_for(office: Office) -> None:
    sealed = await refused_id(origin="https://shop.lunifico.example")
    found = await office.get(f"diagnoses/{sealed}")
    refused = found["refused"]
    assert (refused["code"], refused["condition"], refused["now"]) == ("origin_not_allowed", "origin_allowed", "fail")
    assert (refused["kind"], refused["id"], refused["origin"]) == ("service", "sales", "https://shop.lunifico.example")
    assert condition(found["diagnosis"], "origin_allowed")["setting"]["id"] == "web"


async def test_a_start_gives_an_id_as_well_and_it_says_how_it_is_now(office: Office) -> None:
    headers = {"origin": "https://shop.lunifico.example"}
    answer = await widget_start(request("POST", f"{BASE}/sessions", form(), headers=headers))
    sealed = json_of(answer)["diagnosis"]
    rows = (*TEMPLATE.domains, DomainRow("https", "shop.lunifico.example"))
    office.world.config.put(TENANT.id, replace(TEMPLATE, domains=rows))
    found = await office.get(f"diagnoses/{sealed}")
    assert (found["refused"]["code"], found["refused"]["now"]) == ("origin_not_allowed", "pass")


async def test_the_page_learns_nothing_from_it_not_even_from_its_length(office: Office) -> None:
    lengths = {len(await refused_id())}
    office.world.config.put(TENANT.id, replace(TENANT, interact_enabled=False))
    lengths.add(len(await refused_id()))
    office.world.config.put(TENANT.id, TENANT, replace(SERVICE, licences=frozenset()))
    lengths.add(len(await refused_id()))
    lengths.add(len(await refused_id(widgetKey="x" * len(WIDGET_KEY))))
    assert len(lengths) == 1


async def test_an_id_is_nothing_to_another_tenant(office: Office) -> None:
    sealed = await refused_id()
    other = Tenant("another", "Another", "widget-key-of-another")
    office.world.config.put(other.id, other)
    assert (await office.problem("GET", f"diagnoses/{sealed}", token="stranger"))["status"] == 404


async def test_an_id_about_a_contact_is_for_those_who_see_it(office: Office) -> None:
    sealed = await refused_id()
    assert (await office.problem("GET", f"diagnoses/{sealed}", token="european"))["status"] == 404
    assert (await office.call("GET", f"diagnoses/{sealed}", token="reader")).status_code == 200


async def test_where_no_tenant_has_the_key_the_id_is_for_whoever_has_the_contact(office: Office) -> None:
    sealed = await refused_id(widgetKey="nobody's")
    found = await office.get(f"diagnoses/{sealed}")
    assert (found["refused"]["code"], found["refused"]["widgetKey"]) == ("widget_key_unknown", "nobody's")
    assert (await office.problem("GET", f"diagnoses/{sealed}", token="european"))["status"] == 404


async def test_a_page_without_an_origin_is_told_so(office: Office) -> None:
    found = await office.get(f"diagnoses/{await refused_id(origin='null')}")
    assert found["refused"]["code"] == "origin_missing"
    assert "sandboxed" in condition(found["diagnosis"], "origin_usable")["explanation"]
    nothing = await office.get(f"diagnoses/{await refused_id(origin='')}")
    assert nothing["refused"]["origin"] is None
    assert "named no Origin" in condition(nothing["diagnosis"], "origin_usable")["explanation"]


async def test_a_page_of_our_own_is_named_by_the_address_that_the_browser_vouches_for(office: Office) -> None:
    asked = f"{BASE}/contact?widgetKey={WIDGET_KEY}&serviceId=sales"
    answer = await widget_contact(request("GET", asked, headers={"origin": "", "sec-fetch-site": "same-origin"}))
    found = await office.get(f"diagnoses/{json_of(answer)['diagnosis']}")
    assert (found["refused"]["code"], found["refused"]["origin"]) == ("origin_not_allowed", OWN_URL)


@pytest.mark.parametrize("text", ["x", "A" * 300, "A" * 3_000, "%2e%2e", "ä", "-"])
async def test_what_is_no_id_is_not_found(office: Office, text: str) -> None:
    assert (await office.problem("GET", f"diagnoses/{text}"))["status"] == 404


async def test_a_pass_of_a_preview_is_no_id(office: Office) -> None:
    sealed = office.world.ports.seals.seal(SealPurpose.PREVIEW_PASS, b"{}")
    assert (await office.problem("GET", f"diagnoses/{sealed}"))["status"] == 404


async def test_a_limit_that_is_used_up_is_seen(office: Office) -> None:
    limits = replace(TENANT.rate_limits, contact_starts=1)
    office.world.config.put(TENANT.id, replace(TENANT, rate_limits=limits))
    assert verdicts(await diagnosed(office, serviceId="sales"))["rate_limits"] == "pass"
    for key in ("a" * 22, "b" * 22):
        await widget_start(request("POST", f"{BASE}/sessions", form(idempotencyKey=key)))
    found = condition(await diagnosed(office, serviceId="sales"), "rate_limits")
    assert (found["verdict"], "starts of one contact" in found["explanation"]) == ("fail", True)


async def test_the_deployments_own_script_is_the_right_one(office: Office) -> None:
    for script, verdict in (
        (f"{OWN_URL}/widget/interact.js", "pass"),
        ("https://x.example/widget/interact.js", "fail"),
    ):
        text = f'<script src="{script}"></script><script>push({SNIPPET})</script>'
        assert verdicts(await diagnosed(office, snippet=text))["snippet_script"] == verdict


async def test_a_service_that_is_sold_out_says_so(office: Office) -> None:
    await office.create("services", {**SALES, "distribution": {"concurrencyCap": 1}})
    found = condition(await diagnosed(office, serviceId="orders"), "concurrency_cap")
    assert found["explanation"] == "0 of 1 places for tasks are taken"
    assert found["setting"] == {"kind": "service", "id": "orders", "field": "distribution.concurrencyCap"}
