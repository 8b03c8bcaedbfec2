"""Who may read what: preflights, hostile origins, and calls without an Origin."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from functions.widget import widget_contact, widget_end, widget_start
from shared.domain.domain_templates import DomainRow
from tests.functions.world import ORIGIN, OWN_URL, SERVICE, TEMPLATE, TENANT, WIDGET_KEY, World, form, json_of, request

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "origins.json").read_text())["cases"]
CONTACT = f"api/widget/v1/contact?widgetKey={WIDGET_KEY}&serviceId=sales"


def allow(world: World, *rows: DomainRow) -> None:
    world.config.put(TENANT.id, replace(TEMPLATE, domains=rows))


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
async def test_an_origin_is_matched_exactly(world: World, case: dict[str, Any]) -> None:
    allow(world, DomainRow(*case["row"]))
    sent = request("GET", CONTACT, headers={"origin": case["header"]})
    response = await widget_contact(sent)
    assert response.status_code == (200 if case["allowed"] else 403)
    assert response.headers.get("access-control-allow-origin") == case["origin"]


@pytest.mark.parametrize("handler", [widget_contact, widget_start, widget_end])
async def test_a_preflight_is_answered_before_anything_else(world: World, handler: Any) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    response = await handler(request("OPTIONS", "x", headers=asked))
    assert response.status_code == 204
    assert response.get_body() == b""
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["access-control-allow-methods"] == "GET, POST"
    assert response.headers["access-control-allow-headers"] == "authorization, content-type"
    assert response.headers["access-control-max-age"] == "600"
    assert response.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("origin", ["null", "*", "https://a.example/", "", "https://a.example, https://b.example"])
async def test_a_preflight_of_no_usable_origin_allows_nobody(world: World, origin: str) -> None:
    response = await widget_start(request("OPTIONS", "x", headers={"origin": origin}))
    assert response.status_code == 204
    assert "access-control-allow-origin" not in response.headers
    assert response.headers["vary"] == "Origin"


async def test_any_page_may_read_that_it_is_refused(world: World) -> None:
    response = await widget_contact(request("GET", CONTACT, headers={"origin": "https://evil.example"}))
    assert response.status_code == 403
    assert response.headers["access-control-allow-origin"] == "https://evil.example"
    assert "access-control-allow-credentials" not in response.headers


async def test_a_contact_without_restriction_is_open_to_every_page(world: World) -> None:
    world.config.put(TENANT.id, replace(SERVICE, interact=replace(SERVICE.interact, restrict_access=False)))
    for origin in ("https://anywhere.example", "null", ""):
        response = await widget_contact(request("GET", CONTACT, headers={"origin": origin}))
        assert response.status_code == 200


OWN_ROW = DomainRow("https://", "interact.lunifico.example")
SAME_ORIGIN = {"origin": "", "sec-fetch-site": "same-origin"}


class TestOwnPages:
    """A browser sends no Origin with a GET to the page's own host; Sec-Fetch-Site tells that it is one."""

    async def test_they_pass_by_the_row_of_our_own_host(self, world: World) -> None:
        allow(world, OWN_ROW)
        assert (await widget_contact(request("GET", CONTACT, headers=SAME_ORIGIN))).status_code == 200

    async def test_they_have_no_privilege(self, world: World) -> None:
        assert (await widget_contact(request("GET", CONTACT, headers=SAME_ORIGIN))).status_code == 403

    @pytest.mark.parametrize("site", ["", "same-site", "cross-site", "none", "Same-Origin"])
    async def test_nothing_else_vouches_for_a_missing_origin(self, world: World, site: str) -> None:
        allow(world, OWN_ROW)
        sent = request("GET", CONTACT, headers={"origin": "", "sec-fetch-site": site})
        assert (await widget_contact(sent)).status_code == 403

    async def test_an_origin_that_is_there_counts_more(self, world: World) -> None:
        allow(world, OWN_ROW)
        sent = request("GET", CONTACT, headers={"origin": "null", "sec-fetch-site": "same-origin"})
        assert (await widget_contact(sent)).status_code == 403

    async def test_the_client_s_scheme_and_host_count(self, world: World) -> None:
        allow(world, DomainRow("https://", "chat.lunifico.example", 8443))
        seen = {"host": "chat.lunifico.example:8443", "x-forwarded-proto": "https,http"}
        assert (await widget_contact(request("GET", CONTACT, headers={**SAME_ORIGIN, **seen}))).status_code == 200
        seen["x-forwarded-proto"] = "http"
        assert (await widget_contact(request("GET", CONTACT, headers={**SAME_ORIGIN, **seen}))).status_code == 403

    async def test_behind_a_gateway_the_public_host_is_our_own_and_no_other_that_is_named(self, world: World) -> None:
        allow(world, OWN_ROW)
        behind = {"host": "func-interact.azurewebsites.net", "x-forwarded-proto": "https"}
        for named, status in (("interact.lunifico.example", 200), ("evil.example", 403), ("", 403)):
            headers = {**SAME_ORIGIN, **behind, "x-forwarded-host": named}
            assert (await widget_contact(request("GET", CONTACT, headers=headers))).status_code == status

    async def test_a_session_of_our_own_page_goes_on_without_an_origin(self, world: World) -> None:
        allow(world, OWN_ROW)
        started = json_of(await widget_start(request("POST", "x", form(), headers={"origin": OWN_URL})))
        headers = {**SAME_ORIGIN, "authorization": f"Bearer {started['sessionToken']}"}
        ended = await widget_end(request("POST", "x", headers=headers, route={"sessionId": started["sessionId"]}))
        assert ended.status_code == 200
