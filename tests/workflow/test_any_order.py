"""A whole world around one session, in which everything happens in any order: effects are carried out late, cards are
pressed late, people leave. At the end of it all nobody is left ringing, connected or with an open card."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.domain.distribution import Distribution
from shared.domain.events import (
    AgentAccepted,
    AgentDeclined,
    AgentEnded,
    AgentFreed,
    AgentMessageReceived,
    AgentPickedUp,
    CustomerEnded,
    InvitationSent,
    ParametersSet,
    SessionOpened,
    TimerDue,
    VisitorSeen,
)
from shared.domain.parameters import Agent
from shared.domain.sessions import ContactKind, ContactReference, Phase, VisitorPresence
from shared.workflow.direct import DIRECT_WORKFLOW
from tests.workflow.properties import EXAMPLES
from tests.workflow.scenes import services
from tests.workflow.small_world import SmallWorld
from tests.workflow.stories import LUISA, MARIO, SALES, definition

SECONDS = st.sampled_from([0.0, 1.0, 5.0, 8.0, 10.0, 30.0, 60.0, 120.0])
AGENTS = st.sampled_from([MARIO, LUISA])


class World(SmallWorld, RuleBasedStateMachine):
    """People act and time passes; effects are carried out whenever it pleases."""

    # --- people ------------------------------------------------------------------------------------------------------

    @initialize(whom=st.sampled_from(["service", "mario", *Distribution, *Distribution]), seen=st.booleans())
    def the_visitor_starts(self, whom: str, seen: bool) -> None:
        """With the plain service, with Mario in person, or with two services with everything in their workflows."""
        self.session = replace(self.session, visitor_seen=seen)
        if whom == "mario":
            self.session = replace(self.session, contact=ContactReference(ContactKind.USER, "mario"))
            self.definition, self.slots = definition(DIRECT_WORKFLOW), set()
        elif whom != "service":
            self.services = services(Distribution(whom))
            self.definition = self.services[SALES.id]
        self.happens(SessionOpened())

    @rule()
    def the_visitor_is_seen(self) -> None:
        self.happens(VisitorSeen())

    @rule(topic=st.sampled_from(["shoes", "boots"]))
    def the_page_names_a_topic(self, topic: str) -> None:
        self.happens(ParametersSet({"topic": topic}))

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

    @precondition(lambda self: self.outcomes and isinstance(self.outcomes[0], InvitationSent))
    @rule(accepts=st.booleans())
    def an_agent_is_faster_than_we_are(self, accepts: bool) -> None:
        """The card has arrived, and a button of it is pressed before we know its id."""
        agent, offer_id = list(self.invited.values())[-1]
        self.happens(AgentAccepted(agent, offer_id) if accepts else AgentDeclined(agent.id, offer_id))

    @precondition(lambda self: self.session.task is not None)
    @rule(agent=AGENTS, late=st.booleans())
    def an_agent_picks_up(self, agent: Agent, late: bool) -> None:
        """Kept free meanwhile by a ring, as `application.tasks` does."""
        if self.rings.get(agent.id, "pickup") != "pickup" or agent.id in self.talking:
            return
        until = self.now + timedelta(seconds=-1 if late else 8)
        self.rings[agent.id] = "pickup"
        self.happens(AgentPickedUp(agent, "pickup", until))
        if self.session.agent != agent:
            del self.rings[agent.id]

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

    @rule(steps=st.integers(1, 8), reachable=st.sampled_from([True, True, True, False]))
    def the_relay_goes_on(self, steps: int, reachable: bool) -> None:
        """It may stop between an effect and the record of its outcome."""
        for _ in range(steps):
            self.step(reachable)

    def step(self, reachable: bool = True) -> None:
        if self.outcomes:
            self.happens(self.outcomes.pop())
        elif self.pending:
            self.carry_out(self.pending.pop(0), reachable)

    def everything_is_carried_out(self) -> None:
        while self.pending or self.outcomes:
            self.step()

    # --- what has to hold --------------------------------------------------------------------------------------------

    @invariant()
    def a_session_has_a_slot_in_its_service(self) -> None:
        is_open = self.session.phase is not Phase.ENDED and self.session.contact.kind is ContactKind.SERVICE
        assert not is_open or self.session.contact in self.slots

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
        assert (self.open_cards, self.open_conversations, self.talking) == (set(), set(), set())
        assert (self.hints, self.slots) == (set(), set())
        # A ring of a round that never came to an invitation counts only while the session says so.
        assert not set(self.rings.items()) & {(agent.id, offer_id) for agent, offer_id in self.invited.values()}
        assert self.answered == self.answers
        if self.session.agent is not None:
            assert len(self.relayed) + self.refused == len(self.thread)
        assert self.closed == 1


TestAnyOrder = World.TestCase
TestAnyOrder.settings = settings(EXAMPLES, stateful_step_count=40)
