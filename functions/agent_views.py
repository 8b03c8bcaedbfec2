"""What agents are shown of what the application has answered: sentences, and the views that cards are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from shared.domain.agent_texts import CATALOGUE, agent_text
from shared.domain.distribution import LeftOut

if TYPE_CHECKING:
    from shared.application.agents import Answer
    from shared.application.duty import Status
    from shared.application.tasks import WaitingTask
    from shared.ports import StatusView, TasksView

LISTED = 10
"""Tasks on one card; of the others it says how many there are."""
OUTCOMES = frozenset(
    {
        "accepted",
        "taken",
        "expired",
        "withdrawn",
        "declined",
        "sent",
        "ended",
        "over",
        "empty",
        "too_long",
        "available",
    }
)
REASONS = frozenset(reason.value for reason in LeftOut)


def sentence(answer: Answer, language: str) -> str:
    """What became of a button, where no card says it."""
    customer = answer.customer_name or agent_text("the_customer", language)
    agent = answer.taken_by or agent_text("a_colleague", language)
    key = answer.outcome if answer.outcome in OUTCOMES else "unknown"
    return agent_text(key, language, customer=customer, agent=agent)


def sentence_of_pick_up(answer: Answer, language: str) -> str:
    """What became of *Pick up*."""
    if answer.outcome in ("accepted", "taken"):
        return sentence(answer, language)
    reason = f"reason_{answer.outcome}"
    if reason in CATALOGUE["en"]:
        return agent_text("not_picked_up", language, reason=agent_text(reason, language))
    return agent_text("gone", language)


def status_view(status: Status, now: datetime) -> StatusView:
    from shared.ports import ServiceStatus, StatusView

    state, until = status.state, status.state.after_call_until
    return StatusView(
        on_duty=state.on_duty,
        presence=status.presence,
        conversations=len(state.conversations),
        capacity=status.capacity,
        missed=state.missed is not None,
        ringing=state.ring is not None,
        after_call_until=until if until is not None and until > now else None,
        services=tuple(ServiceStatus(standing.service.name, standing.reason) for standing in status.services),
        reason=status.reason,
    )


def tasks_view(waiting: Sequence[WaitingTask], now: datetime, account: str, said: str = "") -> TasksView:
    """The first ten; `account` and `said` as in the view."""
    from shared.ports import TaskLine, TasksView

    def line(task: WaitingTask) -> TaskLine:
        seconds = int((now - task.waiting_since).total_seconds())
        return TaskLine(task.session_id, task.service_name, task.customer_name, seconds)

    return TasksView(tuple(map(line, waiting[:LISTED])), max(0, len(waiting) - LISTED), said, account)
