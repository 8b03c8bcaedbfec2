"""Timer triggers: six-field NCRONTAB schedules in UTC."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.host.app_settings import substitute
from local.host.bindings import Function
from local.host.failures import HostStartError, InvocationFailedError
from local.host.messages import TypedData, as_json

Run = Callable[[Function, TypedData], Awaitable[object]]
"""Invokes a function; raises InvocationFailedError."""


class Schedule:
    """A schedule of the trigger's `schedule` setting, seconds first."""

    def __init__(self, expression: str, *, function: str) -> None:
        """Raises HostStartError for what is no NCRONTAB expression of five or six fields."""
        from croniter import croniter

        expression = substitute(expression, function=function).strip()
        if len(expression.split()) not in (5, 6) or not croniter.is_valid(expression, second_at_beginning=True):
            raise HostStartError(f"function '{function}': '{expression}' is no NCRONTAB schedule of six fields")
        self._expression = expression

    def next_after(self, moment: datetime) -> datetime:
        from croniter import croniter

        occurrences = croniter(self._expression, moment, second_at_beginning=True, day_or=False)
        occurrence: datetime = occurrences.get_next(datetime)
        return occurrence


class TimerListener:
    """Runs one function on its schedule, never beside itself, until it is stopped."""

    def __init__(self, function: Function, run: Run) -> None:
        self._function = function
        self._invoke = run
        self._schedule = Schedule(str(function.trigger.settings["schedule"]), function=function.name)
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        self._stopped.set()

    async def listen(self) -> None:
        """Wait for each occurrence; one that passes while the function still runs is left out."""
        if self._function.trigger.settings.get("runOnStartup"):
            await self._run()
        while not self._stopped.is_set():
            due = self._schedule.next_after(datetime.now(UTC))
            while (remaining := (due - datetime.now(UTC)).total_seconds()) > 0 and not self._stopped.is_set():
                with contextlib.suppress(TimeoutError):
                    # In slices, as a machine that slept, or a clock that was set, would make one long wait wrong.
                    await asyncio.wait_for(self._stopped.wait(), min(remaining, 60))
            if not self._stopped.is_set():
                await self._run()

    async def _run(self) -> None:
        # A failure was logged; the next occurrence is the retry.
        with contextlib.suppress(InvocationFailedError):
            await self._invoke(self._function, as_json(timer_data()))


def timer_data() -> Mapping[str, Any]:
    """What the function's TimerRequest is made of."""
    return {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": None, "IsPastDue": False}
