"""What holds for the engine whatever happens, in whatever order, at whatever time."""

from __future__ import annotations

import pytest
from hypothesis import given

from shared.domain.effects import (
    ClaimAgent,
    CloseMessaging,
    OfferTask,
    RecordHistory,
    SendToCustomer,
)
from shared.domain.events import (
    AgentAccepted,
    AgentEnded,
    AgentsReserved,
    CustomerEnded,
    SessionOpened,
    TimerDue,
)
from shared.domain.sessions import Phase, TaskPhase
from shared.domain.system_messages import BUILT_IN
from tests.workflow.histories import SERVICE, TOLD, History, Told, play
from tests.workflow.properties import EXAMPLES
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
