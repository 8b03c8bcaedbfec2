"""Why a session is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.events import Event


@dataclass(frozen=True)
class Nudge:
    """The customer has written. Only a hint: the thread is the truth.

    `sequence` is its place in the thread, which Event Grid does not say. `tenant_id` is the tenant whose ACS resource,
    or whose visitor, says so; it counts for this tenant's sessions only.
    """

    message_id: str
    created_on: datetime
    tenant_id: str
    sequence: int | None = None


@dataclass(frozen=True)
class Happened:
    """A person did something. `activity_id` makes it count once, however often it arrives.

    `tenant_id`: the person acts in this tenant; it counts for this tenant's sessions only.
    """

    event: Event
    activity_id: str | None = None
    tenant_id: str | None = None


@dataclass(frozen=True)
class Wake:
    """A timer message has come due. The reason is for whoever reads the queue; only AGENT_FREED says something."""

    reason: str


AGENT_FREED = "agent_freed"


Occasion = Nudge | Happened | Wake
