"""What a site's token says: whom it vouches for, and that nothing in it can break the rules that read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from shared.domain.errors import Refused
from shared.domain.parameters import Customer, Proof, render
from shared.domain.site_tokens import VerifiedCustomer, as_vouched, issuer_name, verified_customer

NOW = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)
SITE = SiteTokenSettings(issuer="https://www.lunifico.example", audience="interact", clock_tolerance=60)
CLAIMS = {
    "iss": "https://www.lunifico.example",
    "aud": "interact",
    "sub": "4711",
    "name": "Carla Customer",
    "exp": NOW.timestamp() + 300,
}
FORM = Customer("Typed", "typed@example.org")
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
ANYTHING = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(st.text(max_size=3), PLAIN, max_size=2)
NAMES = st.sampled_from(
    ["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "name", "email", "email_verified", "scope", "scp"]
)


def read(mode: AuthorizationMode = AuthorizationMode.SIGNED_TOKEN, **claims: Any) -> VerifiedCustomer:
    return verified_customer({**CLAIMS, **claims}, mode, SITE, NOW)


EXAMPLES = settings(max_examples=100, deadline=None, derandomize=True)


def test_a_good_token_names_the_customer() -> None:
    assert read(email="carla@lunifico.example", jti="t") == VerifiedCustomer(
        "4711", "Carla Customer", "carla@lunifico.example", "t", NOW.timestamp() + 300
    )


@EXAMPLES
@given(st.dictionaries(NAMES, ANYTHING, max_size=3), st.sampled_from(AuthorizationMode), st.sampled_from(["", "chat"]))
def test_whatever_claims_say_they_are_taken_or_refused(
    claims: dict[str, Any], mode: AuthorizationMode, scope: str
) -> None:
    try:
        known = verified_customer({**CLAIMS, **claims}, mode, replace(SITE, scope=scope), NOW)
    except Refused:
        return
    assert 1 <= len(known.subject) <= 255
    for shown in (known.display_name, known.email):
        assert shown is None or 1 <= len(shown) <= 254
        assert shown is None or not set(shown) & set("\r\n\0\u202e\u2028")


@pytest.mark.parametrize(("ahead", "passes"), [(600, True), (660, True), (661, False)])
def test_what_is_left_of_a_life_is_bounded_where_it_does_not_say_when_it_began(ahead: int, passes: bool) -> None:
    if passes:
        assert read(exp=NOW.timestamp() + ahead).subject == "4711"
    else:
        with pytest.raises(Refused, match="600 s"):
            read(exp=NOW.timestamp() + ahead)


def test_a_token_of_an_identity_provider_may_live_as_its_provider_wants() -> None:
    assert read(AuthorizationMode.OIDC, iat=NOW.timestamp() - 9e6, exp=NOW.timestamp() + 9e6).subject == "4711"


def test_the_tolerance_is_the_tenants() -> None:
    strict = replace(SITE, clock_tolerance=0)
    with pytest.raises(Refused, match="over"):
        verified_customer({**CLAIMS, "exp": NOW.timestamp()}, AuthorizationMode.SIGNED_TOKEN, strict, NOW)
    assert read(exp=NOW.timestamp() - 59).subject == "4711"


@pytest.mark.parametrize(
    ("known", "customer"),
    [
        (VerifiedCustomer("1", "Carla", "c@x"), Customer("Carla", "c@x", Proof("i", "1", True, True))),
        (VerifiedCustomer("1", "Carla"), Customer("Carla", "typed@example.org", Proof("i", "1", True, False))),
        (VerifiedCustomer("1", None, "c@x"), Customer("Typed", "c@x", Proof("i", "1", False, True))),
        (VerifiedCustomer("1"), Customer("Typed", "typed@example.org", Proof("i", "1"))),
    ],
)
def test_what_is_vouched_for_overrules_the_form_and_no_more_is_vouched_for(
    known: VerifiedCustomer, customer: Customer
) -> None:
    assert as_vouched(FORM, known, "i") == customer
    assert as_vouched(FORM, known, "i").subject == "1"


def test_texts_of_administrators_name_the_customer_that_is_vouched_for() -> None:
    carla = as_vouched(FORM, VerifiedCustomer("1", "Carla"), "i")
    assert render("$(Customer.DisplayName)", carla) == "Carla"


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        ("https://www.lunifico.example", "www.lunifico.example"),
        ("https://login.microsoftonline.com/1/v2.0", "login.microsoftonline.com"),
        ("lunifico", "lunifico"),
        ("urn:lunifico:shop", "urn:lunifico:shop"),
        ("https://[", "https://["),
    ],
)
def test_an_issuer_is_called_by_its_host(issuer: str, name: str) -> None:
    assert issuer_name(issuer) == name
