"""*Message*: a text for the customer, in the session's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.effects import SendToCustomer
from shared.domain.events import Event
from shared.domain.parameters import render
from shared.workflow.activity import Context, Step, texts


@dataclass(frozen=True)
class Parameters:
    """`texts` maps language codes to texts with conversation parameters."""

    texts: Mapping[str, str] = texts()


class Message:
    type = "message"
    parameters = Parameters
    exits = ("next",)
    optional_exits = ()

    def enter(self, context: Context) -> Step:
        session, available = context.session, context.parameters.texts
        template = available.get(context.definition.language) or next(iter(available.values()), "")
        text = render(template, session.customer, session.agent).strip()
        sender = context.definition.contact_name
        return Step(session, (SendToCustomer(text, sender, "system"),) if text else (), exit="next")

    def on(self, context: Context, event: Event) -> Step | None:
        return None
