"""Preview links: who makes and revokes them, what they say, and what their holder learns."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.origins import PREVIEW_PASS
from functions.widget import BASE, widget_start
from functions.widget_preview import widget_preview
from shared.adapters.aes_seals import AesSeals
from shared.adapters.memory import ManualClock, MemoryPreviewSeries
from shared.domain.authorization import AuthorizationMode
from shared.domain.domain_templates import DomainRow
from tests.functions.office import SALES, Office
from tests.functions.world import KEY, ORIGIN, OWN_URL, TEMPLATE, TENANT, WIDGET_KEY, World, form, json_of, request


@pytest.fixture
def office(world: World) -> Office:
    created = Office(world)
    world.replace(seals=AesSeals(KEY))
    created.use()
    return created


async def made(office: Office, path: str = "services/sales", body: Any = None, token: str = "carla") -> Any:
    response = await office.call("POST", f"{path}/preview-links", body or {}, token=token)
    assert response.status_code == 201, response.get_body()
    return json.loads(response.get_body())


def pass_of(link: Any) -> str:
    """Behind the #, where no server sees it."""
    return str(urlsplit(link["url"]).fragment).removeprefix("pass=")


async def asked(link: Any, page: str = "", **changes: str) -> Any:
    query = {"widgetKey": WIDGET_KEY, "serviceId": "sales", "page": page, **changes}
    text = "&".join(f"{name}={value}" for name, value in query.items() if value)
    headers = {"origin": OWN_URL, PREVIEW_PASS: pass_of(link)}
    return await widget_preview(request("GET", f"{BASE}/preview?{text}", headers=headers))


