"""Each rule of the chain refuses: the log names it for administrators, the page learns `not_allowed` and no more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.widget import widget_contact, widget_start
from shared.domain.documents import Kind
from shared.domain.licences import Licence
from shared.domain.refusals import RefusalCode
from shared.domain.services import ServiceModality
from shared.domain.tenants import TenantState
from tests.functions.world import ACCESS, IM, ORIGIN, SERVICE, TENANT, WORKFLOW, World, form, json_of, request

Change = Callable[[World], None]


def tenant(**changes: object) -> Change:
    return lambda world: world.config.put(TENANT.id, replace(TENANT, **changes))  # type: ignore[arg-type]  # by name


def service(**changes: object) -> Change:
    return lambda world: world.config.put(TENANT.id, replace(SERVICE, **changes))  # type: ignore[arg-type]  # by name


def without(kind: Kind, document_id: str) -> Change:
    return lambda world: world.config.remove(TENANT.id, kind, document_id)


def unchanged(world: World) -> None:
    """The request itself breaks the rule."""


REFUSALS: list[tuple[RefusalCode, Change, dict[str, object], dict[str, str]]] = [
    (RefusalCode.WIDGET_KEY_UNKNOWN, unchanged, {"widgetKey": "another-widget-key"}, {}),
    (RefusalCode.TENANT_SUSPENDED, tenant(state=TenantState.SUSPENDED), {}, {}),
    (RefusalCode.INTERACT_DISABLED, tenant(interact_enabled=False), {}, {}),
    (RefusalCode.INSTANT_MESSAGING_DISABLED, tenant(instant_messaging_enabled=False), {}, {}),
    (RefusalCode.CONTACT_UNKNOWN, unchanged, {"serviceId": "nobody"}, {}),
    (RefusalCode.CONTACT_NOT_LICENSED, service(licences=frozenset({Licence.ENTERPRISE})), {}, {}),
    (RefusalCode.SERVICE_LICENCE_MISSING, service(licences=frozenset({Licence.INTERACT})), {}, {}),
    (RefusalCode.CONTACT_INACTIVE, service(interact=replace(ACCESS, active=False)), {}, {}),
    (RefusalCode.MODALITY_DISABLED, service(modalities={IM: ServiceModality(enabled=False)}), {}, {}),
    (RefusalCode.MODALITY_NOT_EXPOSED, service(interact=replace(ACCESS, modalities=frozenset())), {}, {}),
    (RefusalCode.WORKFLOW_MISSING, without(Kind.WORKFLOW, WORKFLOW.id), {}, {}),
    (RefusalCode.DOMAIN_TEMPLATE_MISSING, without(Kind.DOMAIN_TEMPLATE, "web"), {}, {}),
    (RefusalCode.ORIGIN_MISSING, unchanged, {}, {"origin": ""}),
    (RefusalCode.ORIGIN_NOT_ALLOWED, unchanged, {}, {"origin": "https://evil.example"}),
]


def test_every_rule_has_its_case() -> None:
    assert [code for code, _, _, _ in REFUSALS] == list(RefusalCode)


@pytest.mark.parametrize(("code", "change", "fields", "headers"), REFUSALS, ids=[case[0].value for case in REFUSALS])
async def test_a_start_is_refused(
    world: World,
    caplog: pytest.LogCaptureFixture,
    code: RefusalCode,
    change: Change,
    fields: dict[str, object],
    headers: dict[str, str],
) -> None:
    change(world)
    with caplog.at_level(logging.WARNING):
        response = await widget_start(request("POST", "api/widget/v1/sessions", form(**fields), headers=headers))
    problem = json_of(response)
    assert response.status_code == 403
    assert problem["code"] == "not_allowed"
    assert code.value not in response.get_body().decode()
    assert set(problem) == {"type", "title", "status", "code", "detail", "trace", "diagnosis"}
    lines = [record.getMessage() for record in caplog.records if problem["trace"] in record.getMessage()]
    assert len(lines) == 1
    assert code.value in lines[0]
    assert world.sessions.rows == {}
    assert world.identity.visitors == []


@pytest.mark.parametrize(("code", "change", "fields", "headers"), REFUSALS, ids=[case[0].value for case in REFUSALS])
async def test_a_contact_is_refused_by_the_same_rules(
    world: World,
    caplog: pytest.LogCaptureFixture,
    code: RefusalCode,
    change: Change,
    fields: dict[str, object],
    headers: dict[str, str],
) -> None:
    change(world)
    query = form(**fields)
    path = f"api/widget/v1/contact?widgetKey={query['widgetKey']}&serviceId={query['serviceId']}"
    response = await widget_contact(request("GET", path, headers=headers))
    assert response.status_code == 403
    assert json_of(response)["code"] == "not_allowed"
    assert code.value in caplog.text


async def test_a_refusal_can_be_read_by_the_page(world: World) -> None:
    response = await widget_start(request("POST", "api/widget/v1/sessions", form(widgetKey="another-widget-key")))
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["cache-control"] == "no-store"
    assert response.mimetype == "application/problem+json"


async def test_the_log_has_no_text_of_the_visitor(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await widget_start(request("POST", "api/widget/v1/sessions", form()))
        await widget_start(request("POST", "api/widget/v1/sessions", form(serviceId="nobody")))
        await widget_start(request("POST", "api/widget/v1/sessions", form(message="")))
    for secret in ("Do you deliver", "Carla", "carla@", "token-1"):
        assert secret not in caplog.text
