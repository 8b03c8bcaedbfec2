"""Conversation parameters such as `$(Customer.DisplayName)`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.parameters import PARAMETERS, Agent, Customer, check_parameters, render

CARLA = Customer("Carla Customer", "carla@example.org")
MARIO = Agent("mario", "Mario", "Mario", "Lunifico", "mario@lunifico.example")


@pytest.mark.parametrize(
    ("placeholder", "value"),
    [
        ("$(Customer.DisplayName)", "Carla Customer"),
        ("$(Customer.Email)", "carla@example.org"),
        ("$(User.DisplayName)", "Mario"),
        ("$(User.FirstName)", "Mario"),
        ("$(User.LastName)", "Lunifico"),
        ("$(User.Upn)", "mario@lunifico.example"),
    ],
)
def test_the_guide_s_parameters_are_filled_in(placeholder: str, value: str) -> None:
    assert render(f"<{placeholder}>", CARLA, MARIO) == f"<{value}>"


def test_the_parameters_have_the_guide_s_titles() -> None:
    assert [parameter.title for parameter in PARAMETERS.values()] == [
        "Customer Display Name",
        "Customer Email",
        "User Display Name",
        "User First Name",
        "User Last Name",
        "User Upn",
    ]


def test_parameters_of_the_user_are_empty_while_there_is_none() -> None:
    assert render("Hello $(User.DisplayName)$(User.FirstName)$(User.LastName)$(User.Upn)!", CARLA) == "Hello !"


def test_unknown_parameters_vanish() -> None:
    assert render("Hello $(Customer.Shoe)$()$(customer.email)!", CARLA, MARIO) == "Hello !"


def test_what_a_customer_types_is_never_filled_in() -> None:
    mallory = Customer("$(Customer.Email)", "$(User.Upn)")

    assert render("$(Customer.DisplayName), $(Customer.Email)", mallory, MARIO) == "$(Customer.Email), $(User.Upn)"


def test_pieces_that_become_a_parameter_only_together_stay_pieces() -> None:
    assert render("$($(Customer.Email))", Customer("x", "User.Upn"), MARIO) == "$(User.Upn)"


@pytest.mark.parametrize(
    "text", ["", "$", "$(", "$()", "5 $ (net)", "$(a)(b)", "$(" * 10_000, "$(" + "x" * 10_000 + ")"]
)
def test_unfinished_placeholders_do_no_harm(text: str) -> None:
    assert "Carla" not in render(text, CARLA, MARIO)


@given(st.text(), st.text(), st.text())
def test_customers_texts_arrive_as_typed_whatever_they_hold(before: str, name: str, after: str) -> None:
    clean = [part.replace("$", "S") for part in (before, after)]

    rendered = render(f"{clean[0]}$(Customer.DisplayName){clean[1]}", Customer(name, ""))

    assert rendered == f"{clean[0]}{name}{clean[1]}"


def test_known_parameters_break_no_rule() -> None:
    assert check_parameters(" ".join(f"$({name})" for name in PARAMETERS), "texts.en.incoming") == ()


@pytest.mark.parametrize(
    "written",
    [
        "$(Customer Name)",
        "$( Customer.Email )",
        "$(Customer.Email",
        "$()",
        "$(Customer.\nEmail)",
        "$(" + "x" * 81 + ")",
    ],
)
def test_what_only_looks_like_a_parameter_and_would_be_sent_as_it_stands_is_reported(written: str) -> None:
    (finding,) = check_parameters(f"Hello {written}", "texts.en.greeting")
    assert finding.rule == "parameter_unknown"
    assert written[:10] in finding.explanation


@pytest.mark.parametrize("text", ["It costs 5 $ (or 4 €).", "US$", "$", "Hello $(Customer.Email)(again)"])
def test_dollars_are_no_parameters(text: str) -> None:
    assert check_parameters(text, "texts.en.greeting") == ()


def test_each_unknown_parameter_is_reported_once_and_the_known_ones_are_named() -> None:
    findings = check_parameters("$(A) $(Customer.Email) $(B) $(A)", "texts.en.incoming")

    assert [finding.explanation.split()[0] for finding in findings] == ["$(A)", "$(B)"]
    assert all(f"$({name})" in findings[0].explanation for name in PARAMETERS)
    assert {(finding.rule, finding.field) for finding in findings} == {("parameter_unknown", "texts.en.incoming")}


@given(st.text("$()CustomerDisplayNameEmailUser. x"))
def test_a_text_without_findings_has_no_parameter_that_vanishes(text: str) -> None:
    if not check_parameters(text, "field"):
        marked = render(text, Customer("·", "·"), Agent("·", "·", "·", "·", "·"))
        known = sum(text.count(f"$({name})") for name in PARAMETERS)
        assert marked.count("·") == known
