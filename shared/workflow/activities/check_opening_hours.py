"""*Check Opening Hours*: go on by what the calendar says now; works before *Accept*."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.domain.calendars import OpeningState, opens_at, state_at
from shared.domain.effects import SendToCustomer
from shared.domain.events import Event
from shared.domain.opening_texts import time_of_opening
from shared.domain.sessions import Session
from shared.workflow.activity import LONGEST_REFERENCE, Context, Step, reference, switch, word
from shared.workflow.texts import say


@dataclass(frozen=True)
class Parameters:
    """`calendar` is the id of the primary calendar, `secondary_calendar` that of one whose periods fill its gaps.

    `announce`: whoever leaves by `closed` is told so by the system message for that.
    """

    calendar: str = reference()
    secondary_calendar: str = word(longest=LONGEST_REFERENCE)
    announce: bool = switch(True)


class CheckOpeningHours:
    type = "check_opening_hours"
    parameters = Parameters
    exits = (OpeningState.OPEN.value, OpeningState.CLOSED.value)
    optional_exits = (OpeningState.HOLIDAY.value,)
    waiting_exits = ()
    before_accept = True

    def enter(self, context: Context) -> Step:
        state, session = _look(context)
        if state is OpeningState.OPEN or (state is OpeningState.HOLIDAY and _has_exit(context, state)):
            return Step(session, exit=state.value)
        told: tuple[SendToCustomer, ...] = ()
        if context.parameters.announce:
            told = say(replace(context, session=session), "out_of_hours", "outOfHours")
        return Step(session, told, exit=OpeningState.CLOSED.value)

    def on(self, context: Context, event: Event) -> Step | None:
        return None


def _look(context: Context) -> tuple[OpeningState, Session]:
    """The state now; where it is not open the session notes when it will be, for texts.

    Without its calendar, which saving does not allow, a service is closed: better told so than left waiting.
    """
    session, definition, parameters = context.session, context.definition, context.parameters
    primary = definition.calendars.get(parameters.calendar)
    secondary = definition.calendars.get(parameters.secondary_calendar)
    state = state_at(primary, context.now, secondary).state if primary else OpeningState.CLOSED
    if primary is None or state is OpeningState.OPEN:
        return state, replace(session, opens_at="")
    opens = opens_at(primary, context.now, secondary)
    return state, replace(session, opens_at=time_of_opening(opens, context.now, definition.language))


def _has_exit(context: Context, state: OpeningState) -> bool:
    current = context.definition.workflow.activity(context.session.position or "")
    return current is not None and state.value in current.exits
