"""`interact cost`: arithmetic that can be checked by hand, and prices that can be put right."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cli.cost import Prices, Usage, Work, monthly, per_call_minute, per_thousand_chats, transactions
from tests.bench.limits import CUSTOMER_MESSAGE, LIMITS, START
from tests.cli.terminal import Terminal
from tests.infra.bicep_text import ROOT

NOTHING = Usage(chats=0, visitors_at_once=0)


def test_nothing_costs_nothing() -> None:
    assert set(monthly(NOTHING).values()) == {0.0}


def test_acs_takes_its_price_for_each_message_and_participant_s_minute() -> None:
    bill = monthly(replace(NOTHING, chats=1_000, messages=20, calls=10, call_minutes=5.0, call_participants=2))
    assert bill["ACS chat"] == pytest.approx(1_000 * 20 * 0.0008)
    assert bill["ACS calls"] == pytest.approx(10 * 5 * 2 * 0.004)
    assert per_call_minute(2) == pytest.approx(0.008)


@pytest.mark.parametrize(("visitors", "units"), [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (5_500, 6)])
def test_signalr_is_paid_by_units(visitors: int, units: int) -> None:
    assert monthly(replace(NOTHING, visitors_at_once=visitors))["SignalR"] == pytest.approx(units * 49.0)


def test_the_free_grant_covers_a_small_deployment() -> None:
    assert monthly(Usage(chats=1_000))["functions"] == 0.0
    assert monthly(Usage(chats=100_000))["functions"] > 0.0


def test_two_instances_that_never_sleep_cost_what_deploy_md_says() -> None:
    assert round(monthly(replace(NOTHING, always_ready=2))["always-ready instances"]) == 42


def test_more_of_anything_never_costs_less() -> None:
    base = Usage(chats=50_000, calls=100, always_ready=1)
    for name in ("chats", "messages", "minutes", "calls", "call_minutes", "visitors_at_once", "always_ready"):
        more = replace(base, **{name: getattr(base, name) * 3})
        assert sum(monthly(more).values()) >= sum(monthly(base).values()), name


def test_a_further_thousand_is_reckoned_without_what_is_free() -> None:
    usage = Usage(messages=20)
    assert per_thousand_chats(usage) > 1_000 * 20 * 0.0008
    assert per_thousand_chats(usage) == per_thousand_chats(
        replace(usage, chats=9, visitors_at_once=9_000, always_ready=3)
    )


def test_the_counted_work_is_what_the_architecture_promises() -> None:
    assert Work().start_transactions == LIMITS[START].table_transactions
    assert Work().message_transactions == LIMITS[CUSTOMER_MESSAGE].table_transactions
    assert transactions(Usage(chats=1, messages=0, minutes=0.0)) == 6 + 23 + Work().end_transactions


def test_prices_are_put_right_and_then_one_s_own(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        document = terminal.document("cost", "--chats", "1000", "--price", "acs_message=0.001", "--visitors", "0")
        assert document["month"]["ACS chat"] == pytest.approx(20.0)
        assert document["pricesAsOf"] == "your figures"
        assert terminal.document("cost")["pricesAsOf"] == Prices().as_of
        for wrong in ("acs_message=cheap", "free_lunch=0", "acs_message=-1"):
            assert terminal.run("cost", "--price", wrong).code == 2


def test_operate_md_shows_what_it_reckons() -> None:
    text = (ROOT / "docs" / "operate.md").read_text("utf-8")
    rows = re.findall(r"^\| ([\d,]+) chats of (\d+) messages \| ([\d.]+) \| ([\d.]+) \|$", text, re.MULTILINE)
    assert len(rows) >= 3
    for chats, messages, total, further in rows:
        usage = Usage(chats=int(chats.replace(",", "")), messages=int(messages))
        assert (f"{sum(monthly(usage).values()):.2f}", f"{per_thousand_chats(usage):.2f}") == (total, further)
    assert Prices().as_of in text
