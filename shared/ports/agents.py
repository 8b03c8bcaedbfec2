"""Agents in Teams: what they are sent, and what their bot is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class BotConversation:
    """Where an agent's 1:1 chat with the bot is."""

    service_url: str
    conversation_id: str
    bot_id: str = ""


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
