"""*Cancel Task*: take the task out of the queue; nobody is offered it any more."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.domain.effects import LeaveQueue
from shared.domain.events import Event
from shared.domain.sessions import TaskPhase
from shared.workflow.activity import Context, Step


@dataclass(frozen=True)
class Parameters:
    """Nothing to set."""


class CancelTask:
    type = "cancel_task"
    parameters = Parameters
    exits = ("next",)
    optional_exits = ()
    waiting_exits = ()
    before_accept = False

    def enter(self, context: Context) -> Step:
        task = context.session.task
        if task is None or task.phase is TaskPhase.CANCELLED:
            return Step(context.session, exit="next")
        session = replace(context.session, task=replace(task, phase=TaskPhase.CANCELLED))
        is_left = task.phase is TaskPhase.LEFT
        return Step(session, () if is_left else (LeaveQueue(task.queued_at),), exit="next")

    def on(self, context: Context, event: Event) -> Step | None:
        return None
