"""*Accept Conversation*: from here on the session is handled, and the customer may be answered."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.events import Event
from shared.workflow.activity import Context, Step


@dataclass(frozen=True)
class Parameters:
    """Nothing to set."""


class AcceptConversation:
    type = "accept_conversation"
    parameters = Parameters
    exits = ("next",)
    optional_exits = ()
    waiting_exits = ()
    before_accept = True

    def enter(self, context: Context) -> Step:
        return Step(context.session, exit="next")

    def on(self, context: Context, event: Event) -> Step | None:
        return None
