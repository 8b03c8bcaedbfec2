"""Everything that can happen to a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.consent import Consent
from shared.domain.parameters import Agent
from shared.domain.sessions import ContactReference, VisitorPresence
from shared.domain.workflows import Definition


@dataclass(frozen=True)
class SessionOpened:
    """The visitor has started; the workflow begins."""

    consent: Consent | None = None


@dataclass(frozen=True)
class CustomerMessageReceived:
    """`written_at` is the time of the messaging service; None counts as now."""

    message_id: str
    text: str
    written_at: datetime | None = None


@dataclass(frozen=True)
class AgentMessageReceived:
    """`key` is the activity's id, by which the message is found again when the agent changes it."""

    agent_id: str
    text: str
    key: str | None = None


@dataclass(frozen=True)
class AgentMessageRevised:
    """The agent has changed a message, or deleted it (`text` None); `at` tells an older change that comes later."""

    agent_id: str
    key: str
    text: str | None
    at: datetime | None = None


@dataclass(frozen=True)
class MessageFound:
    """The answer to FindMessage where the message was there; `changes` are the ids of what told of earlier changes."""

    key: str
    message_id: str
    text: str | None
    changes: tuple[str, ...] = ()


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
class VisitorSeen:
    """The visitor's page has given its first sign of life: somebody is really there."""


@dataclass(frozen=True)
class QueueEntered:
    """The answer to EnterQueue: the place in the queue, 1 is next, and the expected wait in seconds if it is known."""

    position: int
    expected_wait: int | None = None


@dataclass(frozen=True)
class AgentPickedUp:
    """An agent takes the task from the list of those who wait; `until` then the agent is kept free for it."""

    agent: Agent
    offer_id: str
    until: datetime | None = None


@dataclass(frozen=True)
class MessageLeft:
    """The visitor leaves a message because nobody is there; `members` are those who get it."""

    text: str
    members: tuple[str, ...]
    consent: Consent | None = None


@dataclass(frozen=True)
class MessageShown:
    """A member has got the message that was left."""

    agent_id: str


@dataclass(frozen=True)
class RecipientsFound:
    """The answer to FindRecipients; empty where nobody can get a card."""

    members: tuple[str, ...]


@dataclass(frozen=True)
class AvailabilityFound:
    """The answer to FindAvailability; `state` is a ContactState's value."""

    state: str


@dataclass(frozen=True)
class ParametersSet:
    """The visitor's page has set custom parameters."""

    values: Mapping[str, str]


@dataclass(frozen=True)
class Transferred:
    """The answer to TransferTask: the service to which the conversation goes on, with all that its workflow needs."""

    contact: ContactReference
    definition: Definition


@dataclass(frozen=True)
class TransferRefused:
    """The answer to TransferTask where the conversation cannot go on there; `reason` is a stable name."""

    reason: str


@dataclass(frozen=True)
class AgentFreed:
    """An agent of this queue has become free."""


@dataclass(frozen=True)
class CustomerEnded:
    """The visitor pressed *End chat*."""


@dataclass(frozen=True)
class AdministratorEnded:
    """An administrator ends a session, such as one that is stuck; `administrator_id` is who."""

    administrator_id: str


@dataclass(frozen=True)
class EraseRequested:
    """An administrator asks that the customer be forgotten now, before the retention is over."""


@dataclass(frozen=True)
class ConversationErased:
    """A thread and an identity are gone for good, each where it is named."""

    thread_id: str = ""
    visitor_id: str = ""


@dataclass(frozen=True)
class HistoryRecorded:
    """The session's entry in the history was written as the session was then."""

    names_customer: bool


@dataclass(frozen=True)
class StillFound:
    """The customer's address leads to the session as before, by these digests, since not all of it could be erased."""

    digests: tuple[str, ...]


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
    | AgentMessageRevised
    | MessageFound
    | AgentsReserved
    | InvitationSent
    | ConversationShown
    | AgentAccepted
    | AgentDeclined
    | AgentEnded
    | AgentFreed
    | VisitorSeen
    | QueueEntered
    | AgentPickedUp
    | MessageLeft
    | MessageShown
    | RecipientsFound
    | AvailabilityFound
    | ParametersSet
    | Transferred
    | TransferRefused
    | CustomerEnded
    | AdministratorEnded
    | EraseRequested
    | ConversationErased
    | HistoryRecorded
    | StillFound
    | TimerDue
    | DeliveryFailed
)
