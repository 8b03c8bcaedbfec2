"""*Disconnect*: the end of every workflow."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.events import Event
from shared.domain.sessions import EndReason
from shared.workflow.activity import Context, Step, switch
from shared.workflow.ending import end


@dataclass(frozen=True)
class Parameters:
    """`declined`: tell the customer that nobody takes the conversation."""

    declined: bool = switch(False)


class Disconnect:
    type = "disconnect"
    parameters = Parameters
    exits = ()
    optional_exits = ()
    waiting_exits = ()
    before_accept = True

    def enter(self, context: Context) -> Step:
        reason = EndReason.DECLINED if context.parameters.declined else EndReason.WORKFLOW
        return end(context.session, context.definition, reason, context.now)

    def on(self, context: Context, event: Event) -> Step | None:
        return None
