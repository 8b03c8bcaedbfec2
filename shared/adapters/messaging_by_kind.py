"""Chooses the transport: a new visitor gets the tenant's, everything else goes where it began, as its ids say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.adapters.native_messaging import is_native
from shared.domain.tenants import MessagingKind, Tenant
from shared.ports import Credentials, Cursor, Identity, Messaging, ThreadMessage


class IdentityByKind:
    def __init__(self, acs: Identity, native: Identity) -> None:
        self._acs = acs
        self._native = native

    async def create_visitor(self, tenant: Tenant) -> Credentials:
        chosen = self._native if tenant.messaging is MessagingKind.NATIVE else self._acs
        return await chosen.create_visitor(tenant)

    async def issue_token(self, tenant: Tenant, visitor_id: str) -> Credentials:
        return await self._of(visitor_id).issue_token(tenant, visitor_id)

    async def revoke_tokens(self, tenant: Tenant, visitor_id: str) -> None:
        await self._of(visitor_id).revoke_tokens(tenant, visitor_id)

    async def delete_visitor(self, tenant: Tenant, visitor_id: str) -> None:
        await self._of(visitor_id).delete_visitor(tenant, visitor_id)

    def _of(self, visitor_id: str) -> Identity:
        return self._native if is_native(visitor_id) else self._acs


class MessagingByKind:
    def __init__(self, acs: Messaging, native: Messaging) -> None:
        self._acs = acs
        self._native = native

    async def open_thread(self, tenant: Tenant, session_id: str, visitor_id: str, visitor_name: str) -> tuple[str, str]:
        return await self._of(visitor_id).open_thread(tenant, session_id, visitor_id, visitor_name)

    async def send_as_visitor(
        self, tenant: Tenant, credentials: Credentials, thread_id: str, name: str, text: str, client_message_id: str
    ) -> None:
        messaging = self._of(thread_id)
        await messaging.send_as_visitor(tenant, credentials, thread_id, name, text, client_message_id)

    async def send(
        self, tenant: Tenant, thread_id: str, relay_id: str, sender: str, text: str, metadata: Mapping[str, str]
    ) -> None:
        await self._of(thread_id).send(tenant, thread_id, relay_id, sender, text, metadata)

    async def list_after(
        self, tenant: Tenant, thread_id: str, relay_id: str, cursor: Cursor
    ) -> Sequence[ThreadMessage]:
        return await self._of(thread_id).list_after(tenant, thread_id, relay_id, cursor)

    async def revise(self, tenant: Tenant, thread_id: str, relay_id: str, message_id: str, text: str | None) -> None:
        await self._of(thread_id).revise(tenant, thread_id, relay_id, message_id, text)

    async def remove_visitor(self, tenant: Tenant, thread_id: str, relay_id: str, visitor_id: str) -> None:
        await self._of(thread_id).remove_visitor(tenant, thread_id, relay_id, visitor_id)

    async def delete_thread(self, tenant: Tenant, thread_id: str, relay_id: str) -> None:
        await self._of(thread_id).delete_thread(tenant, thread_id, relay_id)

    async def is_relay(self, tenant: Tenant, sender_id: str) -> bool:
        return await self._of(sender_id).is_relay(tenant, sender_id)

    def _of(self, some_id: str) -> Messaging:
        return self._native if is_native(some_id) else self._acs