async def test_a_link_names_page_tenant_and_maker_and_carries_the_pass_behind_the_sign(office: Office) -> None:
    link = await made(office, body={"minutes": 10})
    address = urlsplit(link["url"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{OWN_URL}/preview/service/sales"
    assert parse_qs(address.query) == {"tenant": [TENANT.id]}
    assert pass_of(link)
    assert pass_of(link) not in address.query + address.path
    assert link["madeBy"] == {"id": "carla-id", "name": "Carla"}
    assert link["expiresAt"] == office.world.clock.now().isoformat(timespec="milliseconds").replace(
        "+00:00", "Z"
    ).replace(":00:00.", ":10:00.")


async def test_a_session_that_it_lets_in_says_whose_link_it_was(office: Office) -> None:
    office.world.config.put(TENANT.id, replace(TENANT, authorization=AuthorizationMode.SIGNED_TOKEN))
    link = await made(office)
    headers = {"origin": OWN_URL, PREVIEW_PASS: pass_of(link)}
    answer = await widget_start(request("POST", f"{BASE}/sessions", form(), headers=headers))
    session_id = json_of(answer)["sessionId"]
    lines = await office.world.sessions.timeline(session_id)
    opened = [line for line in lines if line.what == "PreviewOpened"]
    assert [line.details for line in opened] == [{"administrator_id": "carla-id", "administrator_name": "Carla"}]
    repeated = await widget_start(request("POST", f"{BASE}/sessions", form(), headers=headers))
    assert json_of(repeated)["sessionId"] == session_id
    assert len([one for one in await office.world.sessions.timeline(session_id) if one.what == "PreviewOpened"]) == 1


@pytest.mark.parametrize("minutes", [0, 61, -1, 1.5, "10", True])
async def test_a_link_is_good_for_an_hour_at_most(office: Office, minutes: Any) -> None:
    problem = await office.problem("POST", "services/sales/preview-links", {"minutes": minutes})
    assert (problem["status"], problem["field"]) == (400, "minutes")


@pytest.mark.parametrize("token", ["reader", "workflows"])
async def test_whoever_changes_nothing_lets_nobody_in(office: Office, token: str) -> None:
    problem = await office.problem("POST", "services/sales/preview-links", {}, token=token)
    assert (problem["status"], problem["code"]) == (403, "role_missing")


async def test_an_organization_unit_administrator_makes_links_of_its_own_unit(office: Office) -> None:
    await office.create("services", SALES)
    assert (await made(office, "services/orders", token="european"))["madeBy"]["name"] == "Luisa"
    assert (await office.problem("POST", "services/sales/preview-links", {}, token="european"))["status"] == 404
    assert (await office.problem("POST", "users/nobody/preview-links", {}))["status"] == 404


async def test_the_holder_sees_how_a_page_would_fare_and_what_to_do(office: Office) -> None:
    link = await made(office)
    found = json_of(await asked(link, "https://shop.lunifico.example/lamps"))
    assert (found["displayName"], found["madeBy"], found["allowed"]) == ("Lunifico Sales", "Carla", False)
    failed = [one for one in found["conditions"] if one["verdict"] == "fail"]
    assert [one["title"] for one in failed] == ["The domain template allows the origin"]
    assert "add a row" in failed[0]["fix"]
    rows = (*TEMPLATE.domains, DomainRow("https", "shop.lunifico.example"))
    office.world.config.put(TENANT.id, replace(TEMPLATE, domains=rows))
    assert json_of(await asked(link, "https://shop.lunifico.example/lamps"))["allowed"] is True


async def test_the_holder_learns_nothing_of_the_people_who_answer(office: Office) -> None:
    answer = (await asked(await made(office), "https://www.lunifico.example")).get_body().decode()
    for word in ("Mario", "mario", "member", "web", "setting"):
        assert f'"{word}' not in answer


async def test_without_a_good_pass_nothing_is_said(office: Office) -> None:
    link = await made(office)
    for changes in ({"serviceId": "orders"}, {"serviceId": "", "contactId": "mario"}, {"widgetKey": "nobody's"}):
        answer = await asked(link, **changes)
        assert (answer.status_code, json_of(answer)["code"]) == (403, "not_allowed")
    office.world.clock.advance(1801)
    assert (await asked(link)).status_code == 403
    bare = request("GET", f"{BASE}/preview?widgetKey={WIDGET_KEY}&serviceId=sales", headers={"origin": OWN_URL})
    assert (await widget_preview(bare)).status_code == 403


async def begins(office: Office, link: Any, **changes: Any) -> Any:
    headers = {"origin": OWN_URL, PREVIEW_PASS: pass_of(link)}
    return await widget_start(request("POST", f"{BASE}/sessions", form(**changes), headers=headers))


async def revoked(office: Office, path: str = "services/sales", token: str = "carla") -> Any:
    response = await office.call("POST", f"{path}/preview-links/revoke", token=token)
    assert response.status_code == 200, response.get_body()
    return json.loads(response.get_body())


async def test_revoked_links_let_nobody_in_at_once_whoever_made_them(office: Office) -> None:
    office.world.config.put(TENANT.id, replace(TENANT, authorization=AuthorizationMode.SIGNED_TOKEN))
    links = [await made(office), await made(office, body={"minutes": 60})]
    answer = await revoked(office)
    assert answer["revokedBy"] == {"id": "carla-id", "name": "Carla"}
    for number, link in enumerate(links):
        started = await begins(office, link, idempotencyKey=str(number) * 22)
        assert (started.status_code, json_of(started)["code"]) == (403, "not_allowed")
        assert (await asked(link)).status_code == 403


async def test_a_link_that_is_made_afterwards_counts_until_the_next_time(office: Office) -> None:
    for _ in range(2):
        await revoked(office)
        link = await made(office)
        assert (await asked(link)).status_code == 200
    await revoked(office)
    assert (await asked(link)).status_code == 403


async def test_links_of_others_stay_and_what_has_begun_goes_on(office: Office) -> None:
    other = await made(office, "users/mario")
    link = await made(office)
    session_id = json_of(await begins(office, link))["sessionId"]
    await revoked(office)

    assert (await asked(other, serviceId="", contactId="mario")).status_code == 200
    assert (await office.get(f"sessions/{session_id}"))["state"] == "running"


async def test_the_answer_names_a_time_before_which_no_good_link_was_made(office: Office) -> None:
    slow = SlowSeries(office.world.clock)
    office.world.replace(preview_series=slow)
    office.use()
    answer = await revoked(office)
    # A link that somebody makes while the answer is under way is of the new series: it is good.
    assert datetime.fromisoformat(answer["revokedAt"]) <= slow.begun_at


async def test_the_audit_log_says_who_has_revoked_them(office: Office) -> None:
    await revoked(office)
    entry = (await office.get("audit?kind=service&id=sales"))["items"][0]
    told = (entry["what"], entry["kind"], entry["id"], entry["by"]["name"], entry["details"])
    assert told == ("revoked", "service", "sales", "Carla", {"what": "previewLinks"})


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("services/sales", "reader", 403),
        ("services/sales", "workflows", 403),
        ("services/nowhere", "carla", 404),
        ("users/nobody", "carla", 404),
    ],
)
async def test_whoever_makes_none_revokes_none(office: Office, path: str, token: str, status: int) -> None:
    link = await made(office)
    assert (await office.problem("POST", f"{path}/preview-links/revoke", token=token))["status"] == status
    assert (await asked(link)).status_code == 200


async def test_ordinary_visitors_never_ask_which_links_count(office: Office) -> None:
    counted = CountedSeries()
    office.world.replace(preview_series=counted)
    office.use()
    answer = await widget_start(request("POST", f"{BASE}/sessions", form(), headers={"origin": ORIGIN}))
    assert (answer.status_code, counted.asked) == (201, 0)


class SlowSeries(MemoryPreviewSeries):
    """Its answer comes a while after the new series has begun, which was `begun_at`."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock, self.begun_at = clock, clock.now()

    async def begin(self, tenant_id: str, contact_key: str, series: str) -> None:
        await super().begin(tenant_id, contact_key, series)
        self.begun_at = self._clock.now()
        self._clock.advance(2)


class CountedSeries(MemoryPreviewSeries):
    asked = 0

    async def current(self, tenant_id: str, contact_key: str) -> str:
        self.asked += 1
        return await super().current(tenant_id, contact_key)
