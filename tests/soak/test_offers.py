"""Claims on agents, read from timelines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.ports import TimelineEntry
from tests.soak.offers import claims_of, double_claims

BEGIN = datetime(2030, 1, 1, 9, tzinfo=UTC)
RING = timedelta(seconds=12)


def _at(second: float, what: str, **details: Any) -> TimelineEntry:
    return TimelineEntry(BEGIN + timedelta(seconds=second), what, details)


def _doubles(**sessions: list[TimelineEntry]) -> int:
    claims = [claim for name, timeline in sessions.items() for claim in claims_of(name, timeline, RING)]
    return len(double_claims(claims))


def _rings(second: float, *agents: str, offer: str = "1") -> TimelineEntry:
    return _at(second, "AgentsReserved", offer_id=offer, agents=list(agents))


def test_two_offers_to_one_agent_at_the_same_time_are_found() -> None:
    assert _doubles(one=[_rings(0, "mario")], two=[_rings(5, "mario")]) == 1


def test_offers_one_after_the_other_are_none() -> None:
    one = [_rings(0, "mario", "luisa"), _at(4, "AgentAccepted", agent="luisa", offer_id="1"), _at(9, "CustomerEnded")]
    two = [_rings(5, "mario"), _at(6, "AgentDeclined", agent_id="mario", offer_id="1"), _rings(10, "luisa", offer="2")]
    assert _doubles(one=one, two=two, three=[_rings(6.5, "mario")]) == 0


def test_an_offer_while_the_agent_talks_is_found() -> None:
    one = [_at(0, "AgentPickedUp", agent="mario", offer_id="1"), _at(60, "AgentEnded", agent_id="mario")]
    assert _doubles(one=one, two=[_rings(30, "mario")]) == 1
    assert _doubles(one=one, two=[_rings(60, "mario")]) == 0


def test_a_session_is_never_in_the_way_of_itself() -> None:
    assert _doubles(one=[_rings(0, "mario"), _rings(3, "mario", offer="2")]) == 0
