"""What ports hold around one session, in miniature: rings, cards, conversations, hints and the thread."""

from __future__ import annotations

from datetime import datetime

from shared.domain.effects import (
    ClaimAgent,
    CloseConversation,
    CloseInvitation,
    CloseMessaging,
    Effect,
    EnterQueue,
    FreeAgent,
    InviteAgent,
    LeaveQueue,
    OfferTask,
    ReadThread,
    RelayToAgent,
    ReleaseAgent,
    SendToCustomer,
    ShowConversation,
)
from shared.domain.events import (
    AgentsReserved,
    ConversationShown,
    CustomerMessageReceived,
    DeliveryFailed,
    Event,
    InvitationSent,
)
from shared.domain.parameters import Agent
from shared.domain.sessions import ContactKind, Phase, TaskPhase, VisitorPresence
from shared.workflow.engine import advance
from tests.workflow.stories import LUISA, MARIO, NINE, definition, session


class SmallWorld:
    """`pending` are effects to be carried out, `outcomes` what became of the last one and is not recorded yet."""

    def __init__(self) -> None:
        super().__init__()
        self.session, self.definition = session(), definition()
        self.now: datetime = NINE
        self.presence: VisitorPresence | None = None
        self.pending: list[Effect] = []
        self.outcomes: list[Event] = []
        self.rings: dict[str, str] = {}
        self.missed: set[str] = set()
        self.invited: dict[str, tuple[Agent, str]] = {}
        self.open_cards: set[str] = set()
        self.open_conversations: set[str] = set()
        self.talking: set[str] = set()
        self.hints: set[datetime] = set()
        self.thread: list[str] = []
        self.read = 0
        self.relayed: list[str] = []
        self.refused = 0
        self.answers: list[str] = []
        self.answered: list[str] = []
        self.closed = 0

    def happens(self, event: Event) -> None:
        self.session, effects = advance(self.session, self.definition, event, self.now)
        self.pending.extend(effects)

    def carry_out(self, effect: Effect, reachable: bool) -> None:
        match effect:
            case OfferTask():
                self.offer(effect)
            case InviteAgent():
                self.invite(effect, reachable)
            case CloseInvitation():
                assert effect.card_id in self.open_cards, "a card is closed once"
                self.open_cards.remove(effect.card_id)
            case ReleaseAgent():
                if self.rings.get(effect.agent_id) == effect.offer_id:
                    del self.rings[effect.agent_id]
                    self.missed |= {effect.agent_id} if effect.missed else set()
            case ClaimAgent():
                self.rings.pop(effect.agent_id, None)
                if self.session.phase is Phase.CONNECTED:
                    self.talking.add(effect.agent_id)
            case ShowConversation():
                assert not self.open_conversations
                self.open_conversations.add("conversation")
                self.outcomes.append(ConversationShown("conversation"))
            case CloseConversation():
                self.open_conversations.remove(effect.card_id)
            case FreeAgent():
                self.rings.pop(effect.agent_id, None)
                self.talking.discard(effect.agent_id)
            case EnterQueue():
                self.hints.add(effect.queued_at)
            case LeaveQueue():
                self.hints.discard(effect.queued_at)
            case ReadThread():
                self.read_thread()
            case RelayToAgent():
                self.relayed.append(effect.text)
            case SendToCustomer(author="agent"):
                self.answered.append(effect.text)
            case SendToCustomer(event="undelivered"):
                self.refused += 1
            case CloseMessaging():
                self.closed += 1

    def offer(self, effect: OfferTask) -> None:
        task = self.session.task
        if task is None or task.phase is not TaskPhase.OFFERING or task.offer_id != effect.offer_id:
            return
        asked = [MARIO] if self.session.contact.kind is ContactKind.USER else [MARIO, LUISA]
        left_out = {*self.missed, *effect.passed_over, *(a for a, ring in self.rings.items() if ring != task.offer_id)}
        free = tuple(agent for agent in asked if agent.id not in left_out)[:1]
        self.rings.update({agent.id: effect.offer_id for agent in free})
        self.outcomes.append(AgentsReserved(effect.offer_id, free))

    def invite(self, effect: InviteAgent, reachable: bool) -> None:
        task = self.session.task
        if task is None or task.offer_id != effect.offer_id or task.invitation(effect.agent.id) is None:
            return
        if not reachable:
            self.outcomes.append(DeliveryFailed("invite_agent", "bot_blocked", effect.agent.id, effect.offer_id))
            return
        card_id = f"invitation {len(self.invited)}"
        self.invited[card_id] = (effect.agent, effect.offer_id)
        self.open_cards.add(card_id)
        self.outcomes.append(InvitationSent(effect.agent.id, effect.offer_id, card_id))

    def read_thread(self) -> None:
        unread, self.read = self.thread[self.read :], len(self.thread)
        for text in unread:
            self.happens(CustomerMessageReceived(text, text))
