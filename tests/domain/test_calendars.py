"""Opening hours: what holds at a moment, and when it changes, wherever on earth and however its clocks are changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.calendars import (
    WEEK,
    Calendar,
    Holiday,
    Opening,
    OpeningState,
    Weekday,
    WeeklyPeriod,
    next_change,
    state_at,
)
from tests.workflow.properties import EXAMPLES

OPEN, CLOSED, HOLIDAY = OpeningState.OPEN, OpeningState.CLOSED, OpeningState.HOLIDAY
WORKDAYS, WEEKEND = WEEK[:5], WEEK[5:]
OFFICE = Calendar("office", "Office hours", "root", "Europe/Zurich", (WeeklyPeriod(WORKDAYS, "08:00", "17:00"),))


def week(zone: str, *periods: WeeklyPeriod) -> Calendar:
    return replace(OFFICE, time_zone=zone, week=periods)


def daily(zone: str, start: str, end: str, *, over_midnight: bool = False) -> Calendar:
    return week(zone, WeeklyPeriod(WEEK, start, end, over_midnight=over_midnight))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def state(calendar: Calendar, moment: str, secondary: Calendar | None = None) -> OpeningState:
    """The state at a moment that is given in UTC."""
    return state_at(calendar, utc(moment), secondary).state


def changes(calendar: Calendar, moment: str, until: str) -> list[str]:
    """All changes between two moments, in UTC as HH:MM behind the day of the month."""
    found, now = [], utc(moment)
    while (change := next_change(calendar, now)) is not None and change < utc(until):
        found.append(f"{change:%d %H:%M}")
        now = change
    return found


# --- one week --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2030-01-07T06:59:59.999999", CLOSED),
        ("2030-01-07T07:00", OPEN),
        ("2030-01-07T15:59:59.999999", OPEN),
        ("2030-01-07T16:00", CLOSED),
        ("2030-01-05T10:00", CLOSED),
    ],
    ids=["just before eight", "eight", "just before five", "five", "Saturday"],
)
def test_a_period_holds_from_its_start_up_to_its_end(moment: str, expected: OpeningState) -> None:
    assert state(OFFICE, moment) is expected


def test_the_zone_of_the_moment_does_not_matter() -> None:
    moment = datetime(2030, 1, 7, 16, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert state_at(OFFICE, moment).state is OPEN


def test_where_no_period_is_the_default_holds() -> None:
    always = replace(OFFICE, week=(), default=OPEN)
    assert state_at(always, utc("2030-01-05T10:00")) == Opening(OPEN)


def test_a_period_tells_its_label() -> None:
    lunch = week("UTC", WeeklyPeriod(WORKDAYS, "12:00", "13:00", CLOSED, label="Lunch"))
    assert state_at(replace(lunch, default=OPEN), utc("2030-01-07T12:30")) == Opening(CLOSED, "Lunch")


def test_a_day_ends_at_twenty_four() -> None:
    mondays = week("UTC", WeeklyPeriod((Weekday.MONDAY,), "00:00", "24:00"))
    assert state(mondays, "2030-01-07T23:59") is OPEN
    assert state(mondays, "2030-01-08T00:00") is CLOSED


def test_a_period_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    fridays = week("UTC", WeeklyPeriod((Weekday.FRIDAY, Weekday.SUNDAY), "22:00", "02:00", over_midnight=True))
    assert changes(fridays, "2030-01-03T00:00", "2030-01-09T00:00") == ["04 22:00", "05 02:00", "06 22:00", "07 02:00"]


# --- holidays --------------------------------------------------------------------------------------------------------


def test_a_holiday_comes_before_the_week() -> None:
    calendar = replace(OFFICE, holidays=(Holiday("2030-01-07", label="Inventory"),))
    assert state_at(calendar, utc("2030-01-07T10:00")) == Opening(HOLIDAY, "Inventory")
    assert state(calendar, "2030-01-08T10:00") is OPEN
    assert state(calendar, "2031-01-07T10:00") is OPEN


def test_a_yearly_holiday_comes_every_year() -> None:
    calendar = replace(OFFICE, holidays=(Holiday("12-25"),))
    assert [state(calendar, f"{year}-12-25T10:00") for year in (2029, 2030, 2035)] == [HOLIDAY] * 3


def test_a_holiday_begins_and_ends_at_midnight_of_its_own_zone() -> None:
    kathmandu = replace(OFFICE, time_zone="Asia/Kathmandu", week=(), holidays=(Holiday("2030-05-20"),))
    assert changes(kathmandu, "2030-05-01T00:00", "2030-06-01T00:00") == ["19 18:15", "20 18:15"]


def test_holidays_of_several_days_include_the_last_one() -> None:
    calendar = replace(OFFICE, holidays=(Holiday("2030-07-22", "2030-07-26"),))
    days = [state(calendar, f"2030-07-{day}T10:00") for day in (19, 22, 26, 29)]
    assert days == [OPEN, HOLIDAY, HOLIDAY, OPEN]


def test_a_yearly_holiday_may_reach_into_the_next_year() -> None:
    calendar = replace(OFFICE, holidays=(Holiday("12-24", "01-02"),))
    days = [state(calendar, f"{day}T10:00") for day in ("2029-12-24", "2029-12-31", "2030-01-02", "2030-01-03")]
    assert days == [HOLIDAY, HOLIDAY, HOLIDAY, OPEN]


def test_the_29th_of_february_comes_in_leap_years_only() -> None:
    calendar = replace(OFFICE, holidays=(Holiday("02-29"),))
    assert [state(calendar, f"{day}T10:00") for day in ("2028-02-29", "2030-02-28", "2030-03-01")] == [
        HOLIDAY,
        OPEN,
        OPEN,
    ]


def test_a_dated_holiday_replaces_a_yearly_one() -> None:
    opens_once = Holiday("2030-08-01", state=OPEN)
    calendar = replace(OFFICE, holidays=(Holiday("08-01"), opens_once))
    assert [state(calendar, f"{year}-08-01T20:00") for year in (2029, 2030, 2031)] == [HOLIDAY, OPEN, HOLIDAY]


def test_a_holiday_may_be_a_part_of_the_day_only() -> None:
    calendar = replace(OFFICE, holidays=(Holiday("12-24", start="12:00"),))
    assert [state(calendar, f"2030-12-24T{time}") for time in ("10:59", "11:00")] == [OPEN, HOLIDAY]


# --- two calendars ---------------------------------------------------------------------------------------------------

HOLIDAYS = Calendar("holidays", "Holidays", "root", "Europe/Zurich", holidays=(Holiday("2030-01-08"),))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("2030-01-08T10:00", HOLIDAY), ("2030-01-07T10:00", OPEN), ("2030-01-07T20:00", CLOSED)],
    ids=["primary period", "secondary period", "primary default"],
)
def test_primary_period_before_secondary_period_before_primary_default(moment: str, expected: OpeningState) -> None:
    assert state(HOLIDAYS, moment, replace(OFFICE, default=HOLIDAY)) is expected


def test_the_next_change_is_looked_for_in_both_calendars() -> None:
    tokyo = replace(OFFICE, time_zone="Asia/Tokyo")
    assert next_change(HOLIDAYS, utc("2030-01-07T09:00"), tokyo) == utc("2030-01-07T23:00"), "the holiday in Zurich"
    assert next_change(HOLIDAYS, utc("2030-01-08T10:00"), tokyo) == utc("2030-01-08T23:00"), "its end"


# --- changed clocks --------------------------------------------------------------------------------------------------

# When clocks show 3 instead of 2.
PUT_FORWARD = {
    "Europe/Zurich": utc("2030-03-31T01:00"),
    "America/New_York": utc("2030-03-10T07:00"),
    "Australia/Sydney": utc("2030-10-05T16:00"),
}
# When clocks show an hour for the second time, and which one.
PUT_BACK = {
    "Europe/Zurich": (utc("2030-10-27T01:00"), "02"),
    "America/New_York": (utc("2030-11-03T06:00"), "01"),
    "Australia/Sydney": (utc("2030-04-06T16:00"), "02"),
}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("zone", PUT_FORWARD)
def test_office_hours_stay_by_the_clock_on_the_wall(zone: str) -> None:
    calendar = daily(zone, "08:00", "17:00")
    for month in range(1, 13):
        local = datetime(2030, month, 28, 8, 0, tzinfo=ZoneInfo(zone))
        assert [state_at(calendar, local + timedelta(minutes=minutes)).state for minutes in (-1, 0)] == [CLOSED, OPEN]


@pytest.mark.parametrize(("zone", "jump"), PUT_FORWARD.items())
def test_what_opens_in_the_skipped_hour_opens_when_clocks_are_put_forward(zone: str, jump: datetime) -> None:
    assert next_change(daily(zone, "02:30", "06:00"), jump - HOUR) == jump


@pytest.mark.parametrize(("zone", "jump"), PUT_FORWARD.items())
def test_what_lies_in_the_skipped_hour_does_not_happen(zone: str, jump: datetime) -> None:
    short = daily(zone, "02:10", "02:50")
    assert next_change(short, jump - HOUR) == jump + DAY - timedelta(minutes=50)


@pytest.mark.parametrize(("zone", "put_back"), PUT_BACK.items())
def test_what_opens_and_closes_in_the_repeated_hour_does_so_once(zone: str, put_back: tuple[datetime, str]) -> None:
    again, hour = put_back
    short = daily(zone, f"{hour}:15", f"{hour}:45")
    opens, closes = again - timedelta(minutes=45), again - timedelta(minutes=15)
    assert next_change(short, again - HOUR) == opens
    assert next_change(short, opens) == closes
    assert next_change(short, closes) == opens + DAY + HOUR


@pytest.mark.parametrize(("zone", "put_back"), PUT_BACK.items())
def test_what_is_open_all_night_stays_so_while_the_hour_repeats(zone: str, put_back: tuple[datetime, str]) -> None:
    again, hour = put_back
    nights = daily(zone, "22:00", "06:00", over_midnight=True)
    assert next_change(nights, again - 3 * HOUR) == again + (6 - int(hour)) * HOUR


def test_clocks_may_be_changed_at_midnight() -> None:
    # Santiago skips the first hour of a Sunday; Havana shows the last hour before one o'clock twice.
    assert changes(daily("America/Santiago", "00:00", "08:00"), "2030-09-08T00:00", "2030-09-08T20:00") == [
        "08 04:00",
        "08 11:00",
    ]
    havana = daily("America/Havana", "00:00", "00:30")
    assert changes(havana, "2030-11-03T00:00", "2030-11-04T00:00") == ["03 04:00", "03 04:30"]


def test_a_day_that_a_zone_has_skipped_is_no_holiday() -> None:
    """Samoa went from 29 to 31 December 2011."""
    apia = Calendar("apia", "Apia", "root", "Pacific/Apia", holidays=(Holiday("2011-12-30"),), default=OPEN)
    assert next_change(apia, utc("2011-12-25T00:00")) is None
    new_year = replace(apia, holidays=(Holiday("2011-12-30", "2011-12-31"),))
    assert changes(new_year, "2011-12-25T00:00", "2012-01-10T00:00") == ["30 10:00", "31 10:00"]


def test_a_night_before_a_skipped_day_ends_with_its_midnight() -> None:
    nights = daily("Pacific/Apia", "22:00", "06:00", over_midnight=True)
    assert changes(nights, "2011-12-29T20:00", "2011-12-31T00:00") == ["30 08:00", "30 16:00"]


# --- whatever is written ---------------------------------------------------------------------------------------------

CHANGING = (
    "Europe/Zurich",
    "Europe/Dublin",
    "Africa/Casablanca",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
)
ODD = ("Asia/Kathmandu", "Pacific/Apia", "Pacific/Kwajalein", "Australia/Lord_Howe", "UTC", "Nowhere/Town", "")
ZONES = st.sampled_from(CHANGING + ODD)
TIMES = st.sampled_from(["00:00", "01:30", "02:00", "02:15", "02:30", "03:00", "12:00", "23:45", "24:00", "25:00", ""])
STATES = st.sampled_from(OpeningState)
DATES = st.sampled_from(
    ["2030-03-31", "2030-10-27", "2011-12-30", "12-24", "01-02", "02-29", "02-30", "2030-13-01", "x"]
)
PERIODS = st.builds(
    WeeklyPeriod,
    st.lists(st.sampled_from(Weekday), max_size=7).map(tuple),
    TIMES,
    TIMES,
    STATES,
    st.booleans(),
)
HOLIDAYS_ANY = st.builds(Holiday, DATES, st.none() | DATES, STATES, TIMES, TIMES)
CALENDARS = st.builds(
    Calendar,
    st.just("any"),
    st.just("Any"),
    st.just("root"),
    ZONES,
    st.lists(PERIODS, max_size=3).map(tuple),
    st.lists(HOLIDAYS_ANY, max_size=3).map(tuple),
    STATES,
)
NEAR_CHANGES = st.sampled_from(
    [utc("2030-03-31T01:00"), utc("2030-10-27T01:00"), utc("2030-11-03T06:00"), utc("2011-12-30T10:00")]
)
MOMENTS = st.builds(
    lambda moment, offset: moment + timedelta(seconds=offset), NEAR_CHANGES, st.integers(-200_000, 200_000)
) | st.datetimes(datetime(1971, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC))


@EXAMPLES
@given(CALENDARS, MOMENTS, st.none() | CALENDARS)
def test_every_calendar_has_an_answer_for_every_moment(
    calendar: Calendar, moment: datetime, secondary: Calendar | None
) -> None:
    assert state_at(calendar, moment, secondary).state in OpeningState


@EXAMPLES
@given(CALENDARS, MOMENTS, st.none() | CALENDARS, st.data())
def test_the_next_change_is_where_the_state_changes_and_nowhere_before(
    calendar: Calendar, moment: datetime, secondary: Calendar | None, data: st.DataObject
) -> None:
    now = state_at(calendar, moment, secondary).state
    change = next_change(calendar, moment, secondary)
    until = change or moment + timedelta(days=60)
    assert until > moment
    if change is not None:
        assert state_at(calendar, change, secondary).state is not now
        assert state_at(calendar, change - timedelta(microseconds=1), secondary).state is now
    for _ in range(10):
        between = data.draw(st.datetimes(_naive(moment), _naive(until) - timedelta(microseconds=1)))
        assert state_at(calendar, between.replace(tzinfo=UTC), secondary).state is now


def test_a_calendar_of_many_periods_is_looked_through_in_bounded_time() -> None:
    lectures = [
        WeeklyPeriod(WEEK, f"{hour:02}:{m:02}", f"{hour:02}:{m + 9:02}", CLOSED) for hour in range(8) for m in (0, 10)
    ]
    calendar = replace(OFFICE, week=tuple(lectures), holidays=(Holiday("2031-01-06"),))
    assert next_change(calendar, utc("2030-01-07T12:00")) is None
    assert next_change(calendar, utc("2030-12-30T12:00")) == utc("2031-01-05T23:00")


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
