"""NCRONTAB schedules of timer triggers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local.host.failures import HostStartError
from local.host.timer_trigger import Schedule

SUNDAY = datetime(2026, 11, 22, 20, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "next_occurrence"),
    [
        ("*/15 * * * * *", datetime(2026, 11, 22, 20, 0, 45, tzinfo=UTC)),
        ("0 */5 * * * *", datetime(2026, 11, 22, 20, 5, tzinfo=UTC)),
        ("0 30 9 * * 1-5", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("*/5 * * * *", datetime(2026, 11, 22, 20, 5, tzinfo=UTC)),
        # Both the day and the weekday have to fit: the first Friday the 13th to come.
        ("0 0 0 13 * 5", datetime(2027, 8, 13, tzinfo=UTC)),
    ],
)
def test_a_schedule_tells_its_next_occurrence(expression: str, next_occurrence: datetime) -> None:
    assert Schedule(expression, function="tick").next_after(SUNDAY) == next_occurrence


def test_a_schedule_may_be_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERY_HOUR", "0 0 * * * *")
    schedule = Schedule("%EVERY_HOUR%", function="tick")
    assert schedule.next_after(SUNDAY) == datetime(2026, 11, 22, 21, tzinfo=UTC)


@pytest.mark.parametrize("expression", ["", "never", "0 0 0 * * * *", "61 * * * * *", "00:05:00"])
def test_what_is_no_schedule_is_refused_by_the_functions_name(expression: str) -> None:
    with pytest.raises(HostStartError, match="function 'tick'"):
        Schedule(expression, function="tick")


def test_a_setting_that_is_missing_is_named() -> None:
    with pytest.raises(HostStartError, match="function 'tick': setting 'NOWHERE' in '%NOWHERE%' is not set"):
        Schedule("%NOWHERE%", function="tick")
