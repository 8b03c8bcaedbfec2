"""Visitors' identities and threads in dicts."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import timedelta

from shared.domain.errors import Rejected
from shared.domain.tenants import Tenant
from shared.ports import (
    Clock,
    Credentials,
    Cursor,
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
            message.revised(text) if message.id == message_id else message for message in self.threads[thread_id]
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
