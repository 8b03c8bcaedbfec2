"""The budget of a session's messages: what is within it, and what becomes of the rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.message_budgets import BOUNDS, MessageBudget, MessageCount, Verdict, count
from shared.domain.tenants import check_tenant
from tests.domain.company import TENANT

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BUDGET = MessageBudget(messages=10, bytes=28_000, burst=3, burst_seconds=10, patience=10)


def verdicts(budget: MessageBudget, messages: list[tuple[float, str]]) -> list[Verdict]:
    """What becomes of messages, each with its second and its text."""
    state, found = MessageCount(), []
    for second, text in messages:
        state, verdict = count(state, budget, text, NOON + timedelta(seconds=second))
        found.append(verdict)
    return found


def slowly(number: int, text: str = "Hello") -> list[tuple[float, str]]:
    return [(10.0 * index, text) for index in range(number)]


def test_by_default_500_messages_a_megabyte_and_20_in_10_seconds() -> None:
    default = MessageBudget()

    assert (default.messages, default.bytes, default.burst, default.burst_seconds) == (500, 1_000_000, 20, 10)


def test_messages_within_the_budget_are_relayed() -> None:
    assert verdicts(BUDGET, slowly(10)) == [Verdict.WITHIN] * 10


def test_one_message_more_is_refused_and_only_the_first_time_worth_a_notice() -> None:
    assert verdicts(BUDGET, slowly(13))[10:] == [Verdict.SPENT, Verdict.SPENT_TOLD, Verdict.SPENT_TOLD]


def test_whoever_goes_on_far_above_the_budget_exceeds_it_grossly() -> None:
    assert verdicts(BUDGET, slowly(21))[-2:] == [Verdict.SPENT_TOLD, Verdict.GROSS]


def test_size_is_counted_in_bytes_of_utf_8() -> None:
    assert verdicts(BUDGET, slowly(2, "x" * 14_000)) == [Verdict.WITHIN, Verdict.WITHIN]
    assert verdicts(BUDGET, slowly(2, "ü" * 14_000)) == [Verdict.WITHIN, Verdict.SPENT]


def test_a_message_that_no_longer_fits_ends_the_budget_for_small_ones_too() -> None:
    sizes = [(0.0, "x" * 20_000), (20.0, "x" * 20_000), (40.0, "x")]

    assert verdicts(BUDGET, sizes) == [Verdict.WITHIN, Verdict.SPENT, Verdict.SPENT_TOLD]


def test_a_burst_is_cut_and_told_once_and_the_next_messages_pass_again() -> None:
    burst = [(0.0, "a"), (1.0, "b"), (2.0, "c"), (3.0, "d"), (4.0, "e"), (10.0, "f")]

    expected = [Verdict.WITHIN] * 3 + [Verdict.TOO_FAST, Verdict.TOO_FAST_TOLD, Verdict.WITHIN]
    assert verdicts(BUDGET, burst) == expected


def test_a_text_that_no_encoding_can_carry_is_counted_too() -> None:
    assert verdicts(BUDGET, [(0.0, "\ud800")]) == [Verdict.WITHIN]


def test_an_earlier_time_of_writing_opens_no_new_burst() -> None:
    assert verdicts(BUDGET, [(5.0, "a"), (4.0, "b"), (3.0, "c"), (2.0, "d")])[-1] is Verdict.TOO_FAST


@given(st.lists(st.tuples(st.floats(0, 20, allow_nan=False), st.text(max_size=50)), max_size=60))
def test_never_more_than_the_budget_is_relayed_and_notices_are_few(steps: list[tuple[float, str]]) -> None:
    messages = [(sum(pause for pause, _ in steps[: index + 1]), text) for index, (_, text) in enumerate(steps)]
    found = Counter(verdicts(BUDGET, messages))
    bursts = {int(second // 10) for second, _ in messages}

    assert found[Verdict.WITHIN] <= BUDGET.messages
    assert found[Verdict.SPENT] <= 1
    assert found[Verdict.TOO_FAST] <= len(bursts)
    assert sum(found.values()) - found[Verdict.WITHIN] <= BUDGET.patience or found[Verdict.GROSS] >= 1


@pytest.mark.parametrize("field", list(BOUNDS))
def test_a_tenant_sets_its_budget_within_bounds(field: str) -> None:
    lowest, highest = BOUNDS[field]

    def findings(value: int) -> list[str]:
        changed = replace(TENANT, message_budget=replace(MessageBudget(), **{field: value}))
        return [finding.field for finding in check_tenant(changed)]

    assert findings(lowest) == findings(highest) == []
    assert findings(lowest - 1) == findings(highest + 1) == [f"message_budget.{field}"]
