"""Saving a calendar: what cannot be read or contradicts itself is refused, with the place and the way out."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from shared.domain.calendar_rules import MOST_HOLIDAYS, MOST_PERIODS, check_calendar
from shared.domain.calendars import WEEK, Calendar, Holiday, Weekday, WeeklyPeriod
from tests.domain.test_calendars import CALENDARS, HOLIDAYS, OFFICE, WEEKEND, WORKDAYS
from tests.workflow.properties import EXAMPLES

NIGHTS = WeeklyPeriod(WEEKEND, "20:00", "08:00", over_midnight=True)


def broken(calendar: Calendar) -> list[tuple[str, str]]:
    return [(finding.rule, finding.field) for finding in check_calendar(calendar)]


def with_week(*periods: WeeklyPeriod) -> Calendar:
    return replace(OFFICE, week=periods)


def with_holidays(*holidays: Holiday) -> Calendar:
    return replace(OFFICE, holidays=holidays)


@pytest.mark.parametrize(
    "calendar",
    [
        OFFICE,
        HOLIDAYS,
        replace(OFFICE, week=()),
        with_week(WeeklyPeriod(WEEK, "00:00", "24:00")),
        with_week(WeeklyPeriod(WEEK, "08:00", "08:00", over_midnight=True)),
        with_week(WeeklyPeriod(WORKDAYS, "08:00", "12:00"), WeeklyPeriod(WORKDAYS, "12:00", "17:00")),
        with_week(NIGHTS, WeeklyPeriod((Weekday.MONDAY,), "08:00", "24:00")),
        with_holidays(Holiday("12-24", "01-02"), Holiday("2030-12-24"), Holiday("02-29")),
        with_holidays(Holiday("12-24", start="00:00", end="08:00"), Holiday("12-24", start="12:00")),
    ],
    ids=["week", "holidays", "empty", "always", "a day over midnight", "adjacent", "nights", "days", "parts of a day"],
)
def test_a_calendar_that_keeps_all_rules(calendar: Calendar) -> None:
    assert check_calendar(calendar) == ()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Olympus",
        "Europe",
        "europe/zurich",
        "Europe/Zurich ",
        "../../etc/passwd",
        "localtime",
        "a\0b",
        "\ud800",
    ],
)
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    assert broken(replace(OFFICE, time_zone=name)) == [("time_zone_unknown", "time_zone")]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"start": "17:00", "end": "08:00"}, [("period_reversed", "week.0.end")]),
        ({"start": "08:00", "end": "08:00"}, [("period_reversed", "week.0.end")]),
        ({"over_midnight": True}, [("period_too_long", "week.0.end")]),
        ({"start": "8:00"}, [("time_invalid", "week.0.start")]),
        ({"end": "24:01"}, [("time_invalid", "week.0.end")]),
        ({"start": "٠٨:٠٠"}, [("time_invalid", "week.0.start")]),
        ({"days": ()}, [("days_missing", "week.0.days")]),
        ({"label": "x" * 101}, [("too_long", "week.0.label")]),
    ],
)
def test_a_period_that_cannot_be_is_refused(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert broken(with_week(replace(OFFICE.week[0], **changes))) == found


@pytest.mark.parametrize(
    ("holiday", "found"),
    [
        (Holiday("2030-02-30"), [("date_invalid", "holidays.0.date")]),
        (Holiday("25.12."), [("date_invalid", "holidays.0.date")]),
        (Holiday("0000-12-25"), [("date_invalid", "holidays.0.date")]),
        (Holiday("2030-12-24", ""), [("date_invalid", "holidays.0.until")]),
        (Holiday("2030-12-24", "12-26"), [("date_mixed", "holidays.0.until")]),
        (Holiday("2030-12-26", "2030-12-24"), [("period_reversed", "holidays.0.until")]),
        (Holiday("12-24", start="18:00", end="12:00"), [("period_reversed", "holidays.0.end")]),
        (Holiday("12-24", end="noon"), [("time_invalid", "holidays.0.end")]),
    ],
)
def test_a_holiday_that_cannot_be_is_refused(holiday: Holiday, found: list[tuple[str, str]]) -> None:
    assert broken(with_holidays(holiday)) == found


@pytest.mark.parametrize(
    "other",
    [
        WeeklyPeriod((Weekday.FRIDAY,), "16:59", "20:00"),
        WeeklyPeriod((Weekday.MONDAY,), "00:00", "24:00"),
        WeeklyPeriod((Weekday.SUNDAY,), "22:00", "08:01", over_midnight=True),
        WeeklyPeriod(WORKDAYS, "09:00", "10:00"),
    ],
    ids=["a minute", "around it", "from Sunday to Monday", "within"],
)
def test_periods_of_a_week_that_overlap_are_refused(other: WeeklyPeriod) -> None:
    assert broken(with_week(OFFICE.week[0], other)) == [("periods_overlap", "week.1")]
    assert broken(with_week(other, OFFICE.week[0])) == [("periods_overlap", "week.1")]


def test_an_overlap_is_told_with_both_places() -> None:
    (finding,) = check_calendar(with_week(OFFICE.week[0], WeeklyPeriod((Weekday.FRIDAY,), "16:00", "20:00")))
    assert finding.explanation == "overlaps week.0 on Friday; shorten one of them"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Holiday("2030-12-24", "2030-12-26"), Holiday("2030-12-26")),
        (Holiday("2030-12-25"), Holiday("2030-12-24", "2030-12-26")),
        (Holiday("12-24", "01-02"), Holiday("01-01")),
        (Holiday("12-24", "01-02"), Holiday("12-20", "12-24")),
        (Holiday("12-24", start="12:00"), Holiday("12-24", end="12:01")),
    ],
)
def test_holidays_that_overlap_are_refused(one: Holiday, other: Holiday) -> None:
    assert broken(with_holidays(one, other)) == [("periods_overlap", "holidays.1")]
    assert broken(with_holidays(other, one)) == [("periods_overlap", "holidays.1")]


def test_there_may_not_be_too_many_entries() -> None:
    periods = (WeeklyPeriod((), "", ""),) * (MOST_PERIODS + 1)
    holidays = (Holiday("never"),) * (MOST_HOLIDAYS + 1)
    assert broken(replace(OFFICE, week=periods, holidays=holidays)) == [
        ("too_many_entries", "week"),
        ("too_many_entries", "holidays"),
    ]


def test_all_that_is_wrong_is_told_at_once() -> None:
    calendar = replace(with_week(WeeklyPeriod(WORKDAYS, "9", "8")), holidays=(Holiday("?"), Holiday("!")))
    assert len(broken(calendar)) == 4


@EXAMPLES
@given(CALENDARS)
def test_every_calendar_gets_an_answer_of_bounded_length(calendar: Calendar) -> None:
    most = 1 + 5 * (len(calendar.week) + len(calendar.holidays)) + math.comb(len(calendar.week), 2) * 2
    findings = check_calendar(calendar)
    assert len(findings) <= most + math.comb(len(calendar.holidays), 2)
    assert all(len(finding.explanation) < 200 for finding in findings)
