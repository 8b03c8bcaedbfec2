"""Distribution: always longest idle first; and why somebody is not offered a task."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.distribution import (
    AGENTS_AT_ONCE,
    AgentState,
    Distribution,
    LeftOut,
    Ring,
    longest_idle_first,
    unavailable,
)

NINE = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)
FREE = AgentState("mario", registered=True)


def idle(user_id: str, minutes: int | None) -> AgentState:
    since = None if minutes is None else NINE - timedelta(minutes=minutes)
    return replace(FREE, user_id=user_id, idle_since=since)


def test_the_agent_who_is_idle_for_longest_comes_first() -> None:
    agents = [idle("a", 1), idle("b", 30), idle("c", 10)]

    assert [agent.user_id for agent in longest_idle_first(agents)] == ["b", "c", "a"]


def test_an_agent_who_never_had_a_task_comes_before_everybody() -> None:
    agents = [idle("a", 60 * 24 * 365), idle("b", None)]

    assert [agent.user_id for agent in longest_idle_first(agents)] == ["b", "a"]


@given(st.permutations([idle("a", 5), idle("b", 5), idle("c", None), idle("d", None), idle("e", 7)]))
def test_every_host_comes_to_the_same_order(agents: list[AgentState]) -> None:
    assert [agent.user_id for agent in longest_idle_first(agents)] == ["c", "d", "e", "a", "b"]


def test_direct_distribution_offers_a_task_to_one_agent_after_another() -> None:
    assert AGENTS_AT_ONCE[Distribution.DIRECT] == 1


def test_every_distribution_says_how_many_agents_it_asks_at_once() -> None:
    assert set(AGENTS_AT_ONCE) == set(Distribution)


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        (FREE, None),
        (replace(FREE, registered=False), LeftOut.NOT_REGISTERED),
        (replace(FREE, on_duty=False), LeftOut.OFF_DUTY),
        (replace(FREE, missed="session.1"), LeftOut.DID_NOT_ANSWER),
        (replace(FREE, conversations=("one", "two")), LeftOut.AT_CAPACITY),
        (replace(FREE, conversations=("one", "two", "three")), LeftOut.AT_CAPACITY),
        (replace(FREE, conversations=("one",)), None),
    ],
)
def test_an_agent_gets_no_task_for_a_reason(agent: AgentState, reason: LeftOut | None) -> None:
    assert unavailable(agent, capacity=2) is reason


def test_who_has_never_registered_with_the_bot_is_told_so_before_anything_else() -> None:
    worst = AgentState("mario", on_duty=False, missed="session.1", conversations=("one",))

    assert unavailable(worst, capacity=1) is LeftOut.NOT_REGISTERED


def test_whether_a_ring_counts_is_not_for_the_agent_s_row_to_say() -> None:
    assert unavailable(replace(FREE, ring=Ring("other", "other.1", NINE)), capacity=1) is None
