"""Whether an agent was ever wanted twice at the same time, from the timelines of all sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from shared.ports import TimelineEntry

TAKES = ("AgentAccepted", "AgentPickedUp")
ENDS = ("CustomerEnded", "AgentEnded")
OFFER_DUE = "offer"


@dataclass(frozen=True)
class Claim:
    """From `since` until `until` an agent was rung by a session, or talked in it."""

    agent_id: str
    session_id: str
    since: datetime
    until: datetime

    def overlaps(self, other: Claim) -> bool:
        return self.session_id != other.session_id and self.since < other.until and other.since < self.until


def double_claims(claims: Iterable[Claim]) -> list[tuple[Claim, Claim]]:
    """Pairs of claims of two sessions on one agent, at the same time."""
    of_agents: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        of_agents[claim.agent_id].append(claim)
    return [pair for mine in of_agents.values() for pair in combinations(mine, 2) if pair[0].overlaps(pair[1])]


def claims_of(session_id: str, timeline: Sequence[TimelineEntry], ring: timedelta) -> Iterator[Claim]:
    """All claims of one session."""
    entries = sorted(timeline, key=lambda entry: entry.at)
    for index, entry in enumerate(entries):
        later = entries[index + 1 :]
        if entry.what == "AgentsReserved":
            for agent_id in entry.details["agents"]:
                until = _end_of_ring(agent_id, str(entry.details["offer_id"]), later, entry.at + ring)
                yield Claim(agent_id, session_id, entry.at, until)
        elif entry.what in TAKES:
            until = next((one.at for one in later if one.what in ENDS), datetime.max.replace(tzinfo=entry.at.tzinfo))
            yield Claim(str(entry.details["agent"]), session_id, entry.at, until)


def _end_of_ring(agent_id: str, offer_id: str, later: Sequence[TimelineEntry], latest: datetime) -> datetime:
    return min([latest, *(entry.at for entry in later if _ends_ring(agent_id, offer_id, entry.what, entry.details))])


def _ends_ring(agent_id: str, offer_id: str, what: str, details: Mapping[str, object]) -> bool:
    match what:
        case "AgentDeclined":
            return details["agent_id"] == agent_id and details["offer_id"] == offer_id
        case "AgentAccepted" | "AgentsReserved":
            return True
        case "TimerDue":
            return details["deadline_id"] == OFFER_DUE
        case "DeliveryFailed":
            return details.get("agent_id") == agent_id
    return what in ENDS
