"""Effects → ports. One short method for each effect; the answer is what the engine hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from shared.application.availability import Availability
from shared.application.queue import TaskQueue
from shared.application.transfers import Transfers
from shared.application.waiting import Waiting
from shared.domain.effects import (
    AnnounceState,
    ClaimAgent,
    CloseConversation,
    CloseInvitation,
    CloseMessaging,
    Effect,
    EnterQueue,
    FindAvailability,
    FreeAgent,
    FreeSlot,
    InviteAgent,
    LeaveMessage,
    LeaveQueue,
    NotifyAgent,
    OfferTask,
    ReadThread,
    RecordHistory,
    RelayToAgent,
    ReleaseAgent,
    SendToCustomer,
    ShowConversation,
    TransferTask,
)
from shared.domain.errors import NotSent, OutcomeUnknown, Rejected
from shared.domain.events import AvailabilityFound, ConversationShown, Event, InvitationSent
from shared.domain.sessions import Session
from shared.domain.tenants import Tenant
from shared.ports import (
    AgentRecord,
    BotConversation,
    ConversationView,
    InvitationView,
    LeftMessageView,
    Ports,
    SessionRecord,
)

Found = TypeVar("Found")

READING = 3.0
"""Seconds for what is read before a send."""
REMEMBER_AGENT = timedelta(seconds=60)
"""Where an agent's chat is changes hardly ever; so long a relayed message does not read the agent's row again."""


class CarryOut:
    """Carries out one effect at a time. `number` is unique in the session and makes sends recognizable."""

    def __init__(self, ports: Ports, queue: TaskQueue, waiting: Waiting, transfers: Transfers) -> None:
        self._ports = ports
        self._queue = queue
        self._waiting = waiting
        self._transfers = transfers
        self._availability = Availability(ports)
        self._agents: dict[tuple[str, str], tuple[datetime, AgentRecord]] = {}

    async def __call__(self, record: SessionRecord, effect: Effect, number: int, *, again: bool) -> tuple[Event, ...]:
        """Raises NotSent, OutcomeUnknown or Rejected, as the port said."""
        session = record.session
        match effect:
            case SendToCustomer():
                await self._send_to_customer(session, effect, number)
            case RelayToAgent():
                await self._relay_to_agent(record, effect, again)
            case NotifyAgent():
                await self._ports.agents.notify(await self._chat_with(record, effect.agent_id), effect.text)
            case OfferTask():
                return await self._queue.offer(session, effect)
            case InviteAgent():
                return await self._invite(record, effect)
            case CloseInvitation():
                to = await self._chat_with(record, effect.agent_id)
                await self._ports.agents.close_invitation(
                    to, effect.card_id, session.customer.display_name, effect.outcome, effect.taken_by
                )
            case ShowConversation():
                return await self._show_conversation(record, effect)
            case CloseConversation():
                to = await self._chat_with(record, effect.agent_id)
                name = session.customer.display_name
                await self._ports.agents.close_conversation(to, effect.card_id, name, effect.text)
            case ReleaseAgent():
                await self._queue.release(session, effect)
            case ClaimAgent():
                await self._queue.claim(session, effect)
                self._forget(session, effect.agent_id)
            case FreeAgent():
                await self._queue.free(session, effect)
                self._forget(session, effect.agent_id)
            case EnterQueue():
                return await self._waiting.enter(session, effect.queued_at)
            case LeaveQueue():
                await self._waiting.leave(session, effect.queued_at)
            case FreeSlot():
                await self._transfers.free_slot(session, effect.contact)
            case FindAvailability():
                found = await self._availability.of_contact(session.tenant_id, session.contact)
                return (AvailabilityFound(found.value),)
            case TransferTask():
                return await self._transfers.find(record, effect.service_id)
            case LeaveMessage():
                await self._leave_message(record, effect)
            case AnnounceState():
                await self._ports.realtime.nudge(session.id, session.phase.value)
            case CloseMessaging():
                await self._close_messaging(session)
            case RecordHistory():
                await self._ports.sessions.add_to_history(session)
            case ReadThread():
                raise AssertionError("the relay reads threads itself")
        return ()

    async def tenant(self, session: Session) -> Tenant:
        """The session's tenant; raises Rejected where it was deleted meanwhile."""
        tenant = await _known(self._ports.config.tenant(session.tenant_id))
        if tenant is None:
            raise Rejected(f"tenant {session.tenant_id} does not exist any more", "tenant_unknown")
        return tenant

    async def _send_to_customer(self, session: Session, effect: SendToCustomer, number: int) -> None:
        chat = session.chat
        if chat is None:
            raise Rejected("the session has no chat", "no_chat")
        metadata = {"effectId": str(number), "kind": effect.author}
        if effect.event:
            metadata["event"] = effect.event
        await self._ports.messaging.send(
            await self.tenant(session), chat.thread_id, chat.relay_id, effect.sender, effect.text, metadata
        )

    async def _relay_to_agent(self, record: SessionRecord, effect: RelayToAgent, again: bool) -> None:
        session = record.session
        agent = await self._agent(session, effect.agent_id)
        several = len(agent.state.conversations) > 1
        to = _reachable(record, agent, effect.agent_id)
        name = session.customer.display_name
        await self._ports.agents.relay(to, session.id, name, effect.text, again=again, with_reply=several)

    async def _invite(self, record: SessionRecord, effect: InviteAgent) -> tuple[Event, ...]:
        session, task = record.session, record.session.task
        if task is None or task.offer_id != effect.offer_id or task.invitation(effect.agent.id) is None:
            return ()
        customer = session.customer
        view = InvitationView(
            session.id,
            effect.offer_id,
            record.definition.contact_name,
            customer.display_name,
            effect.text,
            customer.proof,
        )
        card_id = await self._ports.agents.invite(await self._chat_with(record, effect.agent.id), view)
        return (InvitationSent(effect.agent.id, effect.offer_id, card_id),)

    async def _leave_message(self, record: SessionRecord, effect: LeaveMessage) -> None:
        customer = record.session.customer
        view = LeftMessageView(
            record.definition.contact_name, customer.display_name, customer.email, effect.text, customer.proof
        )
        await self._ports.agents.leave_message(await self._chat_with(record, effect.agent_id), view)

    async def _show_conversation(self, record: SessionRecord, effect: ShowConversation) -> tuple[Event, ...]:
        session, customer = record.session, record.session.customer
        view = ConversationView(
            session.id,
            record.definition.contact_name,
            customer.display_name,
            customer.email,
            effect.end_question,
            customer.proof,
        )
        card_id = await self._ports.agents.show_conversation(await self._chat_with(record, effect.agent_id), view)
        return (ConversationShown(card_id),)

    async def _close_messaging(self, session: Session) -> None:
        chat = session.chat
        if chat is None:
            return
        tenant = await self.tenant(session)
        await self._ports.identity.revoke_tokens(tenant, chat.visitor_id)
        if not chat.thread_id:
            return
        await self._ports.messaging.remove_visitor(tenant, chat.thread_id, chat.relay_id, chat.visitor_id)

    async def _chat_with(self, record: SessionRecord, agent_id: str) -> BotConversation:
        return _reachable(record, await self._agent(record.session, agent_id), agent_id)

    async def _agent(self, session: Session, agent_id: str) -> AgentRecord:
        key, now = (session.tenant_id, agent_id), self._ports.clock.now()
        known = self._agents.get(key)
        if known is not None and known[0] > now and session.id in known[1].state.conversations:
            return known[1]
        agent = await _known(self._ports.agent_store.read(session.tenant_id, agent_id))
        if agent is None:
            raise Rejected(f"user {agent_id} has never registered with the bot", "not_registered")
        if len(self._agents) > 10_000:
            self._agents.clear()
        self._agents[key] = (now + REMEMBER_AGENT, agent)
        return agent

    def _forget(self, session: Session, agent_id: str) -> None:
        self._agents.pop((session.tenant_id, agent_id), None)


async def _known(reading: Awaitable[Found]) -> Found:
    """What is read before a send has no effect: whatever becomes of it, nothing was sent."""
    try:
        async with asyncio.timeout(READING):
            return await reading
    except (OutcomeUnknown, TimeoutError) as error:
        raise NotSent(f"what is needed for sending could not be read: {error}") from error


def _reachable(record: SessionRecord, agent: AgentRecord, agent_id: str) -> BotConversation:
    if agent.conversation is None or not agent.state.registered:
        raise Rejected(f"user {agent_id} is not registered with the bot", "not_registered")
    return replace(agent.conversation, language=record.definition.default_language)
