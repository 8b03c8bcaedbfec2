"""*Wait for Parameter*: the visitor's page may set a custom parameter a little later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shared.domain.events import Event, ParametersSet, TimerDue
from shared.workflow.activity import Context, Step, name, whole_number

DEADLINE = "parameter"


@dataclass(frozen=True)
class Parameters:
    """`name` is the custom parameter; `time_limit` in seconds. The workflow's default does not count as set."""

    name: str = name()
    time_limit: int = whole_number(30, 5, 3_600)


class WaitForParameter:
    type = "wait_for_parameter"
    parameters = Parameters
    exits = ("set", "time_limit")
    optional_exits = ()
    waiting_exits = ("time_limit",)
    before_accept = False

    def enter(self, context: Context) -> Step:
        if self._is_set(context):
            return Step(context.session, exit="set")
        due = context.now + timedelta(seconds=context.parameters.time_limit)
        return Step(context.session.with_deadline(DEADLINE, due))

    def on(self, context: Context, event: Event) -> Step | None:
        match event:
            case ParametersSet() if self._is_set(context):
                return Step(context.session.with_deadline(DEADLINE, None), exit="set")
            case TimerDue(deadline_id="parameter"):
                return Step(context.session, exit="time_limit")
        return None

    def _is_set(self, context: Context) -> bool:
        return bool(context.session.parameters.get(context.parameters.name))
