"""Session recovery: when a visitor counts as gone, and what is due when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.parameters import Agent, Customer
from shared.domain.sessions import (
    HEARTBEAT,
    MISSED_HEARTBEATS,
    ChatChannel,
    ContactKind,
    ContactReference,
    Deadline,
    Invitation,
    Phase,
    Session,
    Task,
    TaskPhase,
    VisitorPresence,
    gone_at,
)

NINE = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)
MARIO = Agent("mario", "Mario")


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def session(phase: Phase = Phase.WAITING, *deadlines: Deadline) -> Session:
    return Session(
        id="session",
        tenant_id="lunifico",
        contact=ContactReference(ContactKind.SERVICE, "sales"),
        origin="https://www.lunifico.example",
        customer=Customer("Carla Customer", "carla@example.org"),
        modality="instantMessaging",
        channels=(),
        created_at=NINE,
        last_now=NINE,
        phase=phase,
        deadlines=deadlines,
    )


# --- Session Recovery Timeout in Seconds -----------------------------------------------------------------------------


@pytest.mark.parametrize("timeout", [0, 1, 60, 300, 86_400])
def test_a_page_that_said_good_bye_is_waited_for_as_long_as_the_recovery_timeout(timeout: int) -> None:
    assert gone_at(VisitorPresence(NINE, leaving=True), timeout) == NINE + seconds(timeout)


@pytest.mark.parametrize(("timeout", "waited"), [(0, 90), (89, 90), (90, 90), (300, 300)])
def test_a_page_that_only_fell_silent_gets_at_least_the_time_of_a_missed_heartbeat(timeout: int, waited: int) -> None:
    assert gone_at(VisitorPresence(NINE), timeout) == NINE + seconds(waited)


def test_one_late_heartbeat_is_no_reason_to_give_a_visitor_up() -> None:
    assert MISSED_HEARTBEATS > HEARTBEAT


# --- deadlines -------------------------------------------------------------------------------------------------------


def test_a_deadline_is_due_from_its_time_on_and_not_before() -> None:
    waiting = session().with_deadline("offer", NINE + seconds(10))

    assert waiting.due(NINE + seconds(9.999)) == ()
    assert [deadline.id for deadline in waiting.due(NINE + seconds(10))] == ["offer"]
    assert [deadline.id for deadline in waiting.due(NINE + seconds(999))] == ["offer"]


def test_deadlines_come_due_earliest_first() -> None:
    waiting = session()
    for name, due in (("recovery", 30), ("queue_limit", 20), ("offer", 20)):
        waiting = waiting.with_deadline(name, NINE + seconds(due))

    assert [deadline.id for deadline in waiting.due(NINE + seconds(30))] == ["offer", "queue_limit", "recovery"]


def test_a_deadline_that_is_set_anew_replaces_the_old_one() -> None:
    waiting = session().with_deadline("offer", NINE).with_deadline("offer", NINE + seconds(5))

    assert waiting.deadlines == (Deadline("offer", NINE + seconds(5)),)


def test_a_deadline_is_cancelled_by_being_gone() -> None:
    waiting = session(Phase.WAITING, Deadline("offer", NINE), Deadline("recovery", NINE))

    assert waiting.with_deadline("offer", None).deadlines == (Deadline("recovery", NINE),)
    assert waiting.with_deadline("unknown", None) == waiting


@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 100))), st.integers(0, 100))
def test_of_each_deadline_only_the_last_word_counts(changes: list[tuple[str, int | None]], now: int) -> None:
    changed, expected = session(), dict[str, int]()
    for name, due in changes:
        changed = changed.with_deadline(name, None if due is None else NINE + seconds(due))
        expected.pop(name, None)
        if due is not None:
            expected[name] = due

    due_now = [deadline.id for deadline in changed.due(NINE + seconds(now))]

    assert due_now == sorted((name for name, due in expected.items() if due <= now), key=lambda n: (expected[n], n))


# --- what a session knows of itself ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "reads"),
    [(Phase.OPENED, False), (Phase.WAITING, False), (Phase.CONNECTED, True), (Phase.ENDED, True)],
)
def test_messages_wait_in_the_thread_until_somebody_is_there_to_read_them(phase: Phase, reads: bool) -> None:
    assert session(phase).reads_thread is reads


def test_a_session_has_a_chat_only_after_its_thread_was_planned() -> None:
    chat = ChatChannel("acs", "thread", "visitor", "relay")
    opened = session()

    assert opened.chat is None
    assert Session(**{**opened.__dict__, "channels": (chat,)}).chat == chat


def test_a_task_knows_whom_it_is_offered_to() -> None:
    task = Task(TaskPhase.OFFERED, NINE, invitations=(Invitation(MARIO, "card"),))

    assert task.invitation("mario") == Invitation(MARIO, "card")
    assert task.invitation("luisa") is None
