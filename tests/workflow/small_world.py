"""What ports hold around one session, in miniature: rings, cards, conversations, hints, slots and the thread."""

from __future__ import annotations

from datetime import datetime

from shared.domain.distribution import AGENTS_AT_ONCE, Distribution
from shared.domain.effects import (
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
    LeaveQueue,
    OfferTask,
    ReadThread,
    RelayToAgent,
    ReleaseAgent,
    SendToCustomer,
    ShowConversation,
    TransferTask,
)
from shared.domain.events import (
    AgentsReserved,
    AvailabilityFound,
    ConversationShown,
    CustomerMessageReceived,
    DeliveryFailed,
    Event,
    InvitationSent,
    QueueEntered,
    Transferred,
    TransferRefused,
)
from shared.domain.parameters import Agent
from shared.domain.sessions import ContactKind, ContactReference, Phase, TaskPhase, VisitorPresence
from shared.domain.workflows import Definition
from shared.workflow.engine import advance
from shared.workflow.transfers import is_leaving_for
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
        self.hints: set[tuple[ContactReference, datetime]] = set()
        self.slots: set[ContactReference] = {self.session.contact}
        self.services: dict[str, Definition] = {}
        self.thread: list[str] = []
        self.read = 0
        self.relayed: list[str] = []
        self.refused = 0
        self.answers: list[str] = []
        self.answered: list[str] = []
        self.closed = 0

    def happens(self, event: Event) -> None:
        transfers = self.session.transfers
        self.session, effects = advance(self.session, self.definition, event, self.now)
        if isinstance(event, Transferred) and self.session.transfers > transfers:
            self.definition = event.definition
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
                self.hints.add((self.session.contact, effect.queued_at))
                self.outcomes.append(QueueEntered(1))
            case LeaveQueue():
                self.hints.discard((self.session.contact, effect.queued_at))
            case FindAvailability():
                self.outcomes.append(AvailabilityFound("busy"))
            case TransferTask():
                self.transfer(effect, reachable)
            case FreeSlot():
                self.slots.discard(effect.contact)
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
        at_once = AGENTS_AT_ONCE[Distribution(effect.distribution)]
        free = tuple(agent for agent in asked if agent.id not in left_out)[:at_once]
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

    def transfer(self, effect: TransferTask, reachable: bool) -> None:
        """As `application.transfers` does: take a slot there, unless the session does not want it any more."""
        contact = ContactReference(ContactKind.SERVICE, effect.service_id)
        if not is_leaving_for(self.session, self.definition, contact):
            if self.session.phase is Phase.ENDED or self.session.contact != contact:
                self.slots.discard(contact)
        elif reachable:
            self.slots.add(contact)
            self.outcomes.append(Transferred(contact, self.services[effect.service_id]))
        else:
            self.outcomes.append(TransferRefused("concurrency_cap_reached"))

    def read_thread(self) -> None:
        unread, self.read = self.thread[self.read :], len(self.thread)
        for text in unread:
            self.happens(CustomerMessageReceived(text, text))
