"""What an agent does in Teams: register with the bot, answer an invitation, write, end, become available again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared.application.agent_rows import AgentRows
from shared.application.occasions import Happened
from shared.application.relay import Relay, Seen
from shared.application.waiting import Waiting
from shared.domain.agent_texts import agent_text
from shared.domain.events import AgentAccepted, AgentDeclined, AgentEnded, AgentMessageReceived, AgentMessageRevised
from shared.domain.parameters import Agent
from shared.domain.sessions import EndReason, Phase, Session
from shared.ports import BotConversation, Ports

TRIES = 8
MAXIMUM_MESSAGE = 7_000
"""Characters of one message; the same limit as in the widget, safely below the 28 KB of ACS."""


@dataclass(frozen=True)
class Activity:
    """Who acts, and where: the parts of a Bot Framework activity that count. `id` makes it count once, `at` is
    when Teams says that it happened."""

    id: str
    tenant_id: str
    user_id: str
    conversation: BotConversation
    at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What became of an agent's action: a stable name and the customer's name for the card."""

    outcome: str
    customer_name: str = ""
    taken_by: str | None = None


class Conversations:
    """The agent's verbs."""

    def __init__(self, ports: Ports, relay: Relay, rows: AgentRows, waiting: Waiting) -> None:
        self._ports = ports
        self._relay = relay
        self._rows = rows
        self._waiting = waiting

    async def register(self, activity: Activity) -> None:
        """Installing the bot registers the user with it; whoever waits for an agent is looked at."""
        await self._rows.register(activity.tenant_id, activity.user_id, activity.conversation)
        await self._waiting.wake_for(activity.tenant_id, activity.user_id)

    async def unregister(self, activity: Activity) -> None:
        """The bot was removed: the user is offered nothing any more."""
        await self._rows.change(activity.tenant_id, activity.user_id, lambda state: replace(state, registered=False))

    async def accept(self, activity: Activity, session_id: str, offer_id: str) -> Answer:
        """Take the task: `accepted`, `taken` (by whom), `withdrawn`, `expired`, or `ended` (it was one's own)."""
        user = await self._ports.config.user(activity.tenant_id, activity.user_id)
        if user is None:
            return Answer("expired")
        agent = Agent(user.id, user.display_name, user.first_name, user.last_name, user.upn)
        seen = await self._happened(activity, session_id, Happened(AgentAccepted(agent, offer_id)))
        if seen is None:
            return Answer("expired")
        return became(seen.session, activity)

    async def decline(self, activity: Activity, session_id: str, offer_id: str) -> Answer:
        """Pass on an invitation; the answer says `declined`, or what had become of it before, as `accept` does."""
        event = AgentDeclined(activity.user_id, offer_id)
        seen = await self._happened(activity, session_id, Happened(event))
        if seen is None:
            return Answer("expired")
        task = seen.session.task
        if task is not None and task.was_declined(activity.user_id, offer_id):
            return Answer("declined", seen.session.customer.display_name)
        return became(seen.session, activity)

    async def end(self, activity: Activity, session_id: str) -> Answer:
        """End a conversation of one's own; the answer says `ended`, or `over` where somebody else was faster."""
        seen = await self._happened(activity, session_id, Happened(AgentEnded(activity.user_id)))
        if seen is None:
            return Answer("over")
        session = seen.session
        has_ended_it = _is_own(session, activity) and session.end_reason is EndReason.AGENT
        return Answer("ended" if has_ended_it else "over", session.customer.display_name)

    async def reply(self, activity: Activity, session_id: str, text: str) -> Answer:
        """A text for one conversation; it counts once, however often the activity arrives."""
        if not text.strip():
            return Answer("empty")
        if len(text) > MAXIMUM_MESSAGE:
            return Answer("too_long")
        event = AgentMessageReceived(activity.user_id, text, activity.id)
        seen = await self._happened(activity, session_id, Happened(event, activity.id))
        if seen is None:
            return Answer("ended")
        counts = seen.repeated or _is_with(seen.session, activity)
        return Answer("sent" if counts else "ended", seen.session.customer.display_name)

    async def is_talking(self, activity: Activity) -> bool:
        """Whether the agent has an open conversation, to which a composed text may belong."""
        known = await self._ports.agent_store.read(activity.tenant_id, activity.user_id)
        return known is not None and bool(known.state.conversations)

    async def revise(self, activity: Activity, text: str | None) -> Answer:
        """A composed text was changed or deleted (None); whichever conversation knows it carries it over."""
        if text is not None and not 0 < len(text.strip()) <= len(text) <= MAXIMUM_MESSAGE:
            answer = Answer("too_long" if text.strip() else "empty")
            await self._explain(activity, answer)
            return answer
        known = await self._ports.agent_store.read(activity.tenant_id, activity.user_id)
        event = AgentMessageRevised(activity.user_id, activity.id, text, activity.at)
        for session_id in (*known.state.conversations, *known.state.ended) if known else ():
            await self._happened(activity, session_id, Happened(event))
        return Answer("revised")

    async def say(self, activity: Activity, text: str) -> Answer:
        """A text composed in the chat with the bot: it goes to the open conversation, or is asked about."""
        known = await self._ports.agent_store.read(activity.tenant_id, activity.user_id)
        open_conversations = known.state.conversations if known else ()
        if len(open_conversations) == 1:
            answer = await self.reply(activity, open_conversations[0], text)
        elif open_conversations:
            return await self._ask_which(activity, open_conversations, text)
        else:
            answer = Answer("no_conversation")
        await self._explain(activity, answer)
        return answer

    async def _ask_which(self, activity: Activity, session_ids: tuple[str, ...], text: str) -> Answer:
        options: list[tuple[str, str]] = []
        for session_id in session_ids:
            record = await self._ports.sessions.read(session_id)
            if record is not None and record.session.phase is Phase.CONNECTED:
                options.append((session_id, record.session.customer.display_name))
        await self._ports.agents.ask_which(activity.conversation, text, options)
        return Answer("asked")

    async def _explain(self, activity: Activity, answer: Answer) -> None:
        """Tell an agent why a text went nowhere; a text that arrived needs no word."""
        if answer.outcome in EXPLANATIONS:
            to = activity.conversation
            text = agent_text(EXPLANATIONS[answer.outcome], to.language, maximum=MAXIMUM_MESSAGE)
            await self._ports.agents.notify(to, text)

    async def _happened(self, activity: Activity, session_id: str, happened: Happened) -> Seen | None:
        """The session afterwards; None where it is not of the agent's tenant: a card's data comes from outside."""
        return await self._relay.look(session_id, replace(happened, tenant_id=activity.tenant_id))


def became(session: Session, activity: Activity) -> Answer:
    """What became of an invitation that the agent holds."""
    name = session.customer.display_name
    if _is_with(session, activity):
        return Answer("accepted", name)
    if _is_own(session, activity):
        return Answer("ended", name)
    if session.agent is not None:
        return Answer("taken", name, session.agent.display_name)
    return Answer("withdrawn" if session.phase is Phase.ENDED else "expired", name)


def _is_with(session: Session, activity: Activity) -> bool:
    return session.phase is Phase.CONNECTED and _is_own(session, activity)


def _is_own(session: Session, activity: Activity) -> bool:
    return session.agent is not None and session.agent.id == activity.user_id


EXPLANATIONS = {"no_conversation": "no_conversation", "ended": "reply_after_end", "too_long": "message_too_long"}
"""Outcome → text of the catalogue."""
