"""Effects on the customer's side: messages in the thread, and its end."""

from __future__ import annotations

import logging

from shared.application.reading import known
from shared.domain.effects import FindMessage, ReviseMessage, SendToCustomer
from shared.domain.errors import Rejected
from shared.domain.events import ConversationErased, DeliveryFailed, Event, MessageFound
from shared.domain.sessions import ChatChannel, Session
from shared.domain.tenants import Tenant
from shared.ports import ELSEWHERE, Cursor, Ports

logger = logging.getLogger(__name__)


class CustomerSide:
    """Sends what the engine has decided; raises NotSent, OutcomeUnknown or Rejected, as the port said."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def tenant(self, session: Session) -> Tenant:
        """The session's tenant; raises Rejected where it was deleted meanwhile."""
        tenant = await known(self._ports.config.tenant(session.tenant_id))
        if tenant is None:
            raise Rejected(f"tenant {session.tenant_id} does not exist any more", "tenant_unknown")
        return tenant

    async def send(self, session: Session, effect: SendToCustomer, number: int) -> None:
        chat = _chat_of(session)
        named = {"event": effect.event, "key": effect.key, "target": effect.target}
        metadata = {"effectId": str(number), "kind": effect.author}
        metadata |= {name: value for name, value in named.items() if value}
        await self._ports.messaging.send(
            await self.tenant(session), chat.thread_id, chat.relay_id, effect.sender, effect.text, metadata
        )

    async def find(self, session: Session, effect: FindMessage) -> tuple[Event, ...]:
        """The message with this key; one that was deleted is known by what told of that."""
        chat, tenant = _chat_of(session), await self.tenant(session)
        there = await known(self._ports.messaging.list_after(tenant, chat.thread_id, chat.relay_id, Cursor()))
        meant = [message for message in there if message.metadata.get("key") == effect.key]
        changes = [message for message in meant if "target" in message.metadata]
        ids = [message.metadata.get("target", message.id) for message in meant]
        if not ids:
            return ()
        return (MessageFound(effect.key, ids[0], effect.text, tuple(change.id for change in changes)),)

    async def revise(self, session: Session, effect: ReviseMessage) -> None:
        """To change it again to the same is no harm."""
        chat, tenant = _chat_of(session), await self.tenant(session)
        await self._ports.messaging.revise(tenant, chat.thread_id, chat.relay_id, effect.message_id, effect.text)

    async def erase(self, session: Session, chat: ChatChannel) -> tuple[Event, ...]:
        """Thread and identity, each on its own: that one is refused keeps the other from nothing.

        Only where the tenant has another messaging service by now, which knows neither, both stay to be erased.
        """
        tenant = await self.tenant(session)
        refused: list[str] = []
        thread_id, visitor_id = chat.thread_id, chat.visitor_id
        if thread_id:
            try:
                await self._ports.messaging.delete_thread(tenant, thread_id, chat.relay_id)
                await self._ports.sessions.remove_from_index(thread_id)
            except Rejected as error:
                thread_id = _refused("thread", session, error, refused)
        if visitor_id and ELSEWHERE in refused:
            visitor_id = ""
        elif visitor_id:
            try:
                await self._ports.identity.delete_visitor(tenant, visitor_id)
            except Rejected as error:
                visitor_id = _refused("identity", session, error, refused)
        failures = (DeliveryFailed("erase_conversation", reason) for reason in dict.fromkeys(refused))
        return (ConversationErased(thread_id, visitor_id), *failures)

    async def close(self, session: Session) -> None:
        chat = session.chat
        if chat is None:
            return
        tenant = await self.tenant(session)
        await self._ports.identity.revoke_tokens(tenant, chat.visitor_id)
        if not chat.thread_id:
            return
        await self._ports.messaging.remove_visitor(tenant, chat.thread_id, chat.relay_id, chat.visitor_id)


def _refused(what: str, session: Session, error: Rejected, refused: list[str]) -> str:
    """Note it; the id of what is gone, which is none."""
    logger.warning("session %s: erasing its %s was refused: %s", session.id, what, error.reason)
    refused.append(error.reason)
    return ""


def _chat_of(session: Session) -> ChatChannel:
    if session.chat is None:
        raise Rejected("the session has no chat", "no_chat")
    return session.chat
