"""*Transfer*: the conversation goes on in another service, with its history and by that service's workflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shared.domain.effects import TransferTask
from shared.domain.events import DeliveryFailed, Event, TimerDue, TransferRefused
from shared.workflow.activity import Context, Step, reference
from shared.workflow.transfers import MOST_TRANSFERS

DEADLINE = "transfer"
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True)
class Parameters:
    """`service` is the id of the service that takes over."""

    service: str = reference()


class Transfer:
    type = "transfer"
    parameters = Parameters
    exits = ("failed",)
    optional_exits = ()
    waiting_exits = ()
    before_accept = False

    def enter(self, context: Context) -> Step:
        session, target = context.session, context.parameters.service
        if session.transfers >= MOST_TRANSFERS or not target or target == session.contact.id:
            return Step(session, exit="failed")
        return Step(session.with_deadline(DEADLINE, context.now + PATIENCE), (TransferTask(target),))

    def on(self, context: Context, event: Event) -> Step | None:
        match event:
            case TransferRefused() | DeliveryFailed(effect="transfer_task") | TimerDue(deadline_id="transfer"):
                return Step(context.session.with_deadline(DEADLINE, None), exit="failed")
        return None
