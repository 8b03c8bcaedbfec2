"""Effects on the agents' side: cards and messages in their chats with the bot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from shared.application.reading import known
from shared.domain.effects import (
    CloseConversation,
    CloseInvitation,
    InviteAgent,
    LeaveMessage,
    NotifyAgent,
    RelayToAgent,
    ShowConversation,
)
from shared.domain.errors import Rejected
from shared.domain.events import ConversationShown, Event, InvitationSent
from shared.domain.sessions import Session
from shared.ports import (
    AgentRecord,
    BotConversation,
    ConversationView,
    InvitationView,
    LeftMessageView,
    Ports,
    SessionRecord,
)

REMEMBER_AGENT = timedelta(seconds=60)
"""Where an agent's chat is changes hardly ever; so long a relayed message does not read the agent's row again."""
MOST_REMEMBERED = 10_000


class AgentSide:
    """Sends what the engine has decided; raises NotSent, OutcomeUnknown or Rejected, as the port said."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._agents: dict[tuple[str, str], tuple[datetime, AgentRecord]] = {}

    async def relay(self, record: SessionRecord, effect: RelayToAgent, *, again: bool) -> None:
        session = record.session
        agent = await self._agent(session, effect.agent_id)
        several = len(agent.state.conversations) > 1
        to = _reachable(record, agent, effect.agent_id)
        name = session.customer.display_name
        await self._ports.agents.relay(to, session.id, name, effect.text, again=again, with_reply=several)

    async def notify(self, record: SessionRecord, effect: NotifyAgent) -> None:
        await self._ports.agents.notify(await self._chat_with(record, effect.agent_id), effect.text)

    async def invite(self, record: SessionRecord, effect: InviteAgent) -> tuple[Event, ...]:
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

    async def close_invitation(self, record: SessionRecord, effect: CloseInvitation) -> None:
        to = await self._chat_with(record, effect.agent_id)
        name = record.session.customer.display_name
        await self._ports.agents.close_invitation(to, effect.card_id, name, effect.outcome, effect.taken_by)

    async def leave_message(self, record: SessionRecord, effect: LeaveMessage) -> None:
        customer = record.session.customer
        view = LeftMessageView(
            record.definition.contact_name, customer.display_name, customer.email, effect.text, customer.proof
        )
        await self._ports.agents.leave_message(await self._chat_with(record, effect.agent_id), view)

    async def show_conversation(self, record: SessionRecord, effect: ShowConversation) -> tuple[Event, ...]:
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

    async def close_conversation(self, record: SessionRecord, effect: CloseConversation) -> None:
        to = await self._chat_with(record, effect.agent_id)
        name = record.session.customer.display_name
        await self._ports.agents.close_conversation(to, effect.card_id, name, effect.text)

    def forget(self, session: Session, agent_id: str) -> None:
        """The agent's row has changed."""
        self._agents.pop((session.tenant_id, agent_id), None)

    async def _chat_with(self, record: SessionRecord, agent_id: str) -> BotConversation:
        return _reachable(record, await self._agent(record.session, agent_id), agent_id)

    async def _agent(self, session: Session, agent_id: str) -> AgentRecord:
        key, now = (session.tenant_id, agent_id), self._ports.clock.now()
        remembered = self._agents.get(key)
        if remembered is not None and remembered[0] > now and session.id in remembered[1].state.conversations:
            return remembered[1]
        agent = await known(self._ports.agent_store.read(session.tenant_id, agent_id))
        if agent is None:
            raise Rejected(f"user {agent_id} has never registered with the bot", "not_registered")
        if len(self._agents) > MOST_REMEMBERED:
            self._agents.clear()
        self._agents[key] = (now + REMEMBER_AGENT, agent)
        return agent


def _reachable(record: SessionRecord, agent: AgentRecord, agent_id: str) -> BotConversation:
    if agent.conversation is None or not agent.state.registered:
        raise Rejected(f"user {agent_id} is not registered with the bot", "not_registered")
    return replace(agent.conversation, language=record.definition.default_language)
