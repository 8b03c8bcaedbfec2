"""A session: one conversation of a customer with a contact, from the form to the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.consent import Consent
from shared.domain.message_budgets import MessageCount
from shared.domain.parameters import Agent, Customer

HEARTBEAT = timedelta(seconds=60)
"""How often an open widget gives a sign of life."""
MISSED_HEARTBEATS = timedelta(seconds=90)
"""A widget that has not said good-bye is not given up before this, however short the recovery timeout is."""


class ContactKind(StrEnum):
    SERVICE = "service"
    USER = "user"


@dataclass(frozen=True)
class ContactReference:
    kind: ContactKind
    id: str

    @property
    def key(self) -> str:
        return f"{self.kind.value}:{self.id}"


@dataclass(frozen=True)
class ChatChannel:
    """A chat thread: `visitor_id` and `relay_id` are its only participants."""

    kind: str
    thread_id: str
    visitor_id: str
    relay_id: str


class Phase(StrEnum):
    """`opened`: created, the workflow has not begun; `waiting`: nobody has accepted; then `connected`, `ended`."""

    OPENED = "opened"
    WAITING = "waiting"
    CONNECTED = "connected"
    ENDED = "ended"


class EndReason(StrEnum):
    ADMINISTRATOR = "ended_by_administrator"
    AGENT = "ended_by_agent"
    CUSTOMER = "ended_by_customer"
    CUSTOMER_GONE = "customer_gone"
    DECLINED = "declined"
    WORKFLOW = "disconnected_by_workflow"
    WORKFLOW_FAULT = "workflow_fault"
    MESSAGE_LEFT = "message_left"
    MESSAGE_BUDGET = "message_budget_exceeded"


class TaskPhase(StrEnum):
    """`left`: nobody answered in time, and the workflow goes on without the queue."""

    WAITING = "waiting"
    OFFERING = "offering"
    OFFERED = "offered"
    CONNECTED = "connected"
    LEFT = "left"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Invitation:
    """An offer to one agent; `card_id` is the invitation card's activity id, once it is known."""

    agent: Agent
    card_id: str | None = None


@dataclass(frozen=True)
class Declined:
    """An agent who declined this offer is passed over until then."""

    agent_id: str
    until: datetime
    offer_id: str = ""


@dataclass(frozen=True)
class Task:
    """The queued task of a session. `offer_id` names the current round; times are absolute.

    `position` is the place in the queue as it was last looked at, `expected_wait` in seconds; `told` is the position
    that the customer was told last; another one follows not before `tell_again`.
    """

    phase: TaskPhase
    queued_at: datetime
    round: int = 0
    offer_id: str | None = None
    until: datetime | None = None
    invitations: tuple[Invitation, ...] = ()
    declined: tuple[Declined, ...] = ()
    position: int | None = None
    first_position: int | None = None
    expected_wait: int | None = None
    told: int | None = None
    tell_again: datetime | None = None

    def invitation(self, agent_id: str) -> Invitation | None:
        return next((invitation for invitation in self.invitations if invitation.agent.id == agent_id), None)

    def was_declined(self, agent_id: str, offer_id: str) -> bool:
        return any((entry.agent_id, entry.offer_id) == (agent_id, offer_id) for entry in self.declined)


@dataclass(frozen=True)
class Revision:
    """The last change of a message that the session has heard of."""

    key: str
    at: datetime


@dataclass(frozen=True)
class LeftMessage:
    """What a visitor has left, until a member has got it; `waiting` are those whose cards go out now."""

    text: str
    waiting: tuple[str, ...] = ()
    tries: int = 0


@dataclass(frozen=True)
class Unerased:
    """What is still there of a session whose customer was forgotten: by these ids it can be erased later.

    `channels` name the threads and identities that are left, `history` says whether an entry may still name somebody.
    The session is found by `digests` of the customer's address as long as anything is left. `reason` is why the last
    try was refused; `tries` counts those that were.
    """

    channels: tuple[ChatChannel, ...] = ()
    history: bool = True
    digests: tuple[str, ...] = ()
    reason: str = ""
    tries: int = 0

    def without(self, thread_id: str, visitor_id: str) -> Unerased:
        """A thread and an identity are gone; an empty id names none."""
        left = [
            replace(
                one,
                thread_id="" if one.thread_id == thread_id else one.thread_id,
                visitor_id="" if one.visitor_id == visitor_id else one.visitor_id,
            )
            for one in self.channels
        ]
        return replace(self, channels=tuple(one for one in left if one.thread_id or one.visitor_id))


@dataclass(frozen=True)
class Deadline:
    """Something that is due at a time; it is cancelled by being gone from the state."""

    id: str
    due: datetime


@dataclass(frozen=True)
class Session:
    """The engine's whole state. `position` is the id of the current activity.

    `visitor_seen`: a page gave a sign of life, so a person may be there. `parameters` are custom parameters;
    `transfers` counts the services through which the session came, `rounds` the rounds of offers in them. `opens_at`
    is when the service opens, as the customer reads it, where the customer came while it was closed. `connected_at` is
    when an agent accepted. `unerased` is what is left to erase where the customer was forgotten, until nothing is.
    """

    id: str
    tenant_id: str
    contact: ContactReference
    origin: str
    customer: Customer
    modality: str
    channels: tuple[ChatChannel, ...]
    created_at: datetime
    last_now: datetime
    phase: Phase = Phase.OPENED
    position: str | None = None
    task: Task | None = None
    agent: Agent | None = None
    conversation_card_id: str | None = None
    deadlines: tuple[Deadline, ...] = ()
    end_reason: EndReason | None = None
    ended_at: datetime | None = None
    written: MessageCount = field(default_factory=MessageCount)
    visitor_seen: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    transfers: int = 0
    rounds: int = 0
    revisions: tuple[Revision, ...] = ()
    opens_at: str = ""
    left_message: LeftMessage | None = None
    consent: Consent | None = None
    connected_at: datetime | None = None
    unerased: Unerased | None = None

    @property
    def names_customer(self) -> bool:
        """Whether it says who the customer is, or leads to a conversation that does."""
        return bool(self.customer.email or self.customer.display_name or self.channels)

    @property
    def chat(self) -> ChatChannel | None:
        return self.channels[0] if self.channels else None

    @property
    def reads_thread(self) -> bool:
        """Whether new messages of the customer go somewhere now; until then they wait in the thread."""
        return self.phase in (Phase.CONNECTED, Phase.ENDED)

    def with_deadline(self, deadline_id: str, due: datetime | None) -> Session:
        """Set a deadline anew, or remove it with None."""
        others = tuple(deadline for deadline in self.deadlines if deadline.id != deadline_id)
        return replace(self, deadlines=others if due is None else (*others, Deadline(deadline_id, due)))

    def due(self, now: datetime) -> tuple[Deadline, ...]:
        """Deadlines that have come, earliest first."""
        return tuple(sorted((d for d in self.deadlines if d.due <= now), key=lambda d: (d.due, d.id)))


@dataclass(frozen=True)
class VisitorPresence:
    """The last sign of life of the visitor's page; `leaving` where the page said good-bye."""

    last_seen: datetime
    leaving: bool = False


def gone_at(presence: VisitorPresence, recovery_timeout: int) -> datetime:
    """When the visitor counts as gone: the recovery timeout (seconds) after the last sign of life.

    A page that did not say good-bye may just have missed heartbeats, so it is given MISSED_HEARTBEATS at least.
    """
    timeout = timedelta(seconds=recovery_timeout)
    return presence.last_seen + (timeout if presence.leaving else max(timeout, MISSED_HEARTBEATS))
