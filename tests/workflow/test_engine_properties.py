"""What holds for the engine whatever happens, in whatever order, at whatever time."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given

from shared.domain.effects import (
    ClaimAgent,
    CloseMessaging,
    FreeSlot,
    OfferTask,
    RecordHistory,
    SendToCustomer,
)
from shared.domain.events import (
    AgentAccepted,
    AgentEnded,
    AgentsReserved,
    AvailabilityFound,
    CustomerEnded,
    MessageLeft,
    ParametersSet,
    QueueEntered,
    SessionOpened,
    TimerDue,
)
from shared.domain.parameters import check_custom
from shared.domain.sessions import Phase, TaskPhase
from shared.domain.system_messages import BUILT_IN
from shared.workflow.transfers import MOST_TRANSFERS
from tests.workflow.histories import EVERYTHING, MOVES, QUEUED, SERVICE, TOLD, History, Told, play
from tests.workflow.properties import EXAMPLES
from tests.workflow.scenes import ANNOUNCE_EVERY
from tests.workflow.stories import MARIO, definition, of, session


@EXAMPLES
@given(TOLD)
def test_the_same_events_always_lead_to_the_same_state_and_effects(told: Told) -> None:
    assert play(*told) == play(*told)


@EXAMPLES
@given(TOLD)
def test_time_inside_never_runs_backwards(told: Told) -> None:
    times = [current.last_now for current, _ in play(*told)]

    assert times == sorted(times)


@EXAMPLES
@given(TOLD)
def test_an_ended_session_stays_ended_and_has_only_its_closing_before_it(told: Told) -> None:
    after_the_end = [moment for moment in play(*told) if moment[0].phase is Phase.ENDED]

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
            "free_slot",
        }
    for current, _ in after_the_end:
        assert {deadline.id for deadline in current.deadlines} <= {"close"}
        assert current.task is None or current.task.phase is TaskPhase.CANCELLED


@EXAMPLES
@given(TOLD)
def test_a_session_is_recorded_once_and_closed_once(told: Told) -> None:
    # The clock of a history may run backwards for half an hour.
    contact, history = told
    end: History = [(0.0, CustomerEnded()), (3_600.0, TimerDue("close")), (0.0, TimerDue("close"))]
    done = [effect for _, effects in play(contact, [*history, *end]) for effect in effects]

    assert len(of(done, RecordHistory)) == 1
    assert len(of(done, CloseMessaging)) == 1


@EXAMPLES
@given(TOLD)
def test_at_most_one_agent_is_ever_connected(told: Told) -> None:
    moments = play(*told)

    assert len({current.agent.id for current, _ in moments if current.agent is not None}) <= 1
    assert len([effect for _, effects in moments for effect in of(effects, ClaimAgent)]) <= 1
    assert all(current.agent is not None for current, _ in moments if current.phase is Phase.CONNECTED)


@EXAMPLES
@given(TOLD)
def test_a_task_is_offered_only_while_offering_and_each_time_under_a_new_id(told: Told) -> None:
    seen = set[str]()
    for current, effects in play(*told):
        for offer in of(effects, OfferTask):
            assert current.task is not None
            assert (current.task.phase, current.task.offer_id) == (TaskPhase.OFFERING, offer.offer_id)
            assert offer.offer_id not in seen
            seen.add(offer.offer_id)


@EXAMPLES
@given(QUEUED)
def test_a_task_that_waits_is_always_looked_at_again(told: Told) -> None:
    for current, _ in play(*told):
        deadlines = {deadline.id for deadline in current.deadlines}
        if current.phase is Phase.WAITING:
            assert deadlines == {"recovery", "offer", "queue_limit"}
        if current.phase is Phase.CONNECTED:
            assert deadlines == {"recovery"}


WAITS_FOR = {"look": "availability", "wait": "parameter", "queue": "queue_limit", "transfer": "transfer"}


@EXAMPLES
@given(TOLD)
def test_wherever_a_workflow_waits_something_comes_by_itself_that_leads_on(told: Told) -> None:
    for current, _ in play(*told):
        if current.phase is Phase.WAITING and current.position is not None:
            deadlines = {deadline.id for deadline in current.deadlines}
            assert {"recovery", WAITS_FOR[current.position]} <= deadlines
            assert deadlines <= {"recovery", "offer", WAITS_FOR[current.position]}


PHASES = list(Phase)
NEXT: dict[TaskPhase, set[TaskPhase]] = {
    TaskPhase.WAITING: {TaskPhase.OFFERING, TaskPhase.CONNECTED, TaskPhase.LEFT, TaskPhase.CANCELLED},
    TaskPhase.OFFERING: {TaskPhase.WAITING, TaskPhase.OFFERED, TaskPhase.LEFT, TaskPhase.CANCELLED},
    TaskPhase.OFFERED: {
        TaskPhase.WAITING,
        TaskPhase.OFFERING,
        TaskPhase.CONNECTED,
        TaskPhase.LEFT,
        TaskPhase.CANCELLED,
    },
    TaskPhase.CONNECTED: {TaskPhase.CANCELLED},
    TaskPhase.LEFT: {TaskPhase.CANCELLED},
    TaskPhase.CANCELLED: set(),
}


@EXAMPLES
@given(TOLD)
def test_a_session_and_its_task_go_forward_only(told: Told) -> None:
    before, _ = (session(), ())
    for current, _ in play(*told):
        assert PHASES.index(current.phase) >= PHASES.index(before.phase)
        if before.task is not None and current.task is not None and current.transfers == before.transfers:
            assert current.task.phase in {before.task.phase, *NEXT[before.task.phase]}
        before = current


@EXAMPLES
@given(TOLD)
def test_an_agent_rings_only_for_a_task_that_is_offered(told: Told) -> None:
    for current, _ in play(*told):
        if current.task is not None and current.task.invitations:
            assert current.task.phase is TaskPhase.OFFERED


@EXAMPLES
@given(TOLD)
def test_nobody_is_asked_before_the_visitor_is_seen(told: Told) -> None:
    for current, effects in play(*told):
        assert current.visitor_seen or (of(effects, OfferTask), current.agent) == ([], None)


@EXAMPLES
@given(TOLD)
def test_custom_parameters_stay_within_their_bounds(told: Told) -> None:
    assert all(check_custom(current.parameters, "parameters") == () for current, _ in play(*told))


@EXAMPLES
@given(TOLD)
def test_a_session_is_transferred_a_few_times_only_and_never_gives_away_the_slot_that_it_needs(told: Told) -> None:
    for current, effects in play(*told):
        assert current.transfers <= MOST_TRANSFERS
        if current.phase is not Phase.ENDED:
            assert current.contact not in [freed.contact for freed in of(effects, FreeSlot)]


@EXAMPLES
@given(TOLD)
def test_the_customer_hears_of_positions_not_more_often_than_wanted(told: Told) -> None:
    times = [
        (current.transfers, current.last_now)
        for current, effects in play(*told)
        for sent in of(effects, SendToCustomer)
        if sent.event == "position"
    ]

    for (service, earlier), (same, later) in pairwise(times):
        assert service != same or later - earlier >= timedelta(seconds=ANNOUNCE_EVERY)


@EXAMPLES
@given(TOLD)
def test_no_placeholder_reaches_anybody(told: Told) -> None:
    for _, effects in play(*told):
        assert all("$(" not in repr(effect) for effect in effects)


@EXAMPLES
@given(TOLD)
def test_no_empty_message_is_sent(told: Told) -> None:
    for _, effects in play(*told):
        assert all(sent.text and sent.sender for sent in of(effects, SendToCustomer))


@EXAMPLES
@given(TOLD)
def test_one_event_never_fills_a_transaction(told: Told) -> None:
    # Ten agents who are released, whose cards are closed, and a few words to each side.
    assert all(len(effects) <= 45 for _, effects in play(*told))


def test_these_histories_lead_everywhere() -> None:
    """The properties above would be empty if no history ever connected anybody."""
    history: History = [
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
    history: History = [
        (0.0, SessionOpened()),
        (0.0, AgentsReserved("session.1", (MARIO,))),
        (1.0, AgentAccepted(MARIO, "session.1")),
        (1.0, CustomerEnded()),
    ]

    assert all("$(" not in repr(effects) for _, effects in play(of_language, history))


def test_histories_of_workflows_with_everything_lead_through_all_of_it() -> None:
    history: History = [
        (0.0, SessionOpened()),
        (0.0, AvailabilityFound("busy")),
        (0.0, ParametersSet({"topic": "shoes"})),
        (0.0, QueueEntered(1)),
        (60.0, TimerDue("queue_limit")),
        (0.0, MOVES[1]),
        (0.0, MessageLeft("Too late", ())),
    ]
    for contact in EVERYTHING:
        positions = [current.position for current, _ in play(contact, history)]
        assert positions == ["look", "wait", "queue", "queue", "transfer", "look", "look"]
