"""Distribution: always longest idle first; and why somebody is not offered a task."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.distribution import (
    AGENTS_AT_ONCE,
    AgentState,
    Distribution,
    longest_idle_first,
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


def test_broadcast_lets_ten_agents_ring_at_once() -> None:
    assert AGENTS_AT_ONCE[Distribution.BROADCAST] == 10


def test_of_a_task_to_be_picked_up_nobody_s_chat_rings() -> None:
    assert AGENTS_AT_ONCE[Distribution.PICKUP] == 0


def test_every_distribution_says_how_many_agents_it_asks_at_once() -> None:
    assert set(AGENTS_AT_ONCE) == set(Distribution)
