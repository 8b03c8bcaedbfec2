"""Configuring your tenant for Interact: bounds of its settings, and what Interact cannot do without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.tenants import MessagingKind, check_tenant
from tests.domain.company import TENANT


def changed(field: str, value: Any) -> list[tuple[str, str]]:
    return [(finding.rule, finding.field) for finding in check_tenant(replace(TENANT, **{field: value}))]


def test_the_settings_of_the_guide_s_walk_through_break_no_rule() -> None:
    assert check_tenant(TENANT) == ()


@pytest.mark.parametrize(
    ("field", "lowest", "highest"),
    [
        ("session_recovery_timeout", 0, 86_400),
        ("concurrency_cap", 1, 50),
        ("conversations_per_agent", 1, 20),
    ],
)
def test_a_number_has_to_be_within_its_bounds(field: str, lowest: int, highest: int) -> None:
    assert changed(field, lowest) == []
    assert changed(field, highest) == []
    assert changed(field, lowest - 1) == [("out_of_range", field)]
    assert changed(field, highest + 1) == [("out_of_range", field)]


def test_a_number_out_of_bounds_is_named_with_the_bounds() -> None:
    (finding,) = check_tenant(replace(TENANT, concurrency_cap=51))

    assert finding.explanation == "must be a whole number from 1 to 50; it is 51"


def test_a_widget_key_that_could_be_guessed_is_refused() -> None:
    assert changed("widget_key", "x" * 15) == [("widget_key_short", "widget_key")]
    assert changed("widget_key", "x" * 16) == []


@pytest.mark.parametrize("field", ["acs_secret", "acs_resource_id"])
def test_interact_needs_its_acs_resource_only_while_it_is_enabled_and_uses_acs(field: str) -> None:
    empty: dict[str, Any] = {field: ""}
    without = replace(TENANT, **empty)

    assert changed(field, "") == [("acs_missing", field)]
    assert check_tenant(replace(without, interact_enabled=False)) == ()
    assert check_tenant(replace(without, messaging=MessagingKind.NATIVE)) == ()
