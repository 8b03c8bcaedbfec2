"""What becomes of a customer's message: it is relayed, or the customer learns why it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.effects import Effect, NotifyAgent, RelayToAgent, SendToCustomer
from shared.domain.events import CustomerMessageReceived
from shared.domain.message_budgets import Verdict, count
from shared.domain.notices import notice
from shared.domain.sessions import EndReason, Phase, Session
from shared.domain.workflows import Definition
from shared.workflow.activity import Step
from shared.workflow.ending import end

OVER_BUDGET = "overBudget"
"""The event of the notice that a message was not relayed; it gets a line in the timeline."""


def customer_message(session: Session, definition: Definition, event: CustomerMessageReceived, now: datetime) -> Step:
    """Relay it while an agent is there and the budget lasts; what is above is told once, not for each message."""
    written, verdict = count(session.written, definition.message_budget, event.text, event.written_at or now)
    counted = replace(session, written=written)
    if session.phase is Phase.ENDED:
        is_owed = verdict is Verdict.WITHIN and _went_nowhere(session, event)
        return Step(counted, (_told(definition, "after_the_end", "undelivered"),) if is_owed else ())
    if session.phase is not Phase.CONNECTED or session.agent is None:
        return Step(counted)
    match verdict:
        case Verdict.WITHIN:
            return Step(counted, (RelayToAgent(session.agent.id, event.text),))
        case Verdict.TOO_FAST:
            return Step(counted, (_told(definition, "too_fast", OVER_BUDGET),))
        case Verdict.SPENT:
            agent_is_told = NotifyAgent(session.agent.id, notice("customer_over_budget", definition.default_language))
            return Step(counted, (_told(definition, "over_budget", OVER_BUDGET), agent_is_told))
        case Verdict.GROSS:
            ended = end(counted, definition, EndReason.MESSAGE_BUDGET, now)
            return Step(ended.session, (_told(definition, "ended_over_budget", "ended"), *ended.effects))
    return Step(counted)


def _told(definition: Definition, text: str, event: str) -> Effect:
    return SendToCustomer(notice(text, definition.language), definition.contact_name, "system", event)


def _went_nowhere(session: Session, event: CustomerMessageReceived) -> bool:
    """Whether an ended session still owes an answer: what was written while waiting has had the farewell already."""
    is_late = event.written_at is None or session.ended_at is None or event.written_at > session.ended_at
    return session.agent is not None or is_late
