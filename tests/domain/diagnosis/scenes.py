"""Lunifico Sales, which everybody may reach from its page; a test changes what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.domain.admission_rules import Asked
from shared.domain.contacts import Contact
from shared.domain.diagnosis import BY_ID
from shared.domain.diagnosis.facts import Facts, Member, Step
from shared.domain.diagnosis.origins import read_page
from shared.domain.diagnosis.snippets import read_snippet
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.verdicts import Judgement
from tests.domain.company import MARIO, RESTRICTED, SERVICE, TEMPLATE, TENANT, WORKFLOW

NOW = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)
HOME = "https://www.lunifico.example"
APP = "https://interact.lunifico.example"
SNIPPET = f"""
<div id="nimbus-interact"></div>
<script>
  window.Nimbus = window.Nimbus || {{ queue: [] }};
  window.Nimbus.queue.push({{ "widgetKey": "{TENANT.widget_key}", "serviceId": "sales" }});
</script>
<script async src="{APP}/widget/interact.js"></script>
"""
AT_SALES = Contact(service=replace(SERVICE, interact=RESTRICTED), template=TEMPLATE, workflow=WORKFLOW)
AT_MARIO = Contact(user=replace(MARIO, interact=RESTRICTED), template=TEMPLATE)
PAGE = read_page(f"{HOME}/lamps?id=1")

GOOD = Facts(
    now=NOW,
    asked=Asked(TENANT, AT_SALES, origin=PAGE.origin),
    reference=ContactReference(ContactKind.SERVICE, "sales"),
    widget_key=TENANT.widget_key,
    key_tenant=TENANT,
    snippet=read_snippet(SNIPPET),
    page=PAGE,
    public_url=APP,
    slots_taken=0,
    cap=20,
    acs=(Step(True, "a token was created"),),
    last_event=NOW,
    has_push=True,
    members=(Member("mario", "Mario"), Member("luisa", "Luisa")),
)


def with_tenant(**changes: Any) -> Facts:
    tenant = replace(TENANT, **changes)
    return replace(GOOD, asked=replace(GOOD.asked, tenant=tenant), key_tenant=tenant)


def with_contact(contact: Contact | None) -> Facts:
    return replace(GOOD, asked=replace(GOOD.asked, contact=contact))


def with_service(**changes: Any) -> Facts:
    assert AT_SALES.service is not None
    return with_contact(replace(AT_SALES, service=replace(AT_SALES.service, **changes)))


def with_access(**changes: Any) -> Facts:
    return with_service(interact=replace(RESTRICTED, **changes))


def with_page(text: str) -> Facts:
    page = read_page(text)
    return replace(GOOD, page=page, asked=replace(GOOD.asked, origin=page.origin))


def judged(condition: str, facts: Facts) -> Judgement:
    return BY_ID[condition].judge(facts)
