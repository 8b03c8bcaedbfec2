"""When a service opens again, in the words of a customer."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.built_in_texts import LANGUAGES

WEEKDAYS = {code: language.WEEKDAYS for code, language in LANGUAGES.items()}
_WEEK = timedelta(days=7)


def time_of_opening(opens: datetime | None, now: datetime, language: str) -> str:
    """The time in the zone of `opens`: today "08:00", within a week "Monday, 08:00", later "2030-01-07, 08:00"."""
    if opens is None:
        return ""
    today = now.astimezone(opens.tzinfo).date()
    if opens.date() == today:
        return f"{opens:%H:%M}"
    if opens.date() < today + _WEEK:
        return f"{WEEKDAYS.get(language, WEEKDAYS['en'])[opens.weekday()]}, {opens:%H:%M}"
    return f"{opens:%Y-%m-%d, %H:%M}"
