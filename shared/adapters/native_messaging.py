"""Messaging without ACS: identities and threads in our own storage, read and written through the widget API.

Ids begin with `native:`, so that a running session keeps its transport whatever the tenant chooses meanwhile.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from shared.domain.errors import Rejected
from shared.domain.tenants import MessagingKind, Tenant
from shared.ports import Clock, Credentials, Cursor, NewMessage, ThreadMessage, ThreadStore

PREFIX = "native:"
RELAY = f"{PREFIX}relay"
TOKEN_LIFE = timedelta(minutes=60)
"""As long as the tokens of ACS; the widget itself proves each call by its session token."""


def is_native(some_id: str) -> bool:
    return some_id.startswith(PREFIX)


class IdentityStore(Protocol):
    """Hashes of visitors' tokens, by visitor id; None where a visitor is unknown, "" where the token was revoked."""

    async def token_hash(self, visitor_id: str) -> str | None: ...

    async def put_token_hash(self, visitor_id: str, token_hash: str) -> None: ...

    async def delete(self, thread_id: str) -> None: ...


class NativeIdentity:
    """Visitors have an id and one token at a time, of which only the hash is stored."""

    def __init__(self, identities: IdentityStore, clock: Clock) -> None:
        self._identities = identities
        self._clock = clock

    async def create_visitor(self, tenant: Tenant) -> Credentials:
        return await self._issue(f"{PREFIX}{secrets.token_hex(16)}")

    async def issue_token(self, tenant: Tenant, visitor_id: str) -> Credentials:
        if await self._identities.token_hash(visitor_id) is None:
            raise Rejected("there is no such identity", "identity_unknown")
        return await self._issue(visitor_id)

    async def revoke_tokens(self, tenant: Tenant, visitor_id: str) -> None:
        if await self._identities.token_hash(visitor_id):
            await self._identities.put_token_hash(visitor_id, "")

    async def delete_visitor(self, tenant: Tenant, visitor_id: str) -> None:
        await self._identities.delete(visitor_id)

    async def _issue(self, visitor_id: str) -> Credentials:
        token = secrets.token_urlsafe(32)
        await self._identities.put_token_hash(visitor_id, hash_of(token))
        return Credentials(MessagingKind.NATIVE.value, "", visitor_id, token, self._clock.now() + TOKEN_LIFE)


class NativeMessaging:
    """Every send may be repeated: a message with the same key is the same message."""

    def __init__(self, threads: ThreadStore, identities: IdentityStore) -> None:
        self._threads = threads
        self._identities = identities

    async def open_thread(self, tenant: Tenant, session_id: str, visitor_id: str, visitor_name: str) -> tuple[str, str]:
        thread_id = f"{PREFIX}{session_id}"
        await self._threads.create(thread_id, visitor_id, RELAY)
        return thread_id, RELAY

    async def send_as_visitor(
        self, tenant: Tenant, credentials: Credentials, thread_id: str, name: str, text: str, client_message_id: str
    ) -> None:
        known = await self._identities.token_hash(credentials.user_id)
        if not known or not hmac.compare_digest(known, hash_of(credentials.token)):
            raise Rejected("the visitor's token was revoked", "token_revoked")
        message = visitor_message(credentials.user_id, name, text, client_message_id)
        await self._threads.append(thread_id, message)

    async def send(
        self, tenant: Tenant, thread_id: str, relay_id: str, sender: str, text: str, metadata: Mapping[str, str]
    ) -> None:
        message = NewMessage(f"effect {metadata.get('effectId', '')}", relay_id, sender, text, metadata)
        await self._threads.append(thread_id, message)

    async def list_after(
        self, tenant: Tenant, thread_id: str, relay_id: str, cursor: Cursor
    ) -> Sequence[ThreadMessage]:
        return [stored.message for stored in await self._threads.after(thread_id, cursor.sequence)]

    async def revise(self, tenant: Tenant, thread_id: str, relay_id: str, message_id: str, text: str | None) -> None:
        await self._threads.revise(thread_id, int(message_id), text)

    async def remove_visitor(self, tenant: Tenant, thread_id: str, relay_id: str, visitor_id: str) -> None:
        await self._threads.remove(thread_id, visitor_id)

    async def delete_thread(self, tenant: Tenant, thread_id: str, relay_id: str) -> None:
        await self._threads.delete(thread_id)

    async def is_relay(self, tenant: Tenant, sender_id: str) -> bool:
        return sender_id == RELAY


def visitor_message(visitor_id: str, name: str, text: str, client_message_id: str) -> NewMessage:
    """A message of the visitor, which counts once however often the page sends it."""
    metadata = {"clientMessageId": client_message_id}
    return NewMessage(f"client {client_message_id}", visitor_id, name, text, metadata)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
