"""Distribution: who is offered a task, and why somebody is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Distribution(StrEnum):
    """How a queue offers its tasks; always longest idle first."""

    DIRECT = "direct"
    BROADCAST = "broadcast"
    PICKUP = "pickup"


AGENTS_AT_ONCE: dict[Distribution, int] = {Distribution.DIRECT: 1, Distribution.BROADCAST: 10, Distribution.PICKUP: 0}
"""How many ring at the same time; of a task to be picked up nobody's chat rings, it is on the list of all members."""


class LeftOut(StrEnum):
    """Why a member is not offered a task; shown in the session's timeline."""

    UNKNOWN_USER = "unknown_user"
    NO_LICENCE = "no_instant_messaging_licence"
    NOT_REGISTERED = "not_registered_with_bot"
    OFF_DUTY = "off_duty"
    DID_NOT_ANSWER = "did_not_answer"
    RINGING = "ringing"
    AFTER_CALL_WORK = "after_call_work"
    AT_CAPACITY = "at_capacity"
    BUSY_IN_TEAMS = "busy_in_teams"
    DO_NOT_DISTURB = "do_not_disturb_in_teams"
    AWAY_IN_TEAMS = "away_in_teams"
    OFFLINE_IN_TEAMS = "offline_in_teams"
    DECLINED = "declined"
    TAKEN_MEANWHILE = "taken_meanwhile"


def are_asked_by_others(left_out: Iterable[tuple[str, str]]) -> bool:
    """Whether all (user id, reason) are only asked by somebody else at the moment: whoever waits has a turn yet."""
    reasons = {reason for _, reason in left_out}
    return bool(reasons) and reasons <= {LeftOut.RINGING.value, LeftOut.TAKEN_MEANWHILE.value}


@dataclass(frozen=True)
class Ring:
    """An invitation that an agent holds. It counts only while its session says so.

    `picked_up`: the agent takes the task from the list; that counts until the session has heard of it, or `until`.
    """

    session_id: str
    offer_id: str
    until: datetime
    picked_up: bool = False


REMEMBERED_CONVERSATIONS = 5


@dataclass(frozen=True)
class AgentState:
    """What is known of an agent between conversations. `missed` is the RONA flag: the offer that was not answered.

    `after_call_until`: until then the agent has time for what a conversation leaves to do (After-Call Work).
    `ended` are the last conversations, whose messages can still be taken back.
    """

    user_id: str
    registered: bool = False
    on_duty: bool = True
    ring: Ring | None = None
    conversations: tuple[str, ...] = ()
    missed: str | None = None
    idle_since: datetime | None = None
    after_call_until: datetime | None = None
    ended: tuple[str, ...] = ()


def longest_idle_first(agents: Iterable[AgentState]) -> list[AgentState]:
    """Order by idle time, those who never had a task first; ties by user id, so that every host agrees."""
    return sorted(agents, key=lambda agent: (agent.idle_since.timestamp() if agent.idle_since else 0.0, agent.user_id))
