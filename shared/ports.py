"""What the application needs of the world, as Protocols. Adapters fulfil them; tests use `adapters.memory`.

Every method may raise a PortError (see `domain.errors`); which of its kinds matters is said where it does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from shared.domain.contacts import Contact
from shared.domain.distribution import AgentState
from shared.domain.effects import Effect
from shared.domain.sessions import ContactReference, Session, VisitorPresence
from shared.domain.tenants import Tenant
from shared.domain.users import User
from shared.domain.workflows import Definition


class Clock(Protocol):
    def now(self) -> datetime:
        """The time now, with time zone UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Ids(Protocol):
    def new(self) -> str:
        """A random id of at least 128 bits."""
        ...


# --- configuration ---------------------------------------------------------------------------------------------------


class ConfigStore(Protocol):
    """The configuration, read through a cache of at most 30 s."""

    async def tenant_by_widget_key(self, widget_key: str) -> Tenant | None: ...

    async def tenant(self, tenant_id: str) -> Tenant | None: ...

    async def tenants(self) -> Sequence[Tenant]:
        """All tenants of this deployment (a handful)."""
        ...

    async def contact(self, tenant_id: str, reference: ContactReference, modality_id: str) -> Contact | None:
        """The service or user with its template, system messages and the workflow for this modality."""
        ...

    async def user(self, tenant_id: str, user_id: str) -> User | None: ...


class Secrets(Protocol):
    async def get(self, reference: str) -> str:
        """The secret's value; raises Rejected where there is none of this name."""
        ...


# --- sessions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cursor:
    """How far the thread was relayed: the sequence of the last message, and the time from which to list."""

    sequence: int = 0
    since: datetime | None = None


@dataclass(frozen=True)
class Lease:
    """Who works on a session, and until when. `clean`: left on purpose, so no effect of it is in doubt."""

    owner: str
    until: datetime
    clean: bool = False


@dataclass(frozen=True)
class RelayState:
    """The relay's bookkeeping of one session, saved in one row with it.

    `armed_until`: a watchdog message exists that comes no later. `recent` are ids of the last messages relayed,
    `recent_client_ids` those that the widget gave them, by which a message that was sent twice is known.
    """

    cursor: Cursor = Cursor()
    lease: Lease | None = None
    nudged: bool = False
    armed_until: datetime | None = None
    next_effect: int = 1
    recent: tuple[str, ...] = ()
    recent_client_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class PendingEffect:
    number: int
    effect: Effect


@dataclass(frozen=True)
class SessionRecord:
    """All rows of a session that the relay needs, read as one range."""

    session: Session
    definition: Definition
    relay: RelayState
    body_hash: str
    version: str
    effects: tuple[PendingEffect, ...] = ()
    presence: VisitorPresence | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """One line of a session's timeline: what happened and its details, never a text of a person."""

    at: datetime
    what: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SessionChange:
    """One conditional transaction: the new state, effects added and done, an activity seen, timeline lines."""

    session: Session
    relay: RelayState
    add: tuple[PendingEffect, ...] = ()
    done: tuple[int, ...] = ()
    seen: str | None = None
    timeline: tuple[TimelineEntry, ...] = ()


class SessionStore(Protocol):
    async def create(self, session: Session, definition: Definition, relay: RelayState, body_hash: str) -> str:
        """Insert a session; the version. Raises AlreadyExists."""
        ...

    async def read(self, session_id: str) -> SessionRecord | None: ...

    async def save(self, session_id: str, version: str, change: SessionChange) -> str:
        """All or nothing; the new version. Raises VersionConflict, or AlreadyExists where `seen` was seen before."""
        ...

    async def sign_of_life(self, session_id: str, presence: VisitorPresence) -> None: ...

    async def timeline(self, session_id: str) -> Sequence[TimelineEntry]: ...

    async def add_to_index(self, thread_id: str, session_id: str) -> None: ...

    async def session_of_thread(self, thread_id: str) -> str | None: ...

    async def add_to_history(self, session: Session) -> None: ...


class QueueStore(Protocol):
    """Hints about who waits. Only a hint: the session's row owns the task."""

    async def insert(self, queue: str, queued_at: datetime, session_id: str) -> None:
        """Idempotent."""
        ...

    async def delete(self, queue: str, queued_at: datetime, session_id: str) -> None:
        """Idempotent."""
        ...

    async def first(self, queue: str, count: int) -> Sequence[tuple[datetime, str]]:
        """The longest waiting hints: (queued_at, session id)."""
        ...


@dataclass(frozen=True)
class BotConversation:
    """Where an agent's 1:1 chat with the bot is."""

    service_url: str
    conversation_id: str
    bot_id: str = ""


@dataclass(frozen=True)
class AgentRecord:
    state: AgentState
    conversation: BotConversation | None
    version: str


class AgentStore(Protocol):
    """One row for each agent of a tenant."""

    async def read(self, tenant_id: str, user_id: str) -> AgentRecord | None: ...

    async def save(
        self, tenant_id: str, state: AgentState, conversation: BotConversation | None, version: str | None
    ) -> str:
        """Conditional write, or insert with version None; the new version. Raises VersionConflict."""
        ...


# --- messaging with the customer -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Credentials:
    """What the widget needs to talk to the messaging service itself; `kind` selects the transport."""

    kind: str
    endpoint: str
    user_id: str
    token: str
    token_expires_on: datetime


@dataclass(frozen=True)
class ThreadMessage:
    """A message in a thread. `sequence` grows; `sender_id` tells the relay's own from the customer's."""

    id: str
    sequence: int
    sender_id: str
    text: str
    created_on: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_text: bool = True


