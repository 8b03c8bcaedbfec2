"""*Check Opening Hours*: go on by what the calendar says now; works before *Accept*."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.calendars import OpeningState, state_at
from shared.domain.effects import SendToCustomer
from shared.domain.events import Event
from shared.workflow.activity import Context, Step, reference, switch, word
from shared.workflow.texts import say


@dataclass(frozen=True)
class Parameters:
    """`calendar` is the id of the primary calendar, `secondary_calendar` that of one whose periods fill its gaps.

    `announce`: whoever leaves by `closed` is told so by the system message for that.
    """

    calendar: str = reference()
    secondary_calendar: str = word()
    announce: bool = switch(True)


class CheckOpeningHours:
    type = "check_opening_hours"
    parameters = Parameters
    exits = (OpeningState.OPEN.value, OpeningState.CLOSED.value)
    optional_exits = (OpeningState.HOLIDAY.value,)
    waiting_exits = ()
    before_accept = True

    def enter(self, context: Context) -> Step:
        state = _state(context)
        if state is OpeningState.OPEN or (state is OpeningState.HOLIDAY and _has_exit(context, state)):
            return Step(context.session, exit=state.value)
        told: tuple[SendToCustomer, ...] = ()
        if context.parameters.announce:
            told = say(context, "out_of_hours", "outOfHours")
        return Step(context.session, told, exit=OpeningState.CLOSED.value)

    def on(self, context: Context, event: Event) -> Step | None:
        return None


def _state(context: Context) -> OpeningState:
    """Without its calendar, which saving does not allow, a service is closed: better told so than left waiting."""
    calendars, parameters = context.definition.calendars, context.parameters
    primary = calendars.get(parameters.calendar)
    if primary is None:
        return OpeningState.CLOSED
    return state_at(primary, context.now, calendars.get(parameters.secondary_calendar)).state


def _has_exit(context: Context, state: OpeningState) -> bool:
    current = context.definition.workflow.activity(context.session.position or "")
    return current is not None and state.value in current.exits
