"""*Message*: a text for the customer, in the best language there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.effects import SendToCustomer
from shared.domain.events import Event
from shared.domain.parameters import render
from shared.domain.system_messages import choose_language
from shared.workflow.activity import Context, Step, texts
from shared.workflow.texts import known_of


@dataclass(frozen=True)
class Parameters:
    """`texts` maps language codes to texts with conversation parameters; an empty text sends nothing."""

    texts: Mapping[str, str] = texts()


class Message:
    type = "message"
    parameters = Parameters
    exits = ("next",)
    optional_exits = ()
    waiting_exits = ()
    before_accept = False

    def enter(self, context: Context) -> Step:
        session, definition, available = context.session, context.definition, context.parameters.texts
        language = choose_language(available, definition.language, definition.default_language)
        known = known_of(session, definition)
        text = render(available.get(language, ""), session.customer, session.agent, known).strip()
        sender = definition.contact_name
        return Step(session, (SendToCustomer(text, sender, "system"),) if text else (), exit="next")

    def on(self, context: Context, event: Event) -> Step | None:
        return None
