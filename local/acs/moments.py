"""Points in time: whole milliseconds since 1970 inside, ISO 8601 on the wire."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from local.acs.errors import bad_request


def now_milliseconds() -> int:
    return time.time_ns() // 1_000_000


def to_iso(milliseconds: int) -> str:
    """The form of the REST answers: `2026-11-22T21:38:04.246Z`."""
    return _moment(milliseconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_event_iso(milliseconds: int) -> str:
    """The form inside the data of thread-level events: `2026-11-22T21:38:04.246+00:00`."""
    return _moment(milliseconds).isoformat(timespec="milliseconds")


def from_iso(text: str) -> int:
    """Milliseconds of an RFC 3339 time; one without an offset is UTC; raises 400 on anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise bad_request(f"{text!r} is not an RFC 3339 time") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)
