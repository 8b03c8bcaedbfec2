"""Availability: presence in Teams, duty and flags make an agent selectable; visitors see an aggregate only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.availability import (
    OCCUPIED,
    ContactState,
    Selectability,
    TeamsPresence,
    contact_state,
    not_selectable,
)
from shared.domain.distribution import AgentState, LeftOut, Ring
from shared.domain.services import ServiceDistribution

NINE = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)
SOON = NINE + timedelta(seconds=30)
FREE = AgentState("mario", registered=True)
TWO = Selectability(capacity=2)


def reason(agent: AgentState | None, presence: TeamsPresence = TeamsPresence.AVAILABLE) -> LeftOut | None:
    return not_selectable(agent, presence, TWO, NINE)


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (FREE, None),
        (None, LeftOut.NOT_REGISTERED),
        (replace(FREE, registered=False), LeftOut.NOT_REGISTERED),
        (replace(FREE, on_duty=False), LeftOut.OFF_DUTY),
        (replace(FREE, missed="session.1"), LeftOut.DID_NOT_ANSWER),
        (replace(FREE, ring=Ring("other", "other.1", SOON)), LeftOut.RINGING),
        (replace(FREE, after_call_until=SOON), LeftOut.AFTER_CALL_WORK),
        (replace(FREE, after_call_until=NINE), None),
        (replace(FREE, conversations=("one", "two")), LeftOut.AT_CAPACITY),
        (replace(FREE, conversations=("one", "two", "three")), LeftOut.AT_CAPACITY),
        (replace(FREE, conversations=("one",)), None),
    ],
)
def test_an_agent_gets_no_task_for_a_reason(agent: AgentState | None, expected: LeftOut | None) -> None:
    assert reason(agent) is expected


def test_who_has_never_registered_with_the_bot_is_told_so_before_anything_else() -> None:
    worst = AgentState("mario", on_duty=False, missed="session.1", conversations=("one", "two"))

    assert reason(worst, TeamsPresence.OFFLINE) is LeftOut.NOT_REGISTERED


@pytest.mark.parametrize(
    ("presence", "expected"),
    [
        (TeamsPresence.AVAILABLE, None),
        (TeamsPresence.UNKNOWN, None),
        (TeamsPresence.BUSY, LeftOut.BUSY_IN_TEAMS),
        (TeamsPresence.AWAY, LeftOut.AWAY_IN_TEAMS),
        (TeamsPresence.DO_NOT_DISTURB, LeftOut.DO_NOT_DISTURB),
        (TeamsPresence.OFFLINE, LeftOut.OFFLINE_IN_TEAMS),
    ],
)
def test_presence_in_teams_decides_first(presence: TeamsPresence, expected: LeftOut | None) -> None:
    assert reason(FREE, presence) is expected


def test_a_service_can_let_busy_and_away_members_have_tasks_but_never_those_who_are_offline_or_undisturbed() -> None:
    lenient = Selectability(2, ServiceDistribution(busy_selectable=True, away_selectable=True))
    reasons = {presence: not_selectable(FREE, presence, lenient, NINE) for presence in TeamsPresence}

    assert {presence for presence, why in reasons.items() if why} == {
        TeamsPresence.OFFLINE,
        TeamsPresence.DO_NOT_DISTURB,
    }


def test_a_service_is_available_while_one_of_its_members_is() -> None:
    assert contact_state([LeftOut.OFF_DUTY, None, LeftOut.AT_CAPACITY]) is ContactState.AVAILABLE


@pytest.mark.parametrize("why", sorted(OCCUPIED))
def test_a_service_is_busy_while_somebody_is_there_without_time(why: LeftOut) -> None:
    assert contact_state([LeftOut.OFF_DUTY, why]) is ContactState.BUSY


@pytest.mark.parametrize("reasons", [[], [LeftOut.OFF_DUTY], [LeftOut.OFFLINE_IN_TEAMS, LeftOut.NOT_REGISTERED]])
def test_a_service_without_anybody_there_is_offline(reasons: list[LeftOut]) -> None:
    assert contact_state(reasons) is ContactState.OFFLINE
