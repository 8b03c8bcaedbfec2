"""What agents are sent, in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.domain.parameters import Proof
from shared.ports import (
    BotConversation,
    ConversationView,
    InvitationView,
    LeftMessageView,
)


@dataclass(frozen=True)
class Sent:
    """One thing that an agent was shown. `what` is the name of the port's method; unused fields stay empty."""

    what: str
    conversation: BotConversation
    text: str = ""
    session_id: str = ""
    customer_name: str = ""
    card_id: str = ""
    offer_id: str = ""
    outcome: str = ""
    taken_by: str | None = None
    again: bool = False
    with_reply: bool = False
    options: tuple[tuple[str, str], ...] = ()
    card: Mapping[str, Any] = field(default_factory=dict)
    proof: Proof | None = None


class MemoryAgents:
    """`sent` holds everything in the order of sending; updates of cards appear as entries of their own."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self._cards = 0

    def of(self, conversation_id: str, what: str | None = None) -> list[Sent]:
        """What one agent was shown, all of it or that of one method."""
        return [
            sent
            for sent in self.sent
            if sent.conversation.conversation_id == conversation_id and what in (None, sent.what)
        ]

    async def invite(self, to: BotConversation, view: InvitationView) -> str:
        card_id = self._card_id()
        self.sent.append(
            Sent(
                "invite",
                to,
                view.text,
                view.session_id,
                view.customer_name,
                card_id,
                offer_id=view.offer_id,
                proof=view.proof,
            )
        )
        return card_id

    async def close_invitation(
        self, to: BotConversation, card_id: str, customer_name: str, outcome: str, taken_by: str | None
    ) -> None:
        self.sent.append(
            Sent(
                "close_invitation", to, card_id=card_id, customer_name=customer_name, outcome=outcome, taken_by=taken_by
            )
        )

    async def show_conversation(self, to: BotConversation, view: ConversationView) -> str:
        card_id = self._card_id()
        self.sent.append(
            Sent(
                "show_conversation",
                to,
                view.end_question,
                view.session_id,
                view.customer_name,
                card_id,
                proof=view.proof,
            )
        )
        return card_id

    async def close_conversation(self, to: BotConversation, card_id: str, customer_name: str, text: str) -> None:
        self.sent.append(Sent("close_conversation", to, text, customer_name=customer_name, card_id=card_id))

    async def relay(
        self, to: BotConversation, session_id: str, customer_name: str, text: str, *, again: bool, with_reply: bool
    ) -> None:
        self.sent.append(Sent("relay", to, text, session_id, customer_name, again=again, with_reply=with_reply))

    async def notify(self, to: BotConversation, text: str) -> None:
        self.sent.append(Sent("notify", to, text))

    async def leave_message(self, to: BotConversation, view: LeftMessageView) -> None:
        self.sent.append(Sent("leave_message", to, view.text, proof=view.proof))

    async def ask_which(self, to: BotConversation, text: str, options: Sequence[tuple[str, str]]) -> None:
        self.sent.append(Sent("ask_which", to, text, options=tuple(options)))

    async def show(self, to: BotConversation, card: Mapping[str, Any], summary: str) -> None:
        self.sent.append(Sent("show", to, summary, card=card))

    async def show_typing(self, to: BotConversation) -> None:
        self.sent.append(Sent("show_typing", to))

    def _card_id(self) -> str:
        self._cards += 1
        return f"card-{self._cards}"
