"""*Check Task*: go on by what has become of the task."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.events import Event
from shared.domain.sessions import TaskPhase
from shared.workflow.activity import Context, Step


@dataclass(frozen=True)
class Parameters:
    """Nothing to set."""


class CheckTask:
    type = "check_task"
    parameters = Parameters
    exits = ("not_queued", "waiting", "cancelled")
    optional_exits = ()
    waiting_exits = ()
    before_accept = False

    def enter(self, context: Context) -> Step:
        task = context.session.task
        if task is None:
            return Step(context.session, exit="not_queued")
        return Step(context.session, exit="cancelled" if task.phase is TaskPhase.CANCELLED else "waiting")

    def on(self, context: Context, event: Event) -> Step | None:
        return None
