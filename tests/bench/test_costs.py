"""The counted costs of one running stack; their limits are the architecture's promises (see `limits`)."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from tests.bench.bills import Bill
from tests.bench.costs import Costs, measure
from tests.bench.limits import COMPOSED_MESSAGE, CUSTOMER_MESSAGE, ECHO, FIELD_MESSAGE, HEARTBEAT, REFRESH, START


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Costs:
    return asyncio.run(measure(tmp_path_factory.mktemp("bench")))


def _bill(counted: Costs, name: str) -> Bill:
    return next(cost for cost in counted.costs if cost.name == name).typical


def test_no_counted_cost_is_above_what_the_architecture_promises(counted: Costs) -> None:
    assert counted.excesses == []


def test_a_customers_message_is_one_read_and_two_writes_and_goes_out_once(counted: Costs) -> None:
    bill = _bill(counted, CUSTOMER_MESSAGE)
    assert bill.tables == Counter({"range of sessions": 1, "transaction on sessions": 2})
    assert bill.outbound == Counter({"acs listMessages": 1, "teams sendActivity": 1})


def test_an_agents_message_is_sent_once_and_pushed_once(counted: Costs) -> None:
    for name in (COMPOSED_MESSAGE, FIELD_MESSAGE):
        assert _bill(counted, name).outbound == Counter({"acs sendMessage": 1, "signalr sendToUser": 1})


def test_only_a_composed_text_has_to_find_its_conversation(counted: Costs) -> None:
    composed, from_field = _bill(counted, COMPOSED_MESSAGE), _bill(counted, FIELD_MESSAGE)
    assert composed.tables - from_field.tables == Counter({"read agents": 1})


def test_the_echo_of_our_own_message_costs_nothing(counted: Costs) -> None:
    echoes = [bill for cost in counted.costs if cost.name == ECHO for bill in cost.bills]
    assert echoes
    assert all(bill.items() == "" for bill in echoes)


def test_a_session_start_makes_an_identity_a_thread_and_the_first_message(counted: Costs) -> None:
    calls = Counter({"acs createIdentity": 1, "acs createThread": 1, "acs sendMessage": 1})
    assert _bill(counted, START).outbound == calls


def test_a_session_start_takes_its_slot_by_one_read_and_one_row(counted: Costs) -> None:
    queue = {name: count for name, count in _bill(counted, START).tables.items() if name.endswith(" queue")}
    assert queue == {"range of queue": 1, "insert into queue": 1}


def test_a_token_refresh_issues_one_token(counted: Costs) -> None:
    assert _bill(counted, REFRESH).outbound == Counter({"acs issueAccessToken": 1})


def test_a_heartbeat_calls_no_other_service_and_sets_no_timer(counted: Costs) -> None:
    bill = _bill(counted, HEARTBEAT)
    assert bill.table_transactions
    assert (bill.queue_messages, bill.outbound_calls) == (0, 0)
