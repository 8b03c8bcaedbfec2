"""What holds for the engine whatever happens, in whatever order, at whatever time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.effects import ClaimAgent, CloseMessaging, Effect, OfferTask, RecordHistory, SendToCustomer
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
from shared.domain.sessions import ContactKind, ContactReference, Phase, Session, TaskPhase, VisitorPresence
from shared.domain.system_messages import BUILT_IN
from shared.domain.workflows import Definition
from shared.workflow.direct import DIRECT_WORKFLOW
from shared.workflow.engine import advance
from tests.workflow.properties import EXAMPLES
from tests.workflow.stories import LUISA, MARIO, NINE, definition, of, session

AGENTS = st.sampled_from([MARIO, LUISA, Agent("stranger", "Stranger")])
AGENT_IDS = AGENTS.map(lambda agent: agent.id)
OFFERS = st.sampled_from(["session.1", "session.2", "session.3", "other.1", ""])
SECONDS = st.sampled_from([-60.0, 0.0, 0.0, 1.0, 8.0, 10.0, 30.0, 60.0, 300.0, 3_600.0])
PRESENCES = st.none() | st.builds(
    lambda seconds, leaving: VisitorPresence(NINE + timedelta(seconds=seconds), leaving),
    st.integers(0, 3_600),
    st.booleans(),
)
EFFECT_NAMES = st.sampled_from(["relay_to_agent", "send_to_customer", "invite_agent", "show_conversation", "nonsense"])
EVENTS: st.SearchStrategy[Event] = st.one_of(
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
    st.builds(TimerDue, st.sampled_from(["offer", "queue_limit", "recovery", "close", "nonsense"]), PRESENCES),
    st.builds(DeliveryFailed, EFFECT_NAMES, st.just("rejected"), st.none() | AGENT_IDS, st.none() | OFFERS),
)
HISTORIES = st.lists(st.tuples(SECONDS, EVENTS), max_size=30).map(lambda later: [(0.0, SessionOpened()), *later])
DIRECT = (definition(DIRECT_WORKFLOW), session(ContactReference(ContactKind.USER, "mario")))
SERVICE = (definition(display_name="$(User.FirstName) of Lunifico"), session())
CONTACTS = st.sampled_from([SERVICE, DIRECT])

Moment = tuple[Session, tuple[Effect, ...]]


def play(contact: tuple[Definition, Session], history: list[tuple[float, Event]]) -> list[Moment]:
    """The session after each event, and the effects of that event."""
    of_contact, current = contact
    now, moments = NINE, list[Moment]()
    for seconds, event in history:
        now += timedelta(seconds=seconds)
        current, effects = advance(current, of_contact, event, now)
        moments.append((current, effects))
    return moments


@EXAMPLES
@given(CONTACTS, HISTORIES)
def test_the_same_events_always_lead_to_the_same_state_and_effects(
    contact: tuple[Definition, Session], history: list[tuple[float, Event]]
) -> None:
    assert play(contact, history) == play(contact, history)


@EXAMPLES
@given(CONTACTS, HISTORIES)
def test_time_inside_never_runs_backwards(
    contact: tuple[Definition, Session], history: list[tuple[float, Event]]
) -> None:
    times = [current.last_now for current, _ in play(contact, history)]

    assert times == sorted(times)


@EXAMPLES
@given(CONTACTS, HISTORIES)
def test_an_ended_session_stays_ended_and_has_only_its_closing_before_it(
    contact: tuple[Definition, Session], history: list[tuple[float, Event]]
) -> None:
    after_the_end = [moment for moment in play(contact, history) if moment[0].phase is Phase.ENDED]

    for current, effects in after_the_end[1:]:
        assert (current.phase, current.end_reason, current.ended_at) == (
            Phase.ENDED,
            after_the_end[0][0].end_reason,
            after_the_end[0][0].ended_at,
        )
        assert {effect.kind for effect in effects} <= {
            "send_to_customer",
            "close_messaging",
            "close_invitation",
            "close_conversation",
        }
    for current, _ in after_the_end:
        assert {deadline.id for deadline in current.deadlines} <= {"close"}
        assert current.task is None or current.task.phase is TaskPhase.CANCELLED


@EXAMPLES
@given(CONTACTS, HISTORIES)
def test_a_session_is_recorded_once_and_closed_once(
    contact: tuple[Definition, Session], history: list[tuple[float, Event]]
) -> None:
    # The clock of a history may run backwards for half an hour.
    end: list[tuple[float, Event]] = [(0.0, CustomerEnded()), (3_600.0, TimerDue("close")), (0.0, TimerDue("close"))]
    moments = play(contact, [*history, *end])
    told = [effect for _, effects in moments for effect in effects]

    assert len(of(told, RecordHistory)) == 1
    assert len(of(told, CloseMessaging)) == 1


@EXAMPLES
@given(CONTACTS, HISTORIES)
def test_at_most_one_agent_is_ever_connected(
    contact: tuple[Definition, Session], history: list[tuple[float, Event]]
) -> None:
    moments = play(contact, history)

    assert len({current.agent.id for current, _ in moments if current.agent is not None}) <= 1
    assert len([effect for _, effects in moments for effect in of(effects, ClaimAgent)]) <= 1
    assert all(current.agent is not None for current, _ in moments if current.phase is Phase.CONNECTED)


@EXAMPLES
@given(CONTACTS, HISTORIES)
def test_a_task_is_offered_only_while_offering_and_each_time_under_a_new_id(
    contact: tuple[Definition, Session], history: list[tuple[float, Event]]
) -> None:
    seen = set[str]()
    for current, effects in play(contact, history):
        for offer in of(effects, OfferTask):
            assert current.task is not None
            assert (current.task.phase, current.task.offer_id) == (TaskPhase.OFFERING, offer.offer_id)
            assert offer.offer_id not in seen
            seen.add(offer.offer_id)


@EXAMPLES
@given(CONTACTS, HISTORIES)
def test_a_task_that_waits_is_always_looked_at_again(
    contact: tuple[Definition, Session], history: list[tuple[float, Event]]
) -> None:
    for current, _ in play(contact, history):
        deadlines = {deadline.id for deadline in current.deadlines}
        if current.phase is Phase.WAITING:
            assert {"recovery", "offer", "queue_limit"} <= deadlines
        if current.phase is Phase.CONNECTED:
            assert deadlines == {"recovery"}


@EXAMPLES
@given(CONTACTS, HISTORIES)
def test_no_placeholder_reaches_anybody(
    contact: tuple[Definition, Session], history: list[tuple[float, Event]]
) -> None:
    for _, effects in play(contact, history):
        assert all("$(" not in repr(effect) for effect in effects)


@EXAMPLES
@given(CONTACTS, HISTORIES)
def test_no_empty_message_is_sent(contact: tuple[Definition, Session], history: list[tuple[float, Event]]) -> None:
    for _, effects in play(contact, history):
        assert all(sent.text and sent.sender for sent in of(effects, SendToCustomer))


@EXAMPLES
@given(CONTACTS, HISTORIES)
def test_one_event_never_fills_a_transaction(
    contact: tuple[Definition, Session], history: list[tuple[float, Event]]
) -> None:
    assert all(len(effects) <= 20 for _, effects in play(contact, history))


def test_these_histories_lead_everywhere() -> None:
    """The properties above would be empty if no history ever connected anybody."""
    history: list[tuple[float, Event]] = [
        (0.0, SessionOpened()),
        (0.0, AgentsReserved("session.1", (MARIO,))),
        (1.0, AgentAccepted(MARIO, "session.1")),
        (1.0, AgentEnded("mario")),
    ]

    assert [current.phase for current, _ in play(SERVICE, history)] == [
        Phase.WAITING,
        Phase.WAITING,
        Phase.CONNECTED,
        Phase.ENDED,
    ]


@pytest.mark.parametrize("language", BUILT_IN)
def test_the_properties_hold_with_the_built_in_texts_of_every_language(language: str) -> None:
    of_language = (definition(language=language), session())
    history: list[tuple[float, Event]] = [
        (0.0, SessionOpened()),
        (0.0, AgentsReserved("session.1", (MARIO,))),
        (1.0, AgentAccepted(MARIO, "session.1")),
        (1.0, CustomerEnded()),
    ]

    assert all("$(" not in repr(effects) for _, effects in play(of_language, history))
