"""Distribution: who is offered a task, and why somebody is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Distribution(StrEnum):
    """How a queue offers its tasks; always longest idle first."""

    DIRECT = "direct"


AGENTS_AT_ONCE: dict[Distribution, int] = {Distribution.DIRECT: 1}


class LeftOut(StrEnum):
    """Why a member is not offered a task; shown in the session's timeline."""

    UNKNOWN_USER = "unknown_user"
    NO_LICENCE = "no_instant_messaging_licence"
    NOT_REGISTERED = "not_registered_with_bot"
    OFF_DUTY = "off_duty"
    DID_NOT_ANSWER = "did_not_answer"
    RINGING = "ringing"
    AT_CAPACITY = "at_capacity"
    DECLINED = "declined"
    TAKEN_MEANWHILE = "taken_meanwhile"


@dataclass(frozen=True)
class Ring:
    """An invitation that an agent holds. It counts only while its session says so."""

    session_id: str
    offer_id: str
    until: datetime


@dataclass(frozen=True)
class AgentState:
    """What is known of an agent between conversations. `missed` is the RONA flag: the offer that was not answered."""

    user_id: str
    registered: bool = False
    on_duty: bool = True
    ring: Ring | None = None
    conversations: tuple[str, ...] = ()
    missed: str | None = None
    idle_since: datetime | None = None


def unavailable(agent: AgentState, capacity: int) -> LeftOut | None:
    """The reason why this agent gets no further task now; None where it can have one.

    A ring is not judged here: whether it counts is for its session to say (see `application.queue`).
    """
    if not agent.registered:
        return LeftOut.NOT_REGISTERED
    if not agent.on_duty:
        return LeftOut.OFF_DUTY
    if agent.missed is not None:
        return LeftOut.DID_NOT_ANSWER
    if len(agent.conversations) >= capacity:
        return LeftOut.AT_CAPACITY
    return None


def longest_idle_first(agents: Iterable[AgentState]) -> list[AgentState]:
    """Order by idle time, those who never had a task first; ties by user id, so that every host agrees."""
    return sorted(agents, key=lambda agent: (agent.idle_since.timestamp() if agent.idle_since else 0.0, agent.user_id))
