"""*Check Opening Hours*: who comes while a service is closed learns so, and nobody is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.calendars import WEEK, Calendar, Holiday, OpeningState, WeeklyPeriod
from shared.domain.effects import OfferTask
from shared.domain.sessions import EndReason
from shared.domain.workflows import ActivityDefinition, Definition
from shared.workflow.lint import lint
from shared.workflow.simulate import Course, definition_of, simulate
from tests.workflow.stories import CANCEL, DISCONNECT, MESSAGE, QUEUE, SAY_SORRY, workflow

CLOSED_TEXT = "Sorry, we are closed at the moment."
OFFICE = Calendar("office", "Office", "root", "Europe/Zurich", (WeeklyPeriod(WEEK[:5], "08:00", "17:00"),))
HOLIDAYS = Calendar("holidays", "Holidays", "root", "Europe/Zurich", holidays=(Holiday("01-08"),))
MONDAY, MONDAY_NIGHT = datetime(2030, 1, 7, 10, 0, tzinfo=UTC), datetime(2030, 1, 7, 20, 0, tzinfo=UTC)
TUESDAY = datetime(2030, 1, 8, 10, 0, tzinfo=UTC)
"""A yearly holiday."""

ACCEPT = ActivityDefinition("accept", "accept_conversation", {}, {"next": "greeting"})
CHAT = (ACCEPT, MESSAGE, QUEUE, CANCEL, SAY_SORRY, DISCONNECT)


def checked(
    *, holiday: str | None = None, calendars: tuple[Calendar, ...] = (OFFICE,), **parameters: Any
) -> Definition:
    """A workflow that begins with the check; open → chat, closed → the end."""
    exits = {"open": "accept", "closed": "disconnect", **({"holiday": holiday} if holiday else {})}
    check = ActivityDefinition("hours", "check_opening_hours", {"calendar": "office", **parameters}, exits)
    return definition_of(workflow(check, *CHAT, start="hours"), *calendars)


def comes(definition: Definition, moment: datetime) -> Course:
    return simulate(definition, moment)


def test_it_may_stand_before_accept() -> None:
    assert lint(checked().workflow) == ()
    assert lint(checked(holiday="accept").workflow) == ()


def test_in_opening_hours_the_conversation_begins() -> None:
    course = comes(checked(), MONDAY)
    assert course.path[:3] == ("hours", "accept", "greeting")
    assert CLOSED_TEXT not in course.to_customer()


def test_out_of_hours_the_customer_is_told_and_no_agent_is_asked() -> None:
    course = comes(checked(), MONDAY_NIGHT)
    assert course.path == ("hours", "disconnect")
    assert course.to_customer() == (CLOSED_TEXT,)
    assert course.said[0].event == "outOfHours"
    assert (course.ended, course.end_reason) == (0, EndReason.WORKFLOW)
    assert not any(isinstance(effect, OfferTask) for _, effect in course.effects)


def test_nothing_is_said_where_that_is_switched_off() -> None:
    assert comes(checked(announce=False), MONDAY_NIGHT).to_customer() == ()


def test_nothing_is_said_where_the_text_is_empty() -> None:
    definition = checked()
    silent = replace(definition.wording, texts=replace(definition.wording.texts, out_of_hours=""))
    assert comes(replace(definition, wording=silent), MONDAY_NIGHT).to_customer() == ()


def test_a_holiday_has_an_exit_of_its_own() -> None:
    course = comes(checked(calendar="holidays", calendars=(HOLIDAYS,), holiday="accept"), TUESDAY)
    assert course.visits[0].exit == "holiday"
    assert CLOSED_TEXT not in course.to_customer()


def test_a_holiday_without_an_exit_counts_as_closed() -> None:
    course = comes(checked(calendar="holidays", calendars=(HOLIDAYS,)), TUESDAY)
    assert course.visits[0].exit == "closed"
    assert course.to_customer() == (CLOSED_TEXT,)


@pytest.mark.parametrize(("moment", "expected"), [(TUESDAY, "holiday"), (MONDAY, "open"), (MONDAY_NIGHT, "closed")])
def test_primary_periods_come_before_secondary_ones_and_those_before_the_primary_default(
    moment: datetime, expected: str
) -> None:
    secondary = replace(OFFICE, default=OpeningState.OPEN)
    definition = checked(
        holiday="accept", calendar="holidays", secondary_calendar="office", calendars=(HOLIDAYS, secondary)
    )
    assert comes(definition, moment).visits[0].exit == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2030-03-29T06:59", "closed"),
        ("2030-03-29T07:00", "open"),
        ("2030-04-01T05:59", "closed"),
        ("2030-04-01T06:00", "open"),
    ],
    ids=["a minute early in winter", "at eight in winter", "a minute early in summer", "at eight in summer"],
)
def test_eight_o_clock_is_eight_o_clock_in_summer_too(moment: str, expected: str) -> None:
    assert comes(checked(), datetime.fromisoformat(moment).replace(tzinfo=UTC)).visits[0].exit == expected


OPENS = "We open at $(OpeningHours.OpensAt)."


def saying_when(definition: Definition, language: str = "en") -> Definition:
    texts = replace(definition.wording.texts, out_of_hours=OPENS)
    return replace(definition, language=language, wording=replace(definition.wording, texts=texts))


@pytest.mark.parametrize(
    ("moment", "language", "expected"),
    [
        ("2030-01-09T05:00", "en", "We open at 08:00."),
        ("2030-01-09T20:00", "en", "We open at Thursday, 08:00."),
        ("2030-01-11T23:30", "de", "We open at Montag, 08:00."),
        ("2030-01-11T23:30", "it", "We open at Monday, 08:00."),
    ],
    ids=["today", "tomorrow", "after the weekend", "in a language without names"],
)
def test_the_text_may_say_when_it_opens(moment: str, language: str, expected: str) -> None:
    comes_at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert comes(saying_when(checked(), language), comes_at).to_customer() == (expected,)


def test_the_opening_after_long_holidays_is_a_date() -> None:
    closed_for_long = replace(OFFICE, holidays=(Holiday("2030-01-07", "2030-01-25", label="Moving"),))
    course = comes(saying_when(checked(calendars=(closed_for_long,))), MONDAY)
    assert course.to_customer() == ("We open at 2030-01-28, 08:00.",)


def test_the_opening_may_be_unknown() -> None:
    never = replace(OFFICE, week=())
    assert comes(saying_when(checked(calendars=(never,))), MONDAY).to_customer() == ("We open at .",)


def test_messages_of_the_workflow_may_say_when_it_opens() -> None:
    first = ActivityDefinition("first", "accept_conversation", {}, {"next": "hours"})
    parameters = {"calendar": "office", "announce": False}
    hours = ActivityDefinition("hours", "check_opening_hours", parameters, {"open": "greeting", "closed": "told"})
    told = ActivityDefinition("told", "message", {"texts": {"en": OPENS}}, {"next": "disconnect"})
    flow = workflow(first, hours, told, *CHAT[1:], start="first")
    assert lint(flow) == ()
    assert comes(definition_of(flow, OFFICE), MONDAY_NIGHT).to_customer() == ("We open at Tuesday, 08:00.",)


@pytest.mark.parametrize("parameters", [{"calendar": "gone"}, {"calendar": ""}, {"calendar": 5}])
def test_without_its_calendar_a_service_is_closed(parameters: dict[str, Any]) -> None:
    assert comes(checked(**parameters), MONDAY).visits[0].exit == "closed"


def test_a_secondary_calendar_that_is_gone_fills_no_gaps() -> None:
    assert comes(checked(secondary_calendar="gone"), MONDAY_NIGHT).visits[0].exit == "closed"


def test_the_calendar_has_to_be_named() -> None:
    findings = [(finding.rule, finding.field) for finding in lint(checked(calendar="").workflow)]
    assert findings == [("parameter_missing", "activities.hours.parameters.calendar")]
