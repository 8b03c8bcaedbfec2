"""What a calendar has to fulfil before it is saved: every entry can be read, and none contradicts another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from zoneinfo import available_timezones

from shared.domain.calendars import MINUTES_OF_DAY, WEEK, Calendar, Holiday, Span, WeeklyPeriod, minutes, span
from shared.domain.errors import Finding

MOST_PERIODS = 50
MOST_HOLIDAYS = 200
LONGEST_LABEL = 100
_OF_THE_MACHINE = "localtime"
_WEEK_MINUTES = len(WEEK) * MINUTES_OF_DAY


def check_calendar(calendar: Calendar) -> tuple[Finding, ...]:
    """All rules that a calendar breaks; overlaps are looked for among the entries that can be read."""
    findings = [*_zone(calendar), *_amounts(calendar)]
    if findings:
        return tuple(findings)
    for number, period in enumerate(calendar.week):
        findings += _period(period, f"week.{number}")
    for number, holiday in enumerate(calendar.holidays):
        findings += _holiday(holiday, f"holidays.{number}")
    return (*findings, *_overlapping_periods(calendar.week), *_overlapping_holidays(calendar.holidays))


def _zone(calendar: Calendar) -> Iterator[Finding]:
    if calendar.time_zone not in available_timezones() - {_OF_THE_MACHINE}:
        yield Finding("time_zone_unknown", "time_zone", "must be an IANA name such as Europe/Zurich")


def _amounts(calendar: Calendar) -> Iterator[Finding]:
    for field, entries, most in (("week", calendar.week, MOST_PERIODS), ("holidays", calendar.holidays, MOST_HOLIDAYS)):
        if len(entries) > most:
            yield Finding("too_many_entries", field, f"at most {most} entries; there are {len(entries)}")


def _period(period: WeeklyPeriod, field: str) -> Iterator[Finding]:
    if not period.days:
        yield Finding("days_missing", f"{field}.days", "name at least one day of the week")
    yield from _times(period, field)
    start, end = minutes(period.start), minutes(period.end)
    if start is None or end is None:
        return
    if period.over_midnight and end > start:
        explanation = "a period over midnight ends on the next day, at its start or earlier; make it two periods"
        yield Finding("period_too_long", f"{field}.end", explanation)
    if not period.over_midnight and end <= start:
        explanation = f"{period.end} is not after {period.start}; exchange them, or switch over_midnight on"
        yield Finding("period_reversed", f"{field}.end", explanation)


def _holiday(holiday: Holiday, field: str) -> Iterator[Finding]:
    yield from _times(holiday, field)
    start, end = minutes(holiday.start), minutes(holiday.end)
    if start is not None and end is not None and end <= start:
        yield Finding("period_reversed", f"{field}.end", f"{holiday.end} is not after {holiday.start}; exchange them")
    first = span(holiday.date, None)
    last = first if holiday.until is None else span(holiday.until, None)
    for name, text in (("date", holiday.date), ("until", holiday.until)):
        if text is not None and span(text, None) is None:
            explanation = f"must be a date such as 2030-12-25 or 12-25; it is {text[:20]!r}"
            yield Finding("date_invalid", f"{field}.{name}", explanation)
    if first is None or last is None:
        return
    if first.yearly is not last.yearly:
        yield Finding("date_mixed", f"{field}.until", "write both days with the year or both without it")
    elif span(holiday.date, holiday.until) is None:
        yield Finding("period_reversed", f"{field}.until", f"{holiday.until} is before {holiday.date}; exchange them")


def _times(entry: WeeklyPeriod | Holiday, field: str) -> Iterator[Finding]:
    for name, time in (("start", entry.start), ("end", entry.end)):
        if minutes(time) is None:
            yield Finding("time_invalid", f"{field}.{name}", f"must be HH:MM from 00:00 to 24:00; it is {time[:20]!r}")
    if len(entry.label) > LONGEST_LABEL:
        yield Finding("too_long", f"{field}.label", f"must have at most {LONGEST_LABEL} characters")


def _overlapping_periods(week: tuple[WeeklyPeriod, ...]) -> Iterator[Finding]:
    """Looks at the week as a circle of minutes; each pair is told once."""
    stretches = sorted(each for number, period in enumerate(week) for each in _stretches(number, period))
    told: set[tuple[int, int]] = set()
    until, longest = 0, 0
    for start, end, number in stretches:
        pair = (min(number, longest), max(number, longest))
        if start < until and pair not in told:
            told.add(pair)
            day = WEEK[start // MINUTES_OF_DAY].value.capitalize()
            explanation = f"overlaps week.{pair[0]} on {day}; shorten one of them"
            yield Finding("periods_overlap", f"week.{pair[1]}", explanation)
        if end > until:
            until, longest = end, number


def _stretches(number: int, period: WeeklyPeriod) -> Iterator[tuple[int, int, int]]:
    start, end = minutes(period.start), minutes(period.end)
    if start is None or end is None or (end > start) is period.over_midnight:
        return
    length = end - start + (MINUTES_OF_DAY if period.over_midnight else 0)
    for day in sorted({WEEK.index(day) for day in period.days}):
        begin = day * MINUTES_OF_DAY + start
        yield begin, min(begin + length, _WEEK_MINUTES), number
        if begin + length > _WEEK_MINUTES:
            yield 0, begin + length - _WEEK_MINUTES, number


def _overlapping_holidays(holidays: tuple[Holiday, ...]) -> Iterator[Finding]:
    """Two dated or two yearly ones at the same time; a dated one may replace a yearly one."""
    read = [
        (number, days, start, end)
        for number, holiday in enumerate(holidays)
        if (days := span(holiday.date, holiday.until)) is not None
        and (start := minutes(holiday.start)) is not None
        and (end := minutes(holiday.end)) is not None
    ]
    for (one, days, start, end), (other, other_days, other_start, other_end) in combinations(read, 2):
        if start < other_end and other_start < end and _share_a_day(days, other_days):
            explanation = f"overlaps holidays.{one}; shorten one of them"
            yield Finding("periods_overlap", f"holidays.{other}", explanation)


def _share_a_day(one: Span, other: Span) -> bool:
    if one.yearly is not other.yearly:
        return False
    return any(one.includes(day) for day in (other.first, other.last)) or other.includes(one.first)
