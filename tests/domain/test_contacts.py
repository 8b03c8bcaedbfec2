"""Restricting access: the chain of rules that every widget has to pass, in its fixed order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from shared.domain.admission import admit
from shared.domain.contacts import Contact
from shared.domain.domain_templates import Origin, parse_origin
from shared.domain.errors import Refused, VisitorCode
from shared.domain.licences import Licence
from shared.domain.refusals import RefusalCode
from shared.domain.services import ServiceModality
from shared.domain.sessions import ContactKind
from shared.domain.tenants import Tenant, TenantState
from shared.domain.users import InteractAccess
from tests.domain.company import EXPOSED, IM, MARIO, RESTRICTED, SERVICE, TEMPLATE, TENANT, WORKFLOW

AV = "audioVideo"
HOME = parse_origin("https://www.lunifico.example")
ELSEWHERE = parse_origin("https://www.elsewhere.example")


@dataclass(frozen=True)
class Attempt:
    """Everything that `admit` is asked about."""

    tenant: Tenant | None
    contact: Contact | None
    origin: Origin | None = HOME

    def with_service(self, **changes: object) -> Attempt:
        assert self.contact is not None
        assert self.contact.service is not None
        return self.with_contact(service=replace(self.contact.service, **changes))  # type: ignore[arg-type]  # by name

    def with_user(self, **changes: object) -> Attempt:
        assert self.contact is not None
        assert self.contact.user is not None
        return self.with_contact(user=replace(self.contact.user, **changes))  # type: ignore[arg-type]  # by name

    def with_access(self, **changes: object) -> Attempt:
        assert self.contact is not None
        access: InteractAccess = replace(self.contact.interact, **changes)  # type: ignore[arg-type]  # by name
        is_service = self.contact.service is not None
        return self.with_service(interact=access) if is_service else self.with_user(interact=access)

    def with_contact(self, **changes: object) -> Attempt:
        assert self.contact is not None
        return replace(self, contact=replace(self.contact, **changes))  # type: ignore[arg-type]  # by name

    def with_tenant(self, **changes: object) -> Attempt:
        assert self.tenant is not None
        return replace(self, tenant=replace(self.tenant, **changes))  # type: ignore[arg-type]  # by name

    def ask(self) -> Contact:
        return admit(self.tenant, self.contact, IM, self.origin)


AT_THE_SERVICE = Attempt(
    TENANT, Contact(service=replace(SERVICE, interact=RESTRICTED), template=TEMPLATE, workflow=WORKFLOW)
)
AT_MARIO = Attempt(TENANT, Contact(user=replace(MARIO, interact=RESTRICTED), template=TEMPLATE))

Break = Callable[[Attempt], Attempt]

# Every rule with a change that breaks it and leaves the earlier rules alone; in the order of the chain.
FOR_SERVICES: list[tuple[RefusalCode, Break]] = [
    (RefusalCode.WIDGET_KEY_UNKNOWN, lambda attempt: replace(attempt, tenant=None)),
    (RefusalCode.TENANT_SUSPENDED, lambda attempt: attempt.with_tenant(state=TenantState.SUSPENDED)),
    (RefusalCode.INTERACT_DISABLED, lambda attempt: attempt.with_tenant(interact_enabled=False)),
    (RefusalCode.INSTANT_MESSAGING_DISABLED, lambda attempt: attempt.with_tenant(instant_messaging_enabled=False)),
    (RefusalCode.CONTACT_UNKNOWN, lambda attempt: replace(attempt, contact=None)),
    (RefusalCode.CONTACT_NOT_LICENSED, lambda attempt: attempt.with_service(licences=frozenset({Licence.ENTERPRISE}))),
    (
        RefusalCode.SERVICE_LICENCE_MISSING,
        lambda attempt: attempt.with_service(licences=frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING})),
    ),
    (RefusalCode.CONTACT_INACTIVE, lambda attempt: attempt.with_access(active=False)),
    (RefusalCode.MODALITY_DISABLED, lambda attempt: attempt.with_service(modalities={IM: ServiceModality(False, "c")})),
    (RefusalCode.MODALITY_NOT_EXPOSED, lambda attempt: attempt.with_access(modalities=frozenset({AV}))),
    (RefusalCode.WORKFLOW_MISSING, lambda attempt: attempt.with_contact(workflow=None)),
    (RefusalCode.DOMAIN_TEMPLATE_MISSING, lambda attempt: attempt.with_contact(template=None)),
    (RefusalCode.ORIGIN_MISSING, lambda attempt: replace(attempt, origin=None)),
    (RefusalCode.ORIGIN_NOT_ALLOWED, lambda attempt: replace(attempt, origin=ELSEWHERE)),
]
FOR_USERS: list[tuple[RefusalCode, Break]] = [
    *FOR_SERVICES[:5],
    (RefusalCode.CONTACT_NOT_LICENSED, lambda attempt: attempt.with_user(licences=frozenset({Licence.ENTERPRISE}))),
    (RefusalCode.CONTACT_INACTIVE, lambda attempt: attempt.with_access(active=False)),
    # A user has no Modalities tab: what is not exposed is not enabled.
    (RefusalCode.MODALITY_DISABLED, lambda attempt: attempt.with_access(modalities=frozenset({AV}))),
    *FOR_SERVICES[11:],
]


def broken_from(first: int, chain: list[tuple[RefusalCode, Break]], attempt: Attempt) -> Attempt:
    """Break this rule and every later one, the later ones first: what is missing altogether cannot be changed."""
    for _, break_rule in reversed(chain[first:]):
        attempt = break_rule(attempt)
    return attempt


def rules(chain: list[tuple[RefusalCode, Break]]) -> list[object]:
    return [pytest.param(index, id=code.value) for index, (code, _) in enumerate(chain)]


def test_a_widget_that_keeps_all_rules_is_let_in() -> None:
    assert AT_THE_SERVICE.ask() == AT_THE_SERVICE.contact
    assert AT_MARIO.ask() == AT_MARIO.contact


@pytest.mark.parametrize("rule", rules(FOR_SERVICES))
def test_a_service_that_breaks_one_rule_is_refused_for_it(rule: int) -> None:
    code, break_rule = FOR_SERVICES[rule]

    with pytest.raises(Refused) as refused:
        break_rule(AT_THE_SERVICE).ask()

    assert refused.value.code == code.value


@pytest.mark.parametrize("rule", rules(FOR_USERS))
def test_a_user_who_breaks_one_rule_is_refused_for_it(rule: int) -> None:
    code, break_rule = FOR_USERS[rule]

    with pytest.raises(Refused) as refused:
        break_rule(AT_MARIO).ask()

    assert refused.value.code == code.value


@pytest.mark.parametrize("rule", rules(FOR_SERVICES))
def test_of_several_broken_rules_of_a_service_the_first_in_the_chain_is_named(rule: int) -> None:
    with pytest.raises(Refused) as refused:
        broken_from(rule, FOR_SERVICES, AT_THE_SERVICE).ask()

    assert refused.value.code == FOR_SERVICES[rule][0].value


@pytest.mark.parametrize("rule", rules(FOR_USERS))
def test_of_several_broken_rules_of_a_user_the_first_in_the_chain_is_named(rule: int) -> None:
    with pytest.raises(Refused) as refused:
        broken_from(rule, FOR_USERS, AT_MARIO).ask()

    assert refused.value.code == FOR_USERS[rule][0].value


def test_every_refusal_code_is_in_the_chain_in_the_order_in_which_the_rules_are_asked() -> None:
    assert [code for code, _ in FOR_SERVICES] == list(RefusalCode)


@pytest.mark.parametrize("rule", rules(FOR_SERVICES))
def test_the_visitor_learns_only_that_it_is_not_allowed_and_the_administrator_why(rule: int) -> None:
    with pytest.raises(Refused) as refused:
        FOR_SERVICES[rule][1](AT_THE_SERVICE).ask()

    assert refused.value.visitor_code is VisitorCode.NOT_ALLOWED
    assert refused.value.status == 403
    assert len(str(refused.value)) > 10


# --- Restrict Access -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [HOME, ELSEWHERE, None])
def test_restrict_access_switched_off_lets_every_page_in_even_where_a_template_is_selected(
    origin: Origin | None,
) -> None:
    attempt = replace(AT_THE_SERVICE.with_access(restrict_access=False), origin=origin)

    assert attempt.ask() == attempt.contact


def test_restrict_access_with_an_empty_template_lets_nobody_in() -> None:
    with pytest.raises(Refused, match="equals no row"):
        AT_MARIO.with_contact(template=replace(TEMPLATE, domains=())).ask()


def test_a_refused_origin_is_named_together_with_the_template() -> None:
    with pytest.raises(
        Refused, match=r"https://www\.elsewhere\.example equals no row of the domain template 'Website'"
    ):
        replace(AT_MARIO, origin=ELSEWHERE).ask()


def test_a_request_of_the_same_origin_has_to_match_the_template_like_any_other() -> None:
    assert AT_MARIO.contact is not None
    with pytest.raises(Refused) as refused:
        admit(TENANT, AT_MARIO.contact, IM, ELSEWHERE, same_origin=True)

    assert refused.value.code == RefusalCode.ORIGIN_NOT_ALLOWED


@pytest.mark.parametrize(("same_origin", "hinted"), [(False, True), (True, False)])
def test_a_missing_origin_is_explained_unless_the_browser_has_vouched_for_it(same_origin: bool, hinted: bool) -> None:
    with pytest.raises(Refused, match="names no usable Origin") as refused:
        admit(TENANT, AT_MARIO.contact, IM, None, same_origin=same_origin)

    assert ("only browsers" in str(refused.value)) is hinted


# --- Modalities ------------------------------------------------------------------------------------------------------


def test_a_modality_of_a_service_has_to_be_enabled_and_exposed() -> None:
    both = Contact(service=SERVICE, workflow=WORKFLOW)
    only_enabled = Contact(service=replace(SERVICE, interact=InteractAccess(active=True)))
    only_exposed = Contact(service=replace(SERVICE, modalities={}))

    assert both.exposed_modalities == (IM,)
    assert only_enabled.exposed_modalities == ()
    assert only_exposed.exposed_modalities == ()


def test_a_modality_of_a_user_has_to_be_exposed() -> None:
    assert Contact(user=MARIO).exposed_modalities == (IM,)
    assert Contact(user=replace(MARIO, interact=InteractAccess(active=True))).exposed_modalities == ()


def test_instant_messaging_switched_off_for_the_tenant_does_not_concern_calls() -> None:
    calls = InteractAccess(active=True, modalities=frozenset({AV}))
    tenant = replace(TENANT, instant_messaging_enabled=False)

    contact = Contact(user=replace(MARIO, interact=calls))

    assert admit(tenant, contact, AV, HOME) == contact


def test_a_user_needs_no_workflow() -> None:
    contact = Contact(user=replace(MARIO, interact=EXPOSED))

    assert admit(TENANT, contact, IM, None).workflow is None


def test_a_contact_is_named_by_its_kind_and_id() -> None:
    assert Contact(service=SERVICE).reference.key == "service:sales"
    assert Contact(user=MARIO).reference.key == "user:mario"
    assert Contact(user=MARIO).reference.kind is ContactKind.USER


def test_a_contact_without_a_service_and_without_a_user_has_no_name_and_no_rights() -> None:
    nobody = Contact()

    with pytest.raises(ValueError, match="service or a user"):
        _ = nobody.reference
    with pytest.raises(Refused) as refused:
        admit(TENANT, nobody, IM, HOME)
    assert refused.value.code == RefusalCode.CONTACT_NOT_LICENSED
