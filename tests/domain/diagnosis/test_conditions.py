"""Every condition of a diagnosis: when it passes, when it fails, where it is set, and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.authorization import AuthorizationMode
from shared.domain.calendars import Calendar
from shared.domain.challenges import ChallengeKind, ChallengeSettings
from shared.domain.diagnosis import BY_ID, CONDITIONS, condition_of, diagnose, readiness, refusal
from shared.domain.diagnosis.facts import Facts, Member, Proof, Step
from shared.domain.diagnosis.of_page import TOKEN_FIXES
from shared.domain.diagnosis.origins import elsewhere
from shared.domain.diagnosis.snippets import Snippet
from shared.domain.distribution import LeftOut
from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.licences import Licence
from shared.domain.refusals import RefusalCode, SiteTokenCode
from shared.domain.services import ServiceModality
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.tenants import MessagingKind, TenantState
from shared.domain.verdicts import Verdict
from shared.domain.workflows import ActivityDefinition
from tests.domain.company import IM, MARIO, TEMPLATE, TENANT, WORKFLOW
from tests.domain.diagnosis.scenes import (
    AT_MARIO,
    AT_SALES,
    GOOD,
    NOW,
    judged,
    with_access,
    with_contact,
    with_page,
    with_service,
    with_tenant,
)

SIGNED = with_tenant(authorization=AuthorizationMode.SIGNED_TOKEN)
SHOP = DomainTemplate("shop", "Shop", "root", (DomainRow("https", "shop.lunifico.example"),))
AT_SHOP = with_page("https://shop.lunifico.example")
WRONG_TEMPLATE = replace(AT_SHOP, elsewhere=elsewhere([SHOP], AT_SHOP.asked.origin, "web"))  # type: ignore[arg-type]
CLOSED = Calendar("hours", "Office hours", "root", "Europe/Zurich")
LOOKS_AT_HOURS = replace(
    WORKFLOW, activities=(ActivityDefinition("hours", "check_opening_hours", {"calendar": "hours"}),)
)
OTHER = replace(TENANT, id="other", name="Other", widget_key="widget-key-of-another")
BEFORE = {"previous_widget_key": "key-before-the-rotation", "previous_widget_key_until": NOW + timedelta(hours=3)}


def gone(key: str, facts: Facts = GOOD) -> Facts:
    return replace(facts, widget_key=key, key_tenant=None)


def left_out(reason: LeftOut) -> Facts:
    return replace(GOOD, members=(Member("mario", "Mario"), Member("luisa", "Luisa", reason)))


FAILS: list[tuple[str, Facts, str, str]] = [
    ("snippet_complete", replace(GOOD, snippet=Snippet(service_id="s")), "no widgetKey", "copy the snippet"),
    ("snippet_complete", replace(GOOD, snippet=Snippet("k", "s", "u")), "both", "copy the snippet"),
    ("snippet_complete", replace(GOOD, snippet=Snippet("k")), "neither", "copy the snippet"),
    ("snippet_runs", replace(GOOD, snippet=Snippet("k", "s", fault="a '}' closes nothing")), "closes", "copy"),
    ("snippet_script", replace(GOOD, snippet=Snippet(script="https://x.example/widget/interact.js")), "not", "load"),
    ("widget_key", gone("nobody's"), "no tenant", "copy the snippet"),
    ("widget_key", gone("key-before-the-rotation", with_tenant(**BEFORE)), "last rotation", "copy the snippet"),
    ("key_and_contact", replace(GOOD, widget_key=OTHER.widget_key, key_tenant=OTHER), "another tenant's", "copy"),
    ("tenant_active", with_tenant(state=TenantState.SUSPENDED), "suspended", "active"),
    ("interact_enabled", with_tenant(interact_enabled=False), "switched off", "Extensions"),
    ("instant_messaging_enabled", with_tenant(instant_messaging_enabled=False), "not enabled", "Modalities"),
    ("contact_known", with_contact(None), "no such service", "check the id"),
    ("contact_known", replace(with_contact(None), is_other_kind=True), "user's id", "contactId"),
    (
        "contact_known",
        replace(with_contact(None), is_other_kind=True, reference=ContactReference(ContactKind.USER, "sales")),
        "service's id",
        "serviceId",
    ),
    ("interact_licence", with_service(licences=frozenset({Licence.ENTERPRISE})), "no Interact licence", "assign"),
    ("base_licence", with_service(licences=frozenset({Licence.INTERACT})), "neither", "Enterprise"),
    ("interact_active", with_access(active=False), "not activated", "Interact tab"),
    ("modality_enabled", with_service(modalities={}), "not enabled", "Modalities tab"),
    ("modality_exposed", with_access(modalities=frozenset()), "not exposed", "Interact tab"),
    ("workflow", with_contact(replace(AT_SALES, workflow=None)), "gone, or of another", "select a workflow"),
    (
        "workflow",
        with_contact(
            replace(AT_SALES, service=replace(AT_SALES.service, modalities={IM: ServiceModality(True)}), workflow=None)  # type: ignore[type-var]
        ),
        "no workflow is selected",
        "select a workflow",
    ),
    ("domain_template", with_contact(replace(AT_SALES, template=None)), "is gone", "select a domain template"),
    ("origin_usable", with_page("null"), "sandboxed frame", "http or https"),
    ("origin_usable", with_page("file:///index.html"), "file", "http or https"),
    ("origin_allowed", AT_SHOP, "equals no row", "Restrict Access off"),
    ("origin_allowed", with_page("http://www.lunifico.example"), "row 1: the row is for https", "add a row"),
    ("origin_allowed", with_page("https://www.lunifico.example:8443"), "row 1: the row is for port 443", "add a row"),
    ("origin_allowed", with_page("https://lampenmünchen.example"), "(lampenmünchen.example)", "add a row"),
    ("template_rows", with_contact(replace(AT_SALES, template=replace(TEMPLATE, domains=()))), "no domain", "add"),
    ("template_choice", WRONG_TEMPLATE, "stands in 'Shop', row 1", "select the domain template 'Shop'"),
    ("token_in_page", SIGNED, "gives no access token", "getAccessToken"),
    ("site_token", replace(SIGNED, proof=Proof(SiteTokenCode.EXPIRED, "over for 30 s")), "over for", "each chat"),
    ("site_token", replace(SIGNED, proof=Proof(SiteTokenCode.ISSUER, "`iss` is 'x'")), "iss", "issuer the same"),
    ("site_clock", replace(SIGNED, proof=Proof(SiteTokenCode.NOT_YET_VALID, "begins in 90 s")), "90 s", "clock"),
    ("challenge", with_tenant(challenge=ChallengeSettings(ChallengeKind.TURNSTILE)), "site key", "complete"),
    (
        "challenge",
        replace(
            with_tenant(challenge=ChallengeSettings(ChallengeKind.TURNSTILE, "key", "env:X")),
            challenge_fault="X is missing",
        ),
        "X is missing",
        "name the secret",
    ),
    ("rate_limits", replace(GOOD, limited="starts of the tenant"), "starts of the tenant", "widen"),
    ("concurrency_cap", replace(GOOD, slots_taken=20), "all 20 places", "raise"),
    ("acs", replace(GOOD, acs=(Step(True, "x"), Step(False, "answered 401", "copy it"))), "answered 401", "copy it"),
    ("push", replace(GOOD, has_push=False), "ask at intervals", "SignalR Service"),
    (
        "opening_hours",
        with_contact(replace(AT_SALES, workflow=LOOKS_AT_HOURS, calendars={"hours": CLOSED})),
        "closed now",
        "opening hours",
    ),
    ("members", replace(GOOD, members=()), "nobody", "add members"),
    ("members", replace(GOOD, members=(Member("m", "M", LeftOut.NO_LICENCE),)), "none of the members", "below"),
    ("members_known", left_out(LeftOut.UNKNOWN_USER), "Luisa", "remove"),
    ("members_licensed", left_out(LeftOut.NO_LICENCE), "Luisa", "Instant Messaging licence"),
    ("members_registered", left_out(LeftOut.NOT_REGISTERED), "Luisa", "install the app"),
]  # fmt: skip
NEVER_FAILS = {"events"}
"""Silence may have its reason: it is not judged."""


def test_where_everything_is_as_it_should_be_every_condition_passes() -> None:
    assert {one.condition.id for one in diagnose(GOOD) if one.judgement.verdict is not Verdict.PASS} == set()
    assert refusal(diagnose(GOOD)) is None
    assert readiness(GOOD) == ()


@pytest.mark.parametrize(("condition", "facts", "explanation", "fix"), FAILS, ids=[one[0] for one in FAILS])
def test_a_condition_that_fails_says_what_was_seen_and_what_to_do(
    condition: str, facts: Facts, explanation: str, fix: str
) -> None:
    judgement = judged(condition, facts)
    assert judgement.verdict is Verdict.FAIL
    assert explanation in judgement.explanation
    assert fix in judgement.advice


def test_every_condition_can_fail() -> None:
    assert {one[0] for one in FAILS} | NEVER_FAILS == set(BY_ID)


@pytest.mark.parametrize(("condition", "facts", "_", "__"), FAILS, ids=[one[0] for one in FAILS])
def test_one_that_fails_stops_no_other(condition: str, facts: Facts, _: str, __: str) -> None:
    found = diagnose(facts)
    assert [one.condition.id for one in found] == [one.id for one in CONDITIONS]
    assert condition in {one.condition.id for one in found if one.judgement.failed}


def test_ids_are_once_each_and_every_refusal_has_its_condition() -> None:
    assert len(BY_ID) == len(CONDITIONS)
    for code in (*RefusalCode, *SiteTokenCode, "concurrency_cap_reached", "challenge_refused", "nobody_to_tell"):
        assert condition_of(code) is not None, code
    assert condition_of("nonsense") is None
    assert set(TOKEN_FIXES) == set(SiteTokenCode)


def test_without_a_page_a_snippet_and_a_token_only_the_configuration_is_judged() -> None:
    bare = Facts(now=NOW, asked=replace(GOOD.asked, origin=None), reference=GOOD.reference)
    found = {one.condition.id: one.judgement.verdict for one in diagnose(bare)}
    assert not [name for name, verdict in found.items() if verdict is Verdict.FAIL]
    assert found["origin_allowed"] is found["origin_usable"] is found["widget_key"] is Verdict.NOT_JUDGED
    assert found["interact_enabled"] is found["workflow"] is Verdict.PASS


def test_a_key_before_the_rotation_works_in_its_overlap_and_is_to_be_replaced() -> None:
    facts = replace(with_tenant(**BEFORE), widget_key="key-before-the-rotation")
    judgement = judged("key_and_contact", facts)
    assert judgement.verdict is Verdict.PASS
    assert "2030-01-07 12:00" in judgement.explanation
    assert "copy the snippet" in judgement.advice


def test_where_access_is_not_restricted_every_origin_passes_also_none() -> None:
    everybody = with_access(restrict_access=False).asked.contact
    for facts in (with_page("null"), with_page("https://elsewhere.example")):
        free = replace(facts, asked=replace(facts.asked, contact=everybody))
        for condition in ("domain_template", "origin_usable", "origin_allowed", "template_choice", "template_rows"):
            assert judged(condition, free).verdict is Verdict.PASS


def test_a_near_miss_points_to_its_row() -> None:
    setting = judged("origin_allowed", with_page("http://www.lunifico.example")).setting
    assert setting is not None
    assert (setting.kind.value, setting.id, setting.field) == ("domainTemplate", "web", "domains.0")


def test_a_user_needs_neither_workflow_nor_cap_nor_members_nor_a_second_licence() -> None:
    user = replace(
        GOOD,
        asked=replace(GOOD.asked, contact=AT_MARIO),
        reference=ContactReference(ContactKind.USER, MARIO.id),
        members=(Member("mario", "Mario", LeftOut.NOT_REGISTERED),),
        slots_taken=None,
        cap=None,
    )
    for condition in ("workflow", "concurrency_cap", "members", "base_licence", "modality_exposed", "opening_hours"):
        assert judged(condition, user).verdict is Verdict.PASS
    registered = judged("members_registered", user)
    assert registered.failed
    assert registered.setting is not None
    assert registered.setting.kind.value == "user"


def test_silence_of_event_grid_is_named_and_no_failure() -> None:
    for last in (None, NOW - timedelta(days=30)):
        judgement = judged("events", replace(GOOD, last_event=last))
        assert judgement.verdict is Verdict.NOT_JUDGED
        assert "Event Grid" in judgement.advice
    assert judged("events", replace(GOOD, last_event=NOW)).verdict is Verdict.PASS


def test_without_acs_there_is_nothing_to_ask_it() -> None:
    native = replace(with_tenant(messaging=MessagingKind.NATIVE), acs=None, last_event=None)
    assert judged("acs", native).verdict is judged("events", native).verdict is Verdict.PASS


def test_a_token_that_cannot_be_judged_now_is_not_judged() -> None:
    for proof in (None, Proof(None, unknown="no connection")):
        assert judged("site_token", replace(SIGNED, proof=proof)).verdict is Verdict.NOT_JUDGED
    assert judged("site_token", replace(SIGNED, proof=Proof(None))).verdict is Verdict.PASS


@pytest.mark.parametrize("code", SiteTokenCode)
def test_a_start_is_refused_with_the_exact_code_of_its_token(code: SiteTokenCode) -> None:
    snippet = replace(GOOD.snippet, gives_token=True) if GOOD.snippet else None
    facts = replace(SIGNED, proof=Proof(code, "no"), snippet=snippet)
    assert refusal(diagnose(facts)) == code


def test_readiness_leaves_out_what_is_of_one_page_and_what_passes() -> None:
    facts = replace(with_tenant(interact_enabled=False), members=(), page=None, snippet=None, widget_key=None)
    found = readiness(facts)
    assert [one.condition.id for one in found] == ["interact_enabled", "members"]
    assert all(one.blocks for one in found)


TROUBLESHOOTING = {
    "Interact is enabled on Tenant Level within the Tenant Administration.": {"interact_enabled"},
    "Interact is enabled for the user.": {"interact_licence", "interact_active"},
    "The access for the user is not restricted by a Interact Domain Templates (CORS). Disable Restrict Access to test "
    "this quickly.": {"domain_template", "origin_usable", "origin_allowed", "template_choice", "template_rows"},
    "When Authorization is enabled for Interact on Tenant level, you require an access token.": {
        "token_in_page",
        "site_token",
        "site_clock",
    },
    "Note that users and services have individual IDs and widget keys. Make sure not to mix these details.": {
        "key_and_contact",
        "contact_known",
    },
    "Ensure you do not select the wrong template (e.g. provided by a higher OU level administrators).": {
        "template_choice"
    },
    "Your service has to have either an Enterprise or a Contact Center license assigned.": {"base_licence"},
    "The IM modality has been enabled for your tenant.": {"instant_messaging_enabled"},
    "Ensure that your users have registered the chat bot.": {"members_registered"},
    "For each of your services, double-check that the respective Workflows are applied.": {"workflow"},
}
"""The guide's list *Preview or embed code not working?*, line by line, and what it warns of on the way there."""


@pytest.mark.parametrize("line", TROUBLESHOOTING)
def test_every_line_of_the_guides_troubleshooting_has_its_conditions(line: str) -> None:
    assert TROUBLESHOOTING[line] <= {condition for condition, *_ in FAILS}
