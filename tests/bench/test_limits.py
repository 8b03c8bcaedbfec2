"""What is judged, and how: pure rules on bills."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.bench.bills import Bill
from tests.bench.limits import Cost, Limit, Talk
from tests.bench.storage_meter import FINISH, POLL, PUT

LIMIT = Limit(table_transactions=2, outbound_calls=1, queue_messages=0)


def _bill(*, tables: int = 0, puts: int = 0, calls: int = 0) -> Bill:
    return Bill(Counter({"read agents": tables}), Counter({PUT: puts}), Counter({"acs sendMessage": calls}))


def test_a_cost_at_its_limit_is_kept() -> None:
    assert list(Cost("echo", [_bill(tables=2, calls=1)], LIMIT).excesses) == []


@pytest.mark.parametrize(
    ("bill", "sentence"),
    [
        (_bill(tables=3), "echo: 3 table transactions, allowed 2: 3 × read agents"),
        (_bill(calls=2), "echo: 2 outbound calls, allowed 1: 2 × acs sendMessage"),
        (_bill(puts=1), "echo: 1 queue messages, allowed 0: queue put"),
    ],
)
def test_a_cost_above_its_limit_names_the_calls(bill: Bill, sentence: str) -> None:
    assert list(Cost("echo", [bill], LIMIT).excesses) == [sentence]


def test_what_nothing_is_promised_of_has_no_limit() -> None:
    assert list(Cost("heartbeat", [_bill(tables=9, puts=9, calls=9)], Limit()).excesses) == []


def test_one_sample_in_which_a_cache_ran_out_does_not_count() -> None:
    assert list(Cost("echo", [_bill(tables=2), _bill(tables=4), _bill(tables=2)], LIMIT).excesses) == []


def test_a_surplus_in_most_samples_counts() -> None:
    assert list(Cost("echo", [_bill(tables=2), _bill(tables=3), _bill(tables=3)], LIMIT).excesses)


@pytest.mark.parametrize(("seconds", "allowed"), [(1.0, 1), (24.9, 1), (25.0, 2), (60.0, 3)])
def test_a_talk_may_write_one_queue_message_in_25_seconds(seconds: float, allowed: int) -> None:
    assert list(Talk(seconds, allowed).excesses) == []
    assert list(Talk(seconds, allowed + 1).excesses)


def test_polls_are_no_part_of_a_bill() -> None:
    earlier, later = Counter({POLL: 3}), Counter({POLL: 8, PUT: 1})
    bill = Bill(Counter(), later, Counter()).since(Bill(Counter(), earlier, Counter()))
    assert bill.items() == "queue put"


def test_a_timer_message_that_was_finished_disturbs_a_bill() -> None:
    assert Bill(Counter(), Counter({FINISH: 1}), Counter()).has_timers
    assert not _bill(puts=1).has_timers
