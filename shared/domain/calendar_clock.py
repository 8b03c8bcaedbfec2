"""Wall clocks of time zones as calendars need them: total, and never put back.

When clocks are put back, an hour is shown twice. A calendar must not open, close and open again in it, so its clock
stands still while the hour repeats. When clocks are put forward, what was to happen in the skipped time happens at
once. Both follow from one sentence: **what is due at a time of day happens at the first moment at which the wall
clock shows that time or a later one.**
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)
JUST_BEFORE = timedelta(microseconds=1)


def time_zone(name: str) -> ZoneInfo | None:
    """The zone of this IANA name such as Europe/Zurich, or None."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        # Unknown; no name of a zone; the name of a folder of zones.
        return None


def shown(zone: tzinfo, moment: datetime) -> datetime:
    """What the clock shows, without a zone: never earlier than what it has shown before."""
    local = moment.astimezone(zone)
    if not local.fold:
        return local.replace(tzinfo=None)
    put_back = _put_back(zone, moment, local)
    return (put_back - SECOND).astimezone(zone).replace(tzinfo=None, fold=0) + SECOND - JUST_BEFORE


def first_moment(zone: tzinfo, time: datetime) -> datetime:
    """The first moment (UTC, whole seconds) at which the clock shows `time`, which has no zone, or a later time."""
    late = time.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if shown(zone, late) == time:
        return late
    # The time is skipped; Python reads it with the offset before or, with fold, after that: the change lies between.
    early = time.replace(tzinfo=zone, fold=1).astimezone(UTC)
    seconds = range(int((late - early) / SECOND))
    return early + SECOND * bisect_left(seconds, True, key=lambda second: shown(zone, early + SECOND * second) >= time)


def _put_back(zone: tzinfo, moment: datetime, local: datetime) -> datetime:
    """When the clock was put back that shows `local` for the second time at `moment`."""
    now, before = local.utcoffset() or timedelta(), local.replace(fold=0).utcoffset() or timedelta()
    end = moment.astimezone(UTC).replace(microsecond=0)
    start = end - (before - now)
    seconds = range(int((before - now) / SECOND))
    return start + SECOND * bisect_left(
        seconds, True, key=lambda second: (start + SECOND * second).astimezone(zone).utcoffset() == now
    )
