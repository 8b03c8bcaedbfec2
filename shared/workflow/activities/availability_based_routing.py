"""*Availability-based Routing*: go on by whether anybody of the contact is there; works before *Accept*."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shared.domain.availability import ContactState
from shared.domain.effects import FindAvailability
from shared.domain.events import AvailabilityFound, DeliveryFailed, Event, TimerDue
from shared.domain.sessions import Session
from shared.workflow.activity import Context, Step

DEADLINE = "availability"
PATIENCE = timedelta(seconds=15)
"""Whoever is not found by then counts as offline: the customer must not wait for our own trouble."""


def waits_for_availability(session: Session) -> bool:
    """Whether the answer is still wanted."""
    return any(deadline.id == DEADLINE for deadline in session.deadlines)


@dataclass(frozen=True)
class Parameters:
    """Nothing to set: which presences count is a setting of the service."""


class AvailabilityBasedRouting:
    type = "availability_based_routing"
    parameters = Parameters
    exits = tuple(state.value for state in ContactState)
    optional_exits = ()
    waiting_exits = ()
    before_accept = True

    def enter(self, context: Context) -> Step:
        return Step(context.session.with_deadline(DEADLINE, context.now + PATIENCE), (FindAvailability(),))

    def on(self, context: Context, event: Event) -> Step | None:
        session = context.session.with_deadline(DEADLINE, None)
        match event:
            case AvailabilityFound() if event.state in self.exits:
                return Step(session, exit=event.state)
            case TimerDue(deadline_id="availability") | DeliveryFailed(effect="find_availability"):
                return Step(session, exit=ContactState.OFFLINE.value)
        return None
