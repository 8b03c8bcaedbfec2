"""What holds for waiting, offers, parameters and transfers whatever happens, in whatever order, at whatever time."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given

from shared.domain.effects import (
    FreeSlot,
    OfferTask,
    SendToCustomer,
)
from shared.domain.events import (
    AvailabilityFound,
    MessageLeft,
    ParametersSet,
    QueueEntered,
    SessionOpened,
    TimerDue,
)
from shared.domain.parameters import check_custom
from shared.domain.sessions import Phase, TaskPhase
from shared.workflow.transfers import MOST_TRANSFERS
from tests.workflow.histories import EVERYTHING, MOVES, QUEUED, TOLD, History, Told, play
from tests.workflow.properties import EXAMPLES
from tests.workflow.scenes import ANNOUNCE_EVERY
from tests.workflow.stories import of, session


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
