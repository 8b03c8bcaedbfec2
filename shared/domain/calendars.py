"""Opening hours: a calendar says for every moment whether a service is open, closed, or on holiday.

In one calendar a dated holiday comes before a yearly one, a holiday before the week, and where no period is, the
default holds. Of two calendars a period of the primary one comes before a period of the secondary one, and that before
the primary one's default; the secondary one's default never holds. So a company's holidays can be the primary
calendar of all services and each service's own hours its secondary one.
"""

from __future__ import annotations

import functools
import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import islice

from shared.domain.calendar_clock import first_moment, shown, time_zone

HORIZON = timedelta(days=366)
"""So far a change of state is looked for: every yearly one but that of 29 February lies within."""
MOST_EDGES = 2_000
"""So many beginnings and ends of periods are looked at: hundreds of them on a day must not take long."""
MOST_CHANGES = 20
"""Between closed and holiday, until it opens."""
MINUTES_OF_DAY = 24 * 60
_DAY = timedelta(days=1)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_DATE = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
_LEAP_YEAR = 2000


class OpeningState(StrEnum):
    """The exits by which *Check Opening Hours* is left."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"


class Weekday(StrEnum):
    """In the order of ISO 8601, whose week begins with Monday."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEK = tuple(Weekday)


@dataclass(frozen=True)
class WeeklyPeriod:
    """A time of day on some days of every week: from `start` up to `end`, both "HH:MM", the end of a day being "24:00".

    `over_midnight`: `end` is on the next day, and at most as late as `start`. `label` is a remark of the administrator.
    """

    days: tuple[Weekday, ...]
    start: str
    end: str
    state: OpeningState = OpeningState.OPEN
    over_midnight: bool = False
    label: str = ""


@dataclass(frozen=True)
class Holiday:
    """Whole days, or from `start` to `end` on each of them.

    `date` is "2030-12-25" for once or "12-25" for every year. `until`, the last day, is written the same way, and may
    be early in the next year where `date` is for every year.
    """

    date: str
    until: str | None = None
    state: OpeningState = OpeningState.HOLIDAY
    start: str = "00:00"
    end: str = "24:00"
    label: str = ""


