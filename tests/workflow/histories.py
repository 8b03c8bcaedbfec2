"""Histories of a session: anything happens, in any order, at any time; and how such a history is played."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from shared.domain.distribution import Distribution
from shared.domain.effects import Effect
from shared.domain.events import (
    AgentAccepted,
    AgentDeclined,
    AgentEnded,
    AgentFreed,
    AgentMessageReceived,
    AgentPickedUp,
    AgentsReserved,
    AvailabilityFound,
    ConversationShown,
    CustomerEnded,
    CustomerMessageReceived,
    DeliveryFailed,
    Event,
    InvitationSent,
    MessageLeft,
    MessageShown,
    ParametersSet,
    QueueEntered,
    RecipientsFound,
    SessionOpened,
    TimerDue,
    Transferred,
    TransferRefused,
    VisitorSeen,
)
from shared.domain.parameters import LONGEST_CUSTOM, MOST_CUSTOM, Agent
from shared.domain.sessions import ContactKind, ContactReference, Session, VisitorPresence
from shared.domain.workflows import Definition
from shared.workflow.direct import DIRECT_WORKFLOW
from shared.workflow.engine import advance
from tests.workflow.scenes import ORDERS, TWELVE, by, services
from tests.workflow.stories import LUISA, MARIO, NINE, SALES, definition, session

Contact = tuple[Definition, Session]
History = list[tuple[float, Event]]
Told = tuple[Contact, History]
Moment = tuple[Session, tuple[Effect, ...]]

AGENTS = st.sampled_from([MARIO, LUISA, Agent("stranger", "Stranger")])
AGENT_IDS = AGENTS.map(lambda agent: agent.id)
OFFERS = st.sampled_from(["session.1", "session.2", "session.3", "other.1", ""])
SECONDS = st.sampled_from([-60.0, 0.0, 0.0, 1.0, 8.0, 10.0, 30.0, 60.0, 300.0, 3_600.0])
PRESENCES = st.none() | st.builds(
    lambda seconds, leaving: VisitorPresence(NINE + timedelta(seconds=seconds), leaving),
    st.integers(0, 3_600),
    st.booleans(),
)
EFFECT_NAMES = st.sampled_from(
    [
        "relay_to_agent",
        "send_to_customer",
        "invite_agent",
        "show_conversation",
        "enter_queue",
        "find_availability",
        "leave_message",
        "find_recipients",
        "transfer_task",
        "nonsense",
    ]
)
DEADLINES = st.sampled_from(
    ["offer", "queue_limit", "recovery", "close", "availability", "parameter", "transfer", "leave_again", "nonsense"]
)
VALUES = st.dictionaries(
    st.sampled_from(["topic", "1st", "", *(f"name{number}" for number in range(MOST_CUSTOM))]),
    st.sampled_from(["", "shoes", "$(Customer.Email)", "x" * (LONGEST_CUSTOM + 1)]),
    max_size=15,
)
MOVES = [Transferred(contact, services(Distribution.DIRECT)[contact.id]) for contact in (SALES, ORDERS)]

COMMON: st.SearchStrategy[Event] = st.one_of(
    st.just(SessionOpened()),
    st.just(CustomerMessageReceived("message", "Hello")),
    st.builds(AgentMessageReceived, AGENT_IDS, st.just("Hello")),
    st.builds(lambda offer, agents: AgentsReserved(offer, tuple(agents)), OFFERS, st.lists(AGENTS, max_size=2)),
    st.builds(InvitationSent, AGENT_IDS, OFFERS, st.sampled_from(["card-1", "card-2"])),
    st.just(ConversationShown("conversation")),
    st.builds(AgentAccepted, AGENTS, OFFERS),
    st.builds(AgentDeclined, AGENT_IDS, OFFERS),
    st.builds(AgentEnded, AGENT_IDS),
    st.just(AgentFreed()),
    st.just(CustomerEnded()),
    st.builds(TimerDue, DEADLINES, PRESENCES),
    st.builds(DeliveryFailed, EFFECT_NAMES, st.just("rejected"), st.none() | AGENT_IDS, st.none() | OFFERS),
    st.just(VisitorSeen()),
    st.builds(QueueEntered, st.integers(1, 101), st.none() | st.integers(0, 10_000)),
    st.builds(AgentPickedUp, AGENTS, OFFERS, st.none() | st.just(NINE + timedelta(seconds=30))),
    st.just(MessageLeft("Please call", ("mario", "luisa"))),
    st.builds(MessageShown, AGENT_IDS),
    st.builds(RecipientsFound, st.sampled_from([(), ("mario",), ("mario", "luisa")])),
    st.builds(AvailabilityFound, st.sampled_from(["available", "busy", "offline", "nonsense"])),
    st.builds(ParametersSet, VALUES),
    st.sampled_from(MOVES),
    st.just(TransferRefused("concurrency_cap_reached")),
)
FITTING: st.SearchStrategy[Event] = st.one_of(
    st.builds(TimerDue, DEADLINES, PRESENCES),
    st.builds(QueueEntered, st.integers(1, 3)),
    st.just(AvailabilityFound("busy")),
    st.just(ParametersSet({"topic": "shoes"})),
    st.sampled_from(MOVES),
    st.builds(AgentsReserved, OFFERS, st.just(TWELVE[:10])),
    st.builds(AgentAccepted, st.sampled_from(TWELVE[:3]), OFFERS),
    st.builds(AgentPickedUp, AGENTS, OFFERS),
)
"""What a workflow with everything in it waits for, so that histories come far."""


def _histories(events: st.SearchStrategy[Event]) -> st.SearchStrategy[History]:
    later = st.lists(st.tuples(SECONDS, events), max_size=30)
    return later.map(lambda happened: [(0.0, SessionOpened()), *happened])


SERVICE: Contact = (definition(display_name="$(User.FirstName) of Lunifico"), session())
DIRECT: Contact = (definition(DIRECT_WORKFLOW), session(ContactReference(ContactKind.USER, "mario")))
UNSEEN: Contact = (definition(), replace(session(), visitor_seen=False))
BROADCAST: Contact = (definition(by(Distribution.BROADCAST)), session())
PICKUP: Contact = (definition(by(Distribution.PICKUP)), session())
EVERYTHING: list[Contact] = [(services(distribution)[SALES.id], session()) for distribution in Distribution]

TOLD: st.SearchStrategy[Told] = st.one_of(
    st.tuples(st.sampled_from([SERVICE, DIRECT, UNSEEN, BROADCAST, PICKUP]), _histories(COMMON)),
    st.tuples(st.sampled_from(EVERYTHING), _histories(COMMON | FITTING)),
)
QUEUED: st.SearchStrategy[Told] = st.tuples(
    st.sampled_from([SERVICE, DIRECT, UNSEEN, BROADCAST, PICKUP]), _histories(COMMON)
)
"""Contacts whose workflow stays in the queue until somebody answers, or it ends."""


def play(contact: Contact, history: History) -> list[Moment]:
    """The session after each event, and the effects of that event; after a transfer the other definition counts."""
    of_contact, current = contact
    now, moments = NINE, list[Moment]()
    for seconds, event in history:
        now += timedelta(seconds=seconds)
        transfers = current.transfers
        current, effects = advance(current, of_contact, event, now)
        if isinstance(event, Transferred) and current.transfers > transfers:
            of_contact = event.definition
        moments.append((current, effects))
    return moments
