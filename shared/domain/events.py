"""Everything that can happen to a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.parameters import Agent
from shared.domain.sessions import VisitorPresence


@dataclass(frozen=True)
class SessionOpened:
    """The visitor has started; the workflow begins."""


@dataclass(frozen=True)
class CustomerMessageReceived:
    """`written_at` is the time of the messaging service; None counts as now."""

    message_id: str
    text: str
    written_at: datetime | None = None


@dataclass(frozen=True)
class AgentMessageReceived:
    agent_id: str
    text: str


@dataclass(frozen=True)
class AgentsReserved:
    """The answer to OfferTask: who rings now, and who was left out for which reason (user id, reason)."""

    offer_id: str
    agents: tuple[Agent, ...]
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class InvitationSent:
    agent_id: str
    offer_id: str
    card_id: str


@dataclass(frozen=True)
class ConversationShown:
    card_id: str


@dataclass(frozen=True)
class AgentAccepted:
    agent: Agent
    offer_id: str


@dataclass(frozen=True)
class AgentDeclined:
    agent_id: str
    offer_id: str


@dataclass(frozen=True)
class AgentEnded:
    agent_id: str


@dataclass(frozen=True)
class AgentFreed:
    """An agent of this queue has become free."""


@dataclass(frozen=True)
class CustomerEnded:
    """The visitor pressed *End chat*."""


@dataclass(frozen=True)
class TimerDue:
    """A deadline has come. `presence` is the visitor's last sign of life, where one is known."""

    deadline_id: str
    presence: VisitorPresence | None = None


@dataclass(frozen=True)
class DeliveryFailed:
    """An effect was refused for good by the other side."""

    effect: str
    reason: str
    agent_id: str | None = None
    offer_id: str | None = None


Event = (
    SessionOpened
    | CustomerMessageReceived
    | AgentMessageReceived
    | AgentsReserved
    | InvitationSent
    | ConversationShown
    | AgentAccepted
    | AgentDeclined
    | AgentEnded
    | AgentFreed
    | CustomerEnded
    | TimerDue
    | DeliveryFailed
)
