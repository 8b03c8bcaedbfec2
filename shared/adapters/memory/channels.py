"""The channels to customers, agents and the clock, recorded in lists."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain.availability import ContactState
from shared.domain.errors import Rejected
from shared.domain.parameters import Proof
from shared.domain.tenants import Tenant
from shared.ports import (
    BotConversation,
    Clock,
    ConversationView,
    Credentials,
    Cursor,
    InvitationView,
    LeftMessageView,
    RealtimeAccess,
    ThreadMessage,
)

TOKEN_LIFETIME = timedelta(minutes=60)
RELAYS = tuple(f"relay-{number:02}" for number in range(16))


class MemoryIdentity:
    """`visitors` holds every id ever created, `tokens` the valid ones by visitor id."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.visitors: list[str] = []
        self.tokens: dict[str, list[str]] = {}
        self.deleted = 0
        self._issued = 0

    async def create_visitor(self, tenant: Tenant) -> Credentials:
        visitor_id = f"visitor-{len(self.visitors) + self.deleted + 1}"
        self.visitors.append(visitor_id)
        return await self.issue_token(tenant, visitor_id)

    async def issue_token(self, tenant: Tenant, visitor_id: str) -> Credentials:
        if visitor_id not in self.visitors:
            raise Rejected(f"there is no identity '{visitor_id}'", "identity_unknown")
        self._issued += 1
        token = f"token-{self._issued}"
        self.tokens.setdefault(visitor_id, []).append(token)
        expiry = self.clock.now() + TOKEN_LIFETIME
        return Credentials(tenant.messaging.value, f"memory://{tenant.id}", visitor_id, token, expiry)

    async def revoke_tokens(self, tenant: Tenant, visitor_id: str) -> None:
        self.tokens.pop(visitor_id, None)

    async def delete_visitor(self, tenant: Tenant, visitor_id: str) -> None:
        self.tokens.pop(visitor_id, None)
        if visitor_id in self.visitors:
            self.visitors.remove(visitor_id)
            self.deleted += 1


class MemoryMessaging:
    """`threads` maps thread id → its messages, `participants` thread id → visitor ids, `display_names` by message.

    With `identity`, visitors need a token that it issued and has not revoked.
    """

    def __init__(self, clock: Clock, identity: MemoryIdentity | None = None) -> None:
        self.clock = clock
        self.identity = identity
        self.threads: dict[str, list[ThreadMessage]] = {}
        self.participants: dict[str, set[str]] = {}
        self.thread_of_session: dict[str, str] = {}
        self.display_names: dict[str, str] = {}
        self._sent = 0

    async def open_thread(self, tenant: Tenant, session_id: str, visitor_id: str, visitor_name: str) -> tuple[str, str]:
        relay = RELAYS[zlib.crc32(session_id.encode()) % len(RELAYS)]
        if session_id not in self.thread_of_session:
            thread_id = f"thread-{len(self.threads) + 1}"
            self.thread_of_session[session_id] = thread_id
            self.threads[thread_id] = []
            self.participants[thread_id] = {visitor_id}
        return self.thread_of_session[session_id], relay

    async def send_as_visitor(
        self, tenant: Tenant, credentials: Credentials, thread_id: str, name: str, text: str, client_message_id: str
    ) -> None:
        if credentials.user_id not in self._participants(thread_id):
            raise Rejected("the visitor is not in this thread", "not_a_participant")
        if self.identity and credentials.token not in self.identity.tokens.get(credentials.user_id, ()):
            raise Rejected("the token was revoked", "token_revoked")
        self.post(thread_id, credentials.user_id, name, text, {"clientMessageId": client_message_id})

    async def send(
        self, tenant: Tenant, thread_id: str, relay_id: str, sender: str, text: str, metadata: Mapping[str, str]
    ) -> None:
        self._participants(thread_id)
        self.post(thread_id, relay_id, sender, text, metadata)

    async def list_after(
        self, tenant: Tenant, thread_id: str, relay_id: str, cursor: Cursor
    ) -> Sequence[ThreadMessage]:
        self._participants(thread_id)
        return [message for message in self.threads[thread_id] if message.sequence > cursor.sequence]

    async def revise(self, tenant: Tenant, thread_id: str, relay_id: str, message_id: str, text: str | None) -> None:
        self._participants(thread_id)
        self.threads[thread_id] = [
            replace(message, text=text or "", is_text=text is not None) if message.id == message_id else message
            for message in self.threads[thread_id]
        ]

    async def remove_visitor(self, tenant: Tenant, thread_id: str, relay_id: str, visitor_id: str) -> None:
        self._participants(thread_id).discard(visitor_id)

    async def delete_thread(self, tenant: Tenant, thread_id: str, relay_id: str) -> None:
        self.threads.pop(thread_id, None)
        self.participants.pop(thread_id, None)

    async def is_relay(self, tenant: Tenant, sender_id: str) -> bool:
        return sender_id in RELAYS

    def post(
        self, thread_id: str, sender_id: str, name: str, text: str, metadata: Mapping[str, str] | None = None
    ) -> ThreadMessage:
        """Append a message as the service does; tests write as the visitor with it."""
        self._sent += 1
        messages = self.threads[thread_id]
        message = ThreadMessage(
            id=f"message-{self._sent}",
            sequence=len(messages) + 1,
            sender_id=sender_id,
            text=text,
            created_on=self.clock.now(),
            metadata=dict(metadata or {}),
        )
        messages.append(message)
        self.display_names[message.id] = name
        return message

    def _participants(self, thread_id: str) -> set[str]:
        if thread_id not in self.participants:
            raise Rejected(f"there is no thread '{thread_id}'", "thread_unknown")
        return self.participants[thread_id]


