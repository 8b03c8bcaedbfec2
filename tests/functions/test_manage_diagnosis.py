"""The management API: every condition of a conversation, for a page, a snippet or a contact."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.widget import BASE, widget_start
from shared.adapters.memory import MemorySiteTokens
from shared.domain.authorization import AuthorizationMode
from shared.domain.diagnosis import CONDITIONS
from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.errors import NotSent
from shared.domain.site_tokens import VerifiedCustomer
from shared.domain.tenants import Tenant
from shared.ports import Credentials
from tests.functions.diagnosing import SNIPPET, condition, diagnosed, verdicts, with_seals
from tests.functions.office import SALES, Office
from tests.functions.world import (
    ORIGIN,
    OWN_URL,
    SERVICE,
    TENANT,
    WIDGET_KEY,
    World,
    form,
    request,
)


@pytest.fixture
def office(world: World) -> Office:
    return with_seals(world)


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


async def test_titles_and_fixes_are_told_in_german_with_their_values(office: Office) -> None:
    page = "https://shop.lunifico.example/lamps"
    found = await diagnosed(office, language="de-CH", origin=page, snippet=SNIPPET)
    refused = condition(found, "origin_allowed")
    assert refused["title"] == "Die Domänenvorlage erlaubt den Ursprung"
    assert refused["fix"].startswith("Fügen Sie eine Zeile für https://shop.lunifico.example hinzu")
    english = await diagnosed(office, origin=page, snippet=SNIPPET)
    assert [one["id"] for one in english["conditions"]] == [one["id"] for one in found["conditions"]]
    both = zip(found["conditions"], english["conditions"], strict=True)
    assert not [one["id"] for one, other in both if one["title"] == other["title"]]


async def test_a_language_that_there_is_not_is_refused(office: Office) -> None:
    problem = await office.problem("POST", "diagnose?language=fr", {})
    assert (problem["status"], problem["field"]) == (400, "language")


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
