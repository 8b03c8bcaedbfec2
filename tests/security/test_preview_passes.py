"""A preview link lets in whom it was made for, on our own page, for a while: tests/vectors/preview_passes.json."""

from __future__ import annotations

import base64
import json
import logging
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from functions.origins import PREVIEW_PASS
from functions.widget import BASE
from shared import bootstrap
from shared.adapters.aes_seals import AesSeals
from shared.domain.authorization import AuthorizationMode
from shared.domain.previews import PreviewPass
from shared.ports import SealPurpose, SessionClaims
from tests.functions.world import KEY, OWN_URL, SERVICE, TENANT, WIDGET_KEY, World, form, json_of
from tests.security.web import call, cases

BEFORE, ANOTHER = bytes(range(32, 64)), bytes(reversed(range(32)))


@pytest.fixture
def closed(world: World) -> World:
    """A tenant that demands site tokens, and whose restricted service lists another page than the preview's."""
    world.replace(seals=AesSeals(KEY, BEFORE))
    world.config.put(TENANT.id, replace(TENANT, authorization=AuthorizationMode.SIGNED_TOKEN))
    bootstrap.use(world.application, world.surroundings)
    return world


def content(world: World, case: dict[str, Any]) -> bytes:
    given = PreviewPass(TENANT.id, "service:sales", "carla-id", "Carla", world.clock.now() + timedelta(hours=1), "")
    fields = {**asdict(given), "expires": 3_600, **case.get("pass", {})}
    if fields["expires"] is not None:
        fields["expires"] += int(world.clock.now().timestamp())
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()


def sealed(world: World, case: dict[str, Any]) -> str:
    raw = content(world, case)
    keys = {"key before": BEFORE, "another key": ANOTHER}
    how = case.get("sealed", "")
    good = AesSeals(keys.get(how, KEY)).seal(SealPurpose.PREVIEW_PASS, raw)
    changed = good[:30] + ("A" if good[30] != "A" else "B") + good[31:]
    claims = SessionClaims("session", TENANT.id, "service:sales", OWN_URL)
    made = {
        "none": "",
        "changed": changed,
        "cut": good[:-4],
        "longer": f"{good}AAAA",
        "diagnosis id": AesSeals(KEY).seal(SealPurpose.DIAGNOSIS_ID, raw),
        "session token": world.tokens.issue(claims, world.clock.now() + timedelta(hours=1)),
        "clear": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "huge": "A" * 10_000,
    }
    return made.get(how, good)


def apply(world: World, case: dict[str, Any]) -> None:
    tenant = replace(TENANT, authorization=AuthorizationMode.SIGNED_TOKEN, **case.get("tenant", {}))
    service = replace(SERVICE, licences=frozenset(case.get("service", {}).get("licences", SERVICE.licences)))
    world.config.put(TENANT.id, tenant, service)


@pytest.mark.parametrize("case", cases("preview_passes"))
async def test_a_pass_opens_what_it_was_made_for(
    closed: World, case: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    apply(closed, case)
    given, how = sealed(closed, case), case.get("sent", "header")
    names = {"header": PREVIEW_PASS, "authorization": "authorization", "cookie": "cookie"}
    values = {"authorization": f"Bearer {given}", "cookie": f"{PREVIEW_PASS}={given}"}
    headers = {"origin": case.get("origin", OWN_URL)}
    if how in names:
        headers[names[how]] = values.get(how, given)
    who = case.get("contact", {"serviceId": "sales"})
    query = "&".join(f"{name}={value}" for name, value in {"widgetKey": WIDGET_KEY, **who}.items())
    address = f"?previewPass={given}&{PREVIEW_PASS}={given}" if how == "query" else ""
    body = form(serviceId=None, **who) if "contactId" in who else form()
    with caplog.at_level(logging.DEBUG):
        contact = await call("GET", f"{BASE}/contact?{query}{address.replace('?', '&')}", headers=headers)
        start = await call("POST", f"{BASE}/sessions{address}", body, headers=headers)
    assert not given or given not in caplog.text
    if case.get("opens"):
        assert (contact.status_code, start.status_code) == (200, 201), (contact.get_body(), start.get_body())
        return
    for answer in (contact, start):
        assert (answer.status_code, json_of(answer)["code"]) == (403, "not_allowed")
    assert case["code"] in caplog.text
    assert closed.sessions.rows == {}


@pytest.mark.parametrize(("method", "path"), [("POST", f"{BASE}/messages"), ("GET", f"{BASE}/presence")])
async def test_it_opens_nothing_else(closed: World, method: str, path: str) -> None:
    headers = {"origin": OWN_URL, PREVIEW_PASS: sealed(closed, {})}
    query = f"?widgetKey={WIDGET_KEY}&serviceId=sales" if method == "GET" else ""
    answer = await call(method, f"{path}{query}", form() if method == "POST" else None, headers=headers)
    assert (answer.status_code, json_of(answer)["code"]) == (403, "not_allowed")


async def test_no_page_of_another_site_may_send_it(closed: World) -> None:
    answer = await call("OPTIONS", f"{BASE}/sessions", headers={"origin": "https://elsewhere.example"})
    assert PREVIEW_PASS not in answer.headers["access-control-allow-headers"]


async def test_caps_count_as_they_always_do(closed: World) -> None:
    closed.config.put(TENANT.id, replace(TENANT, authorization=AuthorizationMode.SIGNED_TOKEN, concurrency_cap=1))
    headers = {"origin": OWN_URL, PREVIEW_PASS: sealed(closed, {})}
    statuses = [
        (await call("POST", f"{BASE}/sessions", form(idempotencyKey=key * 22), headers=headers)).status_code
        for key in "ab"
    ]
    assert statuses == [201, 429]
