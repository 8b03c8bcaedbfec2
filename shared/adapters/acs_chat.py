"""The customer's side: chat threads in ACS, between the visitor and one relay identity of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from shared.adapters.acs_relays import AcsRelays, RelayUnknown
from shared.adapters.acs_resources import AcsResources, call_acs
from shared.adapters.failures import CredentialRefused, Missing
from shared.domain.errors import Rejected
from shared.domain.tenants import Tenant
from shared.ports import ELSEWHERE, Credentials, Cursor, ThreadMessage

if TYPE_CHECKING:
    from azure.communication.chat.aio import ChatThreadClient, CommunicationTokenCredential

Result = TypeVar("Result")

TOPIC = "Interact"
"""Nobody sees it; ACS wants one."""
PAGE = 100
"""Messages in a page; in the normal case there is less than one since the cursor."""
TEXTS = frozenset({"text", "html"})


class AcsMessaging:
    """Sends are tried once: whether to try again is for the relay to decide."""

    def __init__(self, resources: AcsResources, relays: AcsRelays) -> None:
        self._resources = resources
        self._relays = relays

    async def open_thread(self, tenant: Tenant, session_id: str, visitor_id: str, visitor_name: str) -> tuple[str, str]:
        from azure.communication.chat import ChatParticipant, CommunicationUserIdentifier
        from azure.communication.chat.aio import ChatClient

        relay_id = await self._relays.choose(tenant, session_id)
        visitor = ChatParticipant(identifier=CommunicationUserIdentifier(visitor_id), display_name=visitor_name)

        async def create(endpoint: str, credential: CommunicationTokenCredential) -> str:
            client = ChatClient(endpoint, credential, transport=self._resources.transport(), retry_total=0)
            result: Any = await client.create_chat_thread(
                TOPIC, thread_participants=[visitor], idempotency_token=session_id
            )
            if result.errors:
                raise Rejected("ACS did not take the visitor into the thread", "participant_refused")
            return str(result.chat_thread.id)

        return await self._as_relay(tenant, relay_id, "creating a thread", create, repeatable=True), relay_id

    async def send_as_visitor(
        self, tenant: Tenant, credentials: Credentials, thread_id: str, name: str, text: str, client_message_id: str
    ) -> None:
        from azure.communication.chat.aio import CommunicationTokenCredential

        endpoint = (await self._resources.of(tenant)).endpoint
        thread = self._thread(endpoint, CommunicationTokenCredential(credentials.token), thread_id)
        await call_acs(
            "sending for the visitor",
            lambda: _send(thread, name, text, {"clientMessageId": client_message_id}),
            repeatable=False,
        )

    async def send(
        self, tenant: Tenant, thread_id: str, relay_id: str, sender: str, text: str, metadata: Mapping[str, str]
    ) -> None:
        async def send(endpoint: str, credential: CommunicationTokenCredential) -> None:
            await _send(self._thread(endpoint, credential, thread_id), sender, text, metadata)

        await self._as_relay(tenant, relay_id, "sending a message", send, repeatable=False)

    async def list_after(
        self, tenant: Tenant, thread_id: str, relay_id: str, cursor: Cursor
    ) -> Sequence[ThreadMessage]:
        async def read(endpoint: str, credential: CommunicationTokenCredential) -> Sequence[ThreadMessage]:
            return await _newer(self._thread(endpoint, credential, thread_id), cursor)

        return await self._as_relay(tenant, relay_id, "listing a thread", read, repeatable=True)

    async def revise(self, tenant: Tenant, thread_id: str, relay_id: str, message_id: str, text: str | None) -> None:
        async def revise(endpoint: str, credential: CommunicationTokenCredential) -> None:
            thread = self._thread(endpoint, credential, thread_id)
            if text is None:
                await thread.delete_message(message_id)
            else:
                await thread.update_message(message_id, content=text)

        try:
            await self._as_relay(tenant, relay_id, "changing a message", revise, repeatable=True)
        except Missing:
            return  # the message or the thread is gone already

    async def remove_visitor(self, tenant: Tenant, thread_id: str, relay_id: str, visitor_id: str) -> None:
        from azure.communication.chat import CommunicationUserIdentifier

        visitor = CommunicationUserIdentifier(visitor_id)

        async def remove(endpoint: str, credential: CommunicationTokenCredential) -> None:
            await self._thread(endpoint, credential, thread_id).remove_participant(visitor)

        try:
            await self._as_relay(tenant, relay_id, "removing a visitor", remove, repeatable=True)
        except Missing:
            return  # the thread or the visitor is gone already

    async def delete_thread(self, tenant: Tenant, thread_id: str, relay_id: str) -> None:
        from azure.communication.chat.aio import ChatClient

        async def delete(endpoint: str, credential: CommunicationTokenCredential) -> None:
            client = ChatClient(endpoint, credential, transport=self._resources.transport(), retry_total=0)
            await client.delete_chat_thread(thread_id)

        try:
            await self._as_relay(tenant, relay_id, "deleting a thread", delete, repeatable=True)
        except RelayUnknown as error:
            # The tenant has another resource now: whether the thread is gone it cannot say.
            raise Rejected("the resource does not know the relay of the thread", ELSEWHERE) from error
        except Missing:
            return  # it is gone already

    async def is_relay(self, tenant: Tenant, sender_id: str) -> bool:
        return await self._relays.contains(tenant, sender_id)

    async def _as_relay(
        self,
        tenant: Tenant,
        relay_id: str,
        what: str,
        act: Callable[[str, CommunicationTokenCredential], Awaitable[Result]],
        *,
        repeatable: bool,
    ) -> Result:
        endpoint = (await self._resources.of(tenant)).endpoint

        async def attempt() -> Result:
            # The token comes first: the time of a call belongs to the call.
            credential = await self._relays.credential(tenant, endpoint, relay_id)
            return await call_acs(what, lambda: act(endpoint, credential), repeatable=repeatable)

        try:
            return await attempt()
        except CredentialRefused:
            # Refused before any effect; a token that was revoked or replaced is no reason to give up.
            self._relays.forget_token(tenant, endpoint, relay_id)
            return await attempt()

    def _thread(self, endpoint: str, credential: CommunicationTokenCredential, thread_id: str) -> ChatThreadClient:
        from azure.communication.chat.aio import ChatThreadClient

        # Takes 0.2 ms, so none is kept; the connections are shared.
        return ChatThreadClient(endpoint, credential, thread_id, transport=self._resources.transport(), retry_total=0)


async def _send(thread: ChatThreadClient, name: str, text: str, metadata: Mapping[str, str]) -> None:
    await thread.send_message(text, sender_display_name=name, metadata=dict(metadata))


async def _newer(thread: ChatThreadClient, cursor: Cursor) -> Sequence[ThreadMessage]:
    """Pages come newest first, so reading stops at the cursor."""
    since = cursor.since.replace(microsecond=0) if cursor.since else None
    found: list[ThreadMessage] = []
    async for message in thread.list_messages(results_per_page=PAGE, start_time=since):
        if int(message.sequence_id) <= cursor.sequence:
            break
        if message.deleted_on is None:
            found.append(_message(message))
    return sorted(found, key=lambda message: message.sequence)


def _message(message: Any) -> ThreadMessage:
    kind = getattr(message.type, "value", message.type)
    is_text = kind in TEXTS and message.content is not None
    return ThreadMessage(
        id=message.id,
        sequence=int(message.sequence_id),
        sender_id=message.sender.raw_id if message.sender is not None else "",
        text=(message.content.message or "") if is_text else "",
        created_on=message.created_on,
        metadata=message.metadata or {},
        is_text=is_text,
    )
