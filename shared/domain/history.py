"""The history: what is kept of a finished session, and how it went in one word."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.domain.parameters import Agent, Customer
from shared.domain.sessions import ContactReference, EndReason, Session, TaskPhase


class Outcome(StrEnum):
    """`abandoned`: the customer left, or waited to the end of the queue; `disconnected`: nobody was ever asked."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    DECLINED = "declined"
    MESSAGE_LEFT = "messageLeft"
    DISCONNECTED = "disconnected"
    ENDED_BY_ADMINISTRATOR = "endedByAdministrator"
    FAILED = "failed"


OF_REASON = {
    EndReason.DECLINED: Outcome.DECLINED,
    EndReason.MESSAGE_LEFT: Outcome.MESSAGE_LEFT,
    EndReason.ADMINISTRATOR: Outcome.ENDED_BY_ADMINISTRATOR,
    EndReason.WORKFLOW_FAULT: Outcome.FAILED,
    EndReason.CUSTOMER: Outcome.ABANDONED,
    EndReason.CUSTOMER_GONE: Outcome.ABANDONED,
}


@dataclass(frozen=True)
class HistoryEntry:
    """A finished session. `customer` is None, and `parameters` and `origin` are empty, where they are not kept."""

    session_id: str
    tenant_id: str
    contact: ContactReference
    modality: str
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    end_reason: EndReason | None = None
    connected_at: datetime | None = None
    agent: Agent | None = None
    transfers: int = 0
    origin: str = ""
    customer: Customer | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def wait(self) -> float:
        """Seconds from the start until somebody answered, or to the end."""
        return _seconds(self.started_at, self.connected_at or self.ended_at)

    @property
    def handling(self) -> float | None:
        """Seconds that an agent spent; None where nobody answered."""
        return _seconds(self.connected_at, self.ended_at) if self.connected_at is not None else None


def entry_of(session: Session, *, with_context: bool) -> HistoryEntry:
    """What the history keeps of a session; who the customer was only `with_context`."""
    is_known = with_context and bool(session.customer.display_name or session.customer.email)
    return HistoryEntry(
        session_id=session.id,
        tenant_id=session.tenant_id,
        contact=session.contact,
        modality=session.modality,
        started_at=session.created_at,
        ended_at=session.ended_at or session.last_now,
        outcome=outcome_of(session),
        end_reason=session.end_reason,
        connected_at=session.connected_at,
        agent=session.agent,
        transfers=session.transfers,
        origin=session.origin,
        customer=session.customer if is_known else None,
        parameters=session.parameters if with_context else {},
    )


def outcome_of(session: Session) -> Outcome:
    """How a finished session went."""
    if session.agent is not None:
        return Outcome.ANSWERED
    known = OF_REASON.get(session.end_reason) if session.end_reason is not None else None
    if known is not None:
        return known
    was_queued = session.task is not None and session.task.phase in (TaskPhase.CANCELLED, TaskPhase.LEFT)
    return Outcome.ABANDONED if was_queued else Outcome.DISCONNECTED


def normalized_address(address: str) -> str:
    """An e-mail address as it is compared: however it was typed, one person's address is the same."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def _seconds(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds())
