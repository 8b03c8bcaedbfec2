"""A session in one line of a list, whether it runs or has ended; and the document that decides who sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.documents import DocumentKey, Kind
from shared.domain.history import HistoryEntry, Outcome, entry_of
from shared.domain.parameters import Agent, Customer
from shared.domain.sessions import ContactKind, ContactReference, EndReason, Phase, Session

KIND_OF_CONTACT = {ContactKind.SERVICE: Kind.SERVICE, ContactKind.USER: Kind.USER}


@dataclass(frozen=True)
class SessionLine:
    """`outcome` is None while it runs, `customer` where who it was is not kept; wait and handling are seconds."""

    session_id: str
    contact: ContactReference
    contact_name: str
    phase: Phase
    started_at: datetime
    wait: float
    handling: float | None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    end_reason: EndReason | None = None
    agent: Agent | None = None
    transfers: int = 0
    origin: str = ""
    customer: Customer | None = None

    @property
    def is_running(self) -> bool:
        return self.phase is not Phase.ENDED


def contact_key(contact: ContactReference) -> DocumentKey:
    """The document of a contact: whoever sees it sees its sessions."""
    return DocumentKey(KIND_OF_CONTACT[contact.kind], contact.id)


def line_of(session: Session, name: str, now: datetime, *, with_context: bool) -> SessionLine:
    """A session as it stands now."""
    is_over = session.phase is Phase.ENDED
    until = (session.ended_at or session.last_now) if is_over else now
    entry = entry_of(session, with_context=with_context)
    connected = session.connected_at
    return SessionLine(
        session.id,
        session.contact,
        name,
        session.phase,
        session.created_at,
        max(0.0, ((connected or until) - session.created_at).total_seconds()),
        max(0.0, (until - connected).total_seconds()) if connected is not None else None,
        connected,
        session.ended_at if is_over else None,
        entry.outcome if is_over else None,
        session.end_reason,
        session.agent,
        session.transfers,
        session.origin,
        entry.customer,
    )


def line_of_entry(entry: HistoryEntry, name: str) -> SessionLine:
    """A finished session, as the history knows it."""
    return SessionLine(
        entry.session_id,
        entry.contact,
        name,
        Phase.ENDED,
        entry.started_at,
        entry.wait,
        entry.handling,
        entry.connected_at,
        entry.ended_at,
        entry.outcome,
        entry.end_reason,
        entry.agent,
        entry.transfers,
        entry.origin,
        entry.customer,
    )
