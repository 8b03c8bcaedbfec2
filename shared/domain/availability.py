"""Availability: what Teams says of a person, what follows for tasks, and what visitors see of a contact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from shared.domain.distribution import AgentState, LeftOut
from shared.domain.services import ServiceDistribution


class TeamsPresence(StrEnum):
    """A person's presence in Teams; `unknown` where it cannot be read, which keeps nobody from taking tasks."""

    AVAILABLE = "available"
    BUSY = "busy"
    DO_NOT_DISTURB = "doNotDisturb"
    AWAY = "away"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class ContactState(StrEnum):
    """What visitors see of a user or, as an aggregate, of a service."""

    AVAILABLE = "available"
    BUSY = "busy"
    OFFLINE = "offline"


OCCUPIED = frozenset(
    {
        LeftOut.AT_CAPACITY,
        LeftOut.RINGING,
        LeftOut.AFTER_CALL_WORK,
        LeftOut.DID_NOT_ANSWER,
        LeftOut.BUSY_IN_TEAMS,
        LeftOut.DO_NOT_DISTURB,
        LeftOut.AWAY_IN_TEAMS,
    }
)
"""Reasons of somebody who is there, but has no time now."""


@dataclass(frozen=True)
class Selectability:
    """What decides whether an agent can be offered a task: the tenant's capacity and the service's settings."""

    capacity: int
    distribution: ServiceDistribution = field(default_factory=ServiceDistribution)


def not_selectable(
    agent: AgentState | None, presence: TeamsPresence, rules: Selectability, now: datetime
) -> LeftOut | None:
    """The reason why this agent gets no further task now; None where the agent can have one.

    Presence in Teams → duty → flags, as the guide orders them. A ring counts as it stands in the row; whether it
    still rings is for its session to say (see `application.queue`).
    """
    if agent is None or not agent.registered:
        return LeftOut.NOT_REGISTERED
    in_teams = _in_teams(presence, rules.distribution)
    if in_teams is not None:
        return in_teams
    if not agent.on_duty:
        return LeftOut.OFF_DUTY
    if agent.missed is not None:
        return LeftOut.DID_NOT_ANSWER
    if agent.ring is not None:
        return LeftOut.RINGING
    if agent.after_call_until is not None and now < agent.after_call_until:
        return LeftOut.AFTER_CALL_WORK
    if len(agent.conversations) >= rules.capacity:
        return LeftOut.AT_CAPACITY
    return None


def as_seen(agent: AgentState, now: datetime) -> AgentState:
    """The state for whoever only looks: a ring whose time is over is left from an offer that nobody has settled yet.

    Only looking must not keep a contact busy for ever. Whoever offers a task settles the ring first instead.
    """
    is_over = agent.ring is not None and now >= agent.ring.until
    return replace(agent, ring=None) if is_over else agent


def contact_state(reasons: Iterable[LeftOut | None]) -> ContactState:
    """The state of a contact whose people have these reasons: one who can is enough, else one who is there."""
    found = tuple(reasons)
    if any(reason is None for reason in found):
        return ContactState.AVAILABLE
    return ContactState.BUSY if any(reason in OCCUPIED for reason in found) else ContactState.OFFLINE


def _in_teams(presence: TeamsPresence, distribution: ServiceDistribution) -> LeftOut | None:
    if presence is TeamsPresence.OFFLINE:
        return LeftOut.OFFLINE_IN_TEAMS
    if presence is TeamsPresence.DO_NOT_DISTURB:
        # Teams shows no notification then: who rings would only be missed.
        return LeftOut.DO_NOT_DISTURB
    if presence is TeamsPresence.BUSY and not distribution.busy_selectable:
        return LeftOut.BUSY_IN_TEAMS
    if presence is TeamsPresence.AWAY and not distribution.away_selectable:
        return LeftOut.AWAY_IN_TEAMS
    return None
