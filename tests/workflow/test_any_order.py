"""A whole world around one session, in which everything happens in any order: effects are carried out late, cards are
pressed late, people leave. At the end of it all nobody is left ringing, connected or with an open card."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
    AgentAccepted,
    AgentDeclined,
    AgentEnded,
    AgentFreed,
    AgentMessageReceived,
    AgentsReserved,
    ConversationShown,
    CustomerEnded,
    CustomerMessageReceived,
    DeliveryFailed,
    Event,
    InvitationSent,
    SessionOpened,
    TimerDue,
)
from shared.domain.parameters import Agent
from shared.domain.sessions import ContactKind, ContactReference, Phase, TaskPhase, VisitorPresence
from shared.workflow.direct import DIRECT_WORKFLOW
from shared.workflow.engine import advance
from tests.workflow.properties import EXAMPLES
from tests.workflow.stories import LUISA, MARIO, NINE, definition, session

SECONDS = st.sampled_from([0.0, 1.0, 5.0, 8.0, 10.0, 30.0, 60.0, 120.0])
AGENTS = st.sampled_from([MARIO, LUISA])


class World(RuleBasedStateMachine):
    """What ports would hold: rings, cards, conversations, hints and the thread."""

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

    # --- people ------------------------------------------------------------------------------------------------------

    @initialize(directly=st.booleans())
    def the_visitor_starts(self, directly: bool) -> None:
        if directly:
            self.session = session(ContactReference(ContactKind.USER, "mario"))
            self.definition = definition(DIRECT_WORKFLOW)
        self.happens(SessionOpened())

    @rule()
    def the_customer_writes(self) -> None:
        self.thread.append(f"question {len(self.thread)}")
        if self.session.reads_thread:
            self.read_thread()

    @rule(agent=AGENTS)
    def an_agent_writes(self, agent: Agent) -> None:
        text = f"answer {len(self.answers)}"
        if self.session.phase is Phase.CONNECTED and self.session.agent == agent:
            self.answers.append(text)
        self.happens(AgentMessageReceived(agent.id, text))

    @precondition(lambda self: self.invited)
    @rule(data=st.data())
    def an_invited_agent_accepts(self, data: st.DataObject) -> None:
        agent, offer_id = self.invited[data.draw(st.sampled_from(sorted(self.invited)))]
        self.happens(AgentAccepted(agent, offer_id))

    @precondition(lambda self: self.invited)
    @rule(data=st.data())
    def an_invited_agent_declines(self, data: st.DataObject) -> None:
        agent, offer_id = self.invited[data.draw(st.sampled_from(sorted(self.invited)))]
        self.happens(AgentDeclined(agent.id, offer_id))

    @rule(agent=AGENTS)
    def an_agent_ends(self, agent: Agent) -> None:
        self.happens(AgentEnded(agent.id))

    @rule(agent=AGENTS)
    def an_agent_is_available_again(self, agent: Agent) -> None:
        self.missed.discard(agent.id)
        self.happens(AgentFreed())

    @rule(leaving=st.booleans())
    def the_page_gives_a_sign_of_life(self, leaving: bool) -> None:
        self.presence = VisitorPresence(self.now, leaving)

    @precondition(lambda self: len(self.thread) > 4)
    @rule()
    def the_customer_ends(self) -> None:
        self.happens(CustomerEnded())

    # --- the world ---------------------------------------------------------------------------------------------------

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        for deadline in self.session.due(self.now):
            self.happens(TimerDue(deadline.id, self.presence))

    @precondition(lambda self: self.pending and not self.outcomes)
    @rule(reachable=st.sampled_from([True, True, True, False]))
    def the_next_effect_is_carried_out(self, reachable: bool) -> None:
        """Its outcome is recorded later: until then somebody may already press a button of the new card."""
        self.carry_out(self.pending.pop(0), reachable)

    @precondition(lambda self: self.outcomes)
    @rule()
    def the_outcome_is_recorded(self) -> None:
        self.happens(self.outcomes.pop())

    @rule()
    def everything_is_carried_out(self) -> None:
        while self.pending or self.outcomes:
            if self.outcomes:
                self.the_outcome_is_recorded()
            else:
                self.the_next_effect_is_carried_out(reachable=True)

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

    # --- what has to hold --------------------------------------------------------------------------------------------

    @invariant()
    def at_most_one_agent_talks(self) -> None:
        assert len(self.talking) <= 1

    @invariant()
    def messages_to_the_agent_are_in_order_and_none_is_repeated(self) -> None:
        assert self.relayed == self.thread[: len(self.relayed)]

    @invariant()
    def messages_to_the_customer_are_in_order_and_none_is_repeated(self) -> None:
        assert self.answered == self.answers[: len(self.answered)]

    def teardown(self) -> None:
        if self.session.phase is Phase.OPENED:
            return
        self.happens(CustomerEnded())
        self.everything_is_carried_out()
        self.now += timedelta(hours=1)
        for deadline in self.session.due(self.now):
            self.happens(TimerDue(deadline.id, self.presence))
        self.everything_is_carried_out()

        assert self.session.phase is Phase.ENDED
        assert self.session.deadlines == ()
        assert (self.open_cards, self.open_conversations, self.talking, self.hints) == (set(), set(), set(), set())
        # A ring of a round that never came to an invitation counts only while the session says so.
        assert not set(self.rings.items()) & {(agent.id, offer_id) for agent, offer_id in self.invited.values()}
        assert self.answered == self.answers
        if self.session.agent is not None:
            assert len(self.relayed) + self.refused == len(self.thread)
        assert self.closed == 1


TestAnyOrder = World.TestCase
TestAnyOrder.settings = settings(EXAMPLES, max_examples=60, stateful_step_count=40)
