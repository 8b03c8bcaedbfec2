"""The management API: the ids that refused pages show in their console."""

from __future__ import annotations

from dataclasses import replace

import pytest

from functions.widget import BASE, widget_contact, widget_start
from shared.domain.domain_templates import DomainRow
from shared.domain.tenants import Tenant
from shared.ports import SealPurpose
from tests.functions.diagnosing import condition, with_seals
from tests.functions.office import Office
from tests.functions.world import (
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


@pytest.fixture
def office(world: World) -> Office:
    return with_seals(world)


async def refused_id(**changes: object) -> str:
    """The diagnosis id that a page gets which asks for its contact."""
    query = {"widgetKey": WIDGET_KEY, "serviceId": "sales", **changes}
    origin = str(query.pop("origin", "https://elsewhere.example"))
    asked = "&".join(f"{name}={value}" for name, value in query.items() if value is not None)
    response = await widget_contact(request("GET", f"{BASE}/contact?{asked}", headers={"origin": origin}))
    assert response.status_code >= 400
    return str(json_of(response)["diagnosis"])


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


async def test_what_was_refused_is_told_in_german(office: Office) -> None:
    found = await office.get(f"diagnoses/{await refused_id()}?language=de")
    assert found["refused"]["title"] == "Die Domänenvorlage erlaubt den Ursprung"
    assert condition(found["diagnosis"], "origin_allowed")["fix"].startswith("Fügen Sie eine Zeile")