class Identity(Protocol):
    """Visitors' identities and their tokens."""

    async def create_visitor(self, tenant: Tenant) -> Credentials: ...

    async def issue_token(self, tenant: Tenant, visitor_id: str) -> Credentials: ...

    async def revoke_tokens(self, tenant: Tenant, visitor_id: str) -> None: ...


class Messaging(Protocol):
    """The customer's side. Sending raises NotSent, OutcomeUnknown or Rejected."""

    async def open_thread(self, tenant: Tenant, session_id: str, visitor_id: str, visitor_name: str) -> tuple[str, str]:
        """Create the thread, at most once for each session; thread id and relay id."""
        ...

    async def send_as_visitor(
        self, tenant: Tenant, credentials: Credentials, thread_id: str, name: str, text: str, client_message_id: str
    ) -> None: ...

    async def send(
        self, tenant: Tenant, thread_id: str, relay_id: str, sender: str, text: str, metadata: Mapping[str, str]
    ) -> None: ...

    async def list_after(
        self, tenant: Tenant, thread_id: str, relay_id: str, cursor: Cursor
    ) -> Sequence[ThreadMessage]:
        """Messages after the cursor, oldest first, the relay's own included."""
        ...

    async def remove_visitor(self, tenant: Tenant, thread_id: str, relay_id: str, visitor_id: str) -> None:
        """Idempotent."""
        ...

    async def is_relay(self, tenant: Tenant, sender_id: str) -> bool:
        """Whether a message's sender is one of our relay identities; answered from memory."""
        ...


# --- agents in Teams -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InvitationView:
    """What an invitation card shows."""

    session_id: str
    offer_id: str
    contact_name: str
    customer_name: str
    text: str


@dataclass(frozen=True)
class ConversationView:
    """What the card of an accepted conversation shows."""

    session_id: str
    contact_name: str
    customer_name: str
    customer_email: str
    end_question: str


class Agents(Protocol):
    """The agents' side. Sending raises NotSent, OutcomeUnknown or Rejected; updates are idempotent."""

    async def invite(self, to: BotConversation, view: InvitationView) -> str:
        """Send the invitation card; its id."""
        ...

    async def close_invitation(
        self, to: BotConversation, card_id: str, customer_name: str, outcome: str, taken_by: str | None
    ) -> None: ...

    async def show_conversation(self, to: BotConversation, view: ConversationView) -> str:
        """Send the conversation card; its id."""
        ...

    async def close_conversation(self, to: BotConversation, card_id: str, customer_name: str, text: str) -> None: ...

    async def relay(
        self, to: BotConversation, session_id: str, customer_name: str, text: str, *, again: bool, with_reply: bool
    ) -> None:
        """A customer's message; `again` marks it "sent again", `with_reply` adds a reply field of its own."""
        ...

    async def notify(self, to: BotConversation, text: str) -> None: ...

    async def ask_which(self, to: BotConversation, text: str, options: Sequence[tuple[str, str]]) -> None:
        """Ask to which conversation a composed text belongs; `options` are (session id, customer name)."""
        ...


class BotAuthentication(Protocol):
    """Whether a call of the bot's endpoint comes from the Bot Connector."""

    async def check(self, authorization: str, activity: Mapping[str, Any]) -> None:
        """Raises Unauthenticated unless the Authorization header is the connector's, for this activity's serviceUrl
        and channel and for our bot; NotSent or OutcomeUnknown where the connector's keys cannot be had.
        """
        ...


class AgentCards(Protocol):
    """What an agent sees at once in place of a card whose button was pressed: the content of an Adaptive Card."""

    def closed_invitation(self, customer_name: str, outcome: str, taken_by: str | None) -> Mapping[str, Any]: ...

    def closed_conversation(self, customer_name: str, text: str) -> Mapping[str, Any]: ...

    def notice(self, text: str) -> Mapping[str, Any]:
        """One sentence, without buttons."""
        ...


class Endpoints(Protocol):
    """Where widgets connect to, beside ourselves."""

    async def of_widgets(self, tenant: Tenant) -> Sequence[str]:
        """Origins of messaging and push, as a content security policy names them."""
        ...


@dataclass(frozen=True)
class SessionClaims:
    """What a session token vouches for."""

    session_id: str
    tenant_id: str
    contact_key: str
    origin: str


class SessionTokens(Protocol):
    """Tokens with which the widget proves that a session is its own."""

    def issue(self, claims: SessionClaims, expires: datetime) -> str: ...

    def verify(self, token: str, now: datetime) -> SessionClaims:
        """Raises Unauthenticated for a token that is not ours, was changed, or is over."""
        ...

    def session_id(self, tenant_id: str, contact_key: str, origin: str, idempotency_key: str) -> str:
        """The id that a start with this key gets on every host; not guessable without our key."""
        ...


# --- time and push ---------------------------------------------------------------------------------------------------


class Timers(Protocol):
    async def wake(self, session_id: str, due: datetime, reason: str) -> None:
        """Look at the session again, never before `due`. Repeats are harmless."""
        ...


@dataclass(frozen=True)
class RealtimeAccess:
    url: str
    access_token: str


class Realtime(Protocol):
    """Push to the widget; best effort, since the thread is the truth."""

    async def access(self, session_id: str) -> RealtimeAccess | None: ...

    async def nudge(self, session_id: str, state: str) -> None: ...


@dataclass(frozen=True)
class Ports:
    """All ports, wired by `bootstrap` (or by tests)."""

    clock: Clock
    ids: Ids
    config: ConfigStore
    sessions: SessionStore
    queue: QueueStore
    agent_store: AgentStore
    identity: Identity
    messaging: Messaging
    agents: Agents
    timers: Timers
    realtime: Realtime
    tokens: SessionTokens