@dataclass(frozen=True)
class Sent:
    """One thing that an agent was shown. `what` is the name of the port's method; unused fields stay empty."""

    what: str
    conversation: BotConversation
    text: str = ""
    session_id: str = ""
    customer_name: str = ""
    card_id: str = ""
    offer_id: str = ""
    outcome: str = ""
    taken_by: str | None = None
    again: bool = False
    with_reply: bool = False
    options: tuple[tuple[str, str], ...] = ()
    card: Mapping[str, Any] = field(default_factory=dict)
    proof: Proof | None = None


class MemoryAgents:
    """`sent` holds everything in the order of sending; updates of cards appear as entries of their own."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self._cards = 0

    def of(self, conversation_id: str, what: str | None = None) -> list[Sent]:
        """What one agent was shown, all of it or that of one method."""
        return [
            sent
            for sent in self.sent
            if sent.conversation.conversation_id == conversation_id and what in (None, sent.what)
        ]

    async def invite(self, to: BotConversation, view: InvitationView) -> str:
        card_id = self._card_id()
        self.sent.append(
            Sent(
                "invite",
                to,
                view.text,
                view.session_id,
                view.customer_name,
                card_id,
                offer_id=view.offer_id,
                proof=view.proof,
            )
        )
        return card_id

    async def close_invitation(
        self, to: BotConversation, card_id: str, customer_name: str, outcome: str, taken_by: str | None
    ) -> None:
        self.sent.append(
            Sent(
                "close_invitation", to, card_id=card_id, customer_name=customer_name, outcome=outcome, taken_by=taken_by
            )
        )

    async def show_conversation(self, to: BotConversation, view: ConversationView) -> str:
        card_id = self._card_id()
        self.sent.append(
            Sent(
                "show_conversation",
                to,
                view.end_question,
                view.session_id,
                view.customer_name,
                card_id,
                proof=view.proof,
            )
        )
        return card_id

    async def close_conversation(self, to: BotConversation, card_id: str, customer_name: str, text: str) -> None:
        self.sent.append(Sent("close_conversation", to, text, customer_name=customer_name, card_id=card_id))

    async def relay(
        self, to: BotConversation, session_id: str, customer_name: str, text: str, *, again: bool, with_reply: bool
    ) -> None:
        self.sent.append(Sent("relay", to, text, session_id, customer_name, again=again, with_reply=with_reply))

    async def notify(self, to: BotConversation, text: str) -> None:
        self.sent.append(Sent("notify", to, text))

    async def leave_message(self, to: BotConversation, view: LeftMessageView) -> None:
        self.sent.append(Sent("leave_message", to, view.text, proof=view.proof))

    async def ask_which(self, to: BotConversation, text: str, options: Sequence[tuple[str, str]]) -> None:
        self.sent.append(Sent("ask_which", to, text, options=tuple(options)))

    async def show(self, to: BotConversation, card: Mapping[str, Any], summary: str) -> None:
        self.sent.append(Sent("show", to, summary, card=card))

    async def show_typing(self, to: BotConversation) -> None:
        self.sent.append(Sent("show_typing", to))

    def _card_id(self) -> str:
        self._cards += 1
        return f"card-{self._cards}"


@dataclass(frozen=True, order=True)
class WakeUp:
    due: datetime
    session_id: str
    reason: str


class MemoryTimers:
    """`due` holds what was asked for and has not been taken, `turns` (due, tenant id, turn) of looks at presence."""

    def __init__(self) -> None:
        self.due: list[WakeUp] = []
        self.turns: list[tuple[datetime, str, int]] = []

    async def wake(self, session_id: str, due: datetime, reason: str) -> None:
        self.due.append(WakeUp(due, session_id, reason))

    async def look_at_presence(self, tenant_id: str, turn: int, due: datetime) -> None:
        self.turns.append((due, tenant_id, turn))

    def take(self, now: datetime) -> list[WakeUp]:
        """Remove and return what has come due, earliest first."""
        ready = sorted(wake_up for wake_up in self.due if wake_up.due <= now)
        self.due = [wake_up for wake_up in self.due if wake_up.due > now]
        return ready


@dataclass(frozen=True)
class Nudge:
    session_id: str
    state: str


class MemoryRealtime:
    """`nudges`, `presences` by key, and sessions with an agent `typing`, in order; `url` None: there is no push."""

    def __init__(self, url: str | None = "memory://realtime") -> None:
        self.url = url
        self.nudges: list[Nudge] = []
        self.presences: list[tuple[str, ContactState]] = []
        self.typing: list[str] = []

    async def access(self, session_id: str) -> RealtimeAccess | None:
        return RealtimeAccess(self.url, f"realtime-{session_id}") if self.url else None

    async def nudge(self, session_id: str, state: str) -> None:
        self.nudges.append(Nudge(session_id, state))

    async def show_typing(self, session_id: str) -> None:
        self.typing.append(session_id)

    async def presence_access(self, key: str) -> RealtimeAccess | None:
        return RealtimeAccess(self.url, f"presence-{key}") if self.url else None

    async def publish_presence(self, key: str, state: ContactState) -> None:
        self.presences.append((key, state))
