"""Agents in Teams: what they are sent, and what their bot is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.domain.availability import TeamsPresence
from shared.domain.distribution import LeftOut
from shared.domain.parameters import Proof


@dataclass(frozen=True)
class BotConversation:
    """Where an agent's 1:1 chat with the bot is, and the language that we speak there: the tenant's."""

    service_url: str
    conversation_id: str
    bot_id: str = ""
    language: str = "en"


@dataclass(frozen=True)
class InvitationView:
    """What an invitation card shows; `proof`: who vouches for the customer."""

    session_id: str
    offer_id: str
    contact_name: str
    customer_name: str
    text: str
    proof: Proof | None = None


@dataclass(frozen=True)
class ConversationView:
    """What the card of an accepted conversation shows; `proof`: who vouches for the customer."""

    session_id: str
    contact_name: str
    customer_name: str
    customer_email: str
    end_question: str
    proof: Proof | None = None


@dataclass(frozen=True)
class ServiceStatus:
    """A service of an agent, and why it sends no new tasks now; None where it does."""

    name: str
    reason: LeftOut | None = None


@dataclass(frozen=True)
class StatusView:
    """How an agent stands. `reason` None: new tasks come; `missed`: the flag of an invitation that was not answered."""

    on_duty: bool
    presence: TeamsPresence
    conversations: int
    capacity: int
    missed: bool = False
    ringing: bool = False
    after_call_until: datetime | None = None
    services: tuple[ServiceStatus, ...] = ()
    reason: LeftOut | None = None


@dataclass(frozen=True)
class TaskLine:
    """A task that can be picked up; `seconds` is how long it has waited."""

    session_id: str
    service_name: str
    customer_name: str
    seconds: int


@dataclass(frozen=True)
class TasksView:
    """Tasks to be picked up, first in line first, and how many more there are.

    `said` is what became of a button. `account` is the id by which the bot knows the agent, for whom the card asks for
    itself anew.
    """

    tasks: tuple[TaskLine, ...] = ()
    more: int = 0
    said: str = ""
    account: str = ""


@dataclass(frozen=True)
class LeftMessageView:
    """What the card of a message shows that was left while nobody was there; `proof`: who vouches for the customer."""

    contact_name: str
    customer_name: str
    customer_email: str
    text: str
    proof: Proof | None = None


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

    async def leave_message(self, to: BotConversation, view: LeftMessageView) -> None:
        """Send the card of a left message."""
        ...

    async def ask_which(self, to: BotConversation, text: str, options: Sequence[tuple[str, str]]) -> None:
        """Ask to which conversation a composed text belongs; `options` are (session id, customer name)."""
        ...

    async def show(self, to: BotConversation, card: Mapping[str, Any], summary: str) -> None:
        """Send a card of AgentCards; `summary` is what a notification of it says."""
        ...

    async def show_typing(self, to: BotConversation) -> None:
        """Show for some seconds that somebody writes to the agent."""
        ...


class BotAuthentication(Protocol):
    """Whether a call of the bot's endpoint comes from the Bot Connector."""

    async def check(self, authorization: str, activity: Mapping[str, Any]) -> None:
        """Raises Unauthenticated unless the Authorization header is the connector's, for this activity's serviceUrl
        and channel and for our bot; NotSent or OutcomeUnknown where the connector's keys cannot be had.
        """
        ...


class AgentCards(Protocol):
    """What an agent is shown on a command, or at once in place of a card whose button was pressed: Adaptive Cards."""

    def closed_invitation(
        self, customer_name: str, outcome: str, taken_by: str | None, language: str
    ) -> Mapping[str, Any]: ...

    def closed_conversation(self, customer_name: str, text: str) -> Mapping[str, Any]: ...

    def notice(self, text: str) -> Mapping[str, Any]:
        """One sentence, without buttons."""
        ...

    def status(self, view: StatusView, language: str) -> Mapping[str, Any]: ...

    def help(self, language: str, said: str = "") -> Mapping[str, Any]:
        """All commands; `said` stands first."""
        ...

    def tasks(self, view: TasksView, language: str) -> Mapping[str, Any]: ...