@dataclass(frozen=True)
class Calendar:
    """A document with the opening hours of services. `time_zone` is an IANA name such as Europe/Zurich."""

    id: str
    name: str
    organization_unit_id: str
    time_zone: str
    week: tuple[WeeklyPeriod, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    default: OpeningState = OpeningState.CLOSED


@dataclass(frozen=True)
class Opening:
    """What holds at a moment; `label` is that of the period, if one holds."""

    state: OpeningState
    label: str = ""


@dataclass(frozen=True)
class Span:
    """The days of a holiday as dates; those of a yearly one lie in a leap year, `last` before `first` in the next."""

    first: date
    last: date
    yearly: bool

    def includes(self, day: date) -> bool:
        if not self.yearly:
            return self.first <= day <= self.last
        moved = day.replace(year=_LEAP_YEAR)
        if self.first <= self.last:
            return self.first <= moved <= self.last
        return moved >= self.first or moved <= self.last


def state_at(calendar: Calendar, moment: datetime, secondary: Calendar | None = None) -> Opening:
    """What holds at a moment (with its zone). Total: entries that `check_calendar` refuses count as not there, and an
    unknown time zone as UTC."""
    for each in (calendar, secondary):
        period = _period_at(each, moment) if each is not None else None
        if period is not None:
            return period
    return Opening(calendar.default)


def next_change(calendar: Calendar, moment: datetime, secondary: Calendar | None = None) -> datetime | None:
    """The first moment (UTC) after this one at which the state is another; None where it stays for HORIZON, or for
    MOST_EDGES beginnings and ends of periods."""
    now = state_at(calendar, moment, secondary).state
    changes = heapq.merge(*(_edges(each, moment) for each in (calendar, secondary) if each is not None))
    edges = islice(changes, MOST_EDGES)
    return next(
        (edge for edge in edges if edge > moment and state_at(calendar, edge, secondary).state is not now), None
    )


def opens_at(calendar: Calendar, moment: datetime, secondary: Calendar | None = None) -> datetime | None:
    """When it opens next, in the calendar's own zone; None where that is not known (see `next_change`)."""
    change = next_change(calendar, moment, secondary)
    for _ in range(MOST_CHANGES):
        if change is None or state_at(calendar, change, secondary).state is OpeningState.OPEN:
            break
        change = next_change(calendar, change, secondary)
    else:
        return None
    return change.astimezone(time_zone(calendar.time_zone) or UTC) if change else None


def minutes(time: str) -> int | None:
    """A time of day "HH:MM" up to "24:00" in minutes; None for anything else."""
    found = _TIME.fullmatch(time)
    if found is None:
        return None
    return int(found[1]) * 60 + int(found[2]) if found[1] else MINUTES_OF_DAY


@functools.lru_cache(maxsize=4_096)
def span(first: str, until: str | None) -> Span | None:
    """The days from `first` to `until` (None: one day); None where they are no dates of the same kind, or reversed."""
    begin, end = _DATE.fullmatch(first), _DATE.fullmatch(first if until is None else until)
    if begin is None or end is None or (begin[1] is None) is not (end[1] is None):
        return None
    try:
        days = [date(int(found[1] or _LEAP_YEAR), int(found[2]), int(found[3])) for found in (begin, end)]
    except ValueError:
        return None
    yearly = begin[1] is None
    return Span(days[0], days[1], yearly) if yearly or days[0] <= days[1] else None


def _period_at(calendar: Calendar, moment: datetime) -> Opening | None:
    now = shown(time_zone(calendar.time_zone) or UTC, moment)
    return _first(_periods(calendar, now.date()), now)


def _edges(calendar: Calendar, moment: datetime) -> Iterator[datetime]:
    """Moments from the day of `moment` on at which the calendar's own periods say something else, in their order."""
    zone = time_zone(calendar.time_zone) or UTC
    now = shown(zone, moment)
    before = _first(_periods(calendar, now.date()), now)
    for number in range(HORIZON.days + 1):
        begin = _midnight(now.date() + _DAY * number)
        periods = tuple(_periods(calendar, begin.date()))
        times = {begin, *(time for start, end, _ in periods for time in (start, end))}
        for time in sorted(time for time in times if begin <= time < begin + _DAY and time > now):
            found = _first(periods, time)
            if found != before:
                yield first_moment(zone, time)
            before = found


def _first(periods: Iterable[tuple[datetime, datetime, Opening]], time: datetime) -> Opening | None:
    return next((opening for start, end, opening in periods if start <= time < end), None)


def _periods(calendar: Calendar, day: date) -> Iterator[tuple[datetime, datetime, Opening]]:
    """The periods that touch a day, as times without a zone; what comes before the others comes first."""
    spans = [(holiday, days) for holiday in calendar.holidays if (days := span(holiday.date, holiday.until))]
    for holiday, days in sorted(spans, key=lambda each: each[1].yearly):
        if days.includes(day):
            yield from _hours(day, holiday)
    for period in calendar.week:
        if WEEK[day.weekday()] in period.days:
            yield from _hours(day, period)
        if period.over_midnight and WEEK[day.weekday() - 1] in period.days:
            yield from _hours(day - _DAY, period)


def _hours(day: date, period: WeeklyPeriod | Holiday) -> Iterator[tuple[datetime, datetime, Opening]]:
    start, end = minutes(period.start), minutes(period.end)
    if start is None or end is None:
        return
    if isinstance(period, WeeklyPeriod) and period.over_midnight:
        end += MINUTES_OF_DAY
    midnight = _midnight(day)
    yield (
        midnight + timedelta(minutes=start),
        midnight + timedelta(minutes=end),
        Opening(period.state, period.label),
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
