"""Session Recovery Timeout: a visitor can come back until it is over; then the session ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.events import TimerDue
from shared.domain.sessions import EndReason, Phase, VisitorPresence
from tests.workflow.stories import MARIO, NINE, Story, connected, definition, kinds, opened, ringing

TIMEOUT = 120


def talking() -> Story:
    return connected(definition(recovery_timeout=TIMEOUT))


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def recovery(story: Story) -> list[float]:
    """Seconds from nine o'clock to the next look for the visitor."""
    return [(d.due - NINE).total_seconds() for d in story.session.deadlines if d.id == "recovery"]


def test_a_visitor_who_gives_no_sign_of_life_at_all_is_given_up_after_the_timeout() -> None:
    story = talking()

    assert story.passes(TIMEOUT - 0.1) == ()
    story.passes(0.1)

    assert story.session.end_reason is EndReason.CUSTOMER_GONE


def test_signs_of_life_put_the_look_off() -> None:
    story = talking()
    story.presence = VisitorPresence(NINE + after(100))

    assert story.passes(TIMEOUT) == ()
    assert recovery(story) == [100 + TIMEOUT]


def test_a_visitor_who_keeps_giving_signs_of_life_is_never_given_up() -> None:
    story = talking()

    for _ in range(60):
        story.presence = VisitorPresence(story.now)
        assert story.passes(60) == ()

    assert story.session.phase is Phase.CONNECTED


def test_a_page_that_said_good_bye_ends_the_session_at_the_timeout_exactly() -> None:
    story = talking()
    story.passes(60)
    story.presence = VisitorPresence(story.now, leaving=True)
    story.passes(TIMEOUT - 0.1)
    assert story.session.phase is Phase.CONNECTED

    story.passes(0.1)

    assert story.session.end_reason is EndReason.CUSTOMER_GONE
    assert story.session.ended_at == NINE + after(60 + TIMEOUT)


def test_a_page_that_comes_back_in_time_goes_on() -> None:
    story = talking()
    story.presence = VisitorPresence(NINE, leaving=True)
    story.passes(TIMEOUT - 1)
    story.presence = VisitorPresence(story.now)

    assert story.passes(60) == ()
    assert story.session.phase is Phase.CONNECTED


def test_without_recovery_a_good_bye_ends_the_session_at_once() -> None:
    story = connected(definition(recovery_timeout=0))
    story.presence = VisitorPresence(NINE, leaving=True)

    story.happens(TimerDue("recovery", story.presence))

    assert story.session.end_reason is EndReason.CUSTOMER_GONE


def test_without_recovery_a_silent_page_still_gets_the_time_of_a_missed_heartbeat() -> None:
    story = connected(definition(recovery_timeout=0))
    story.presence = VisitorPresence(NINE)

    assert story.passes(89.9) == ()
    story.passes(0.1)

    assert story.session.end_reason is EndReason.CUSTOMER_GONE


def test_a_look_before_its_time_finds_the_visitor_there() -> None:
    story = talking()
    story.passes(10)

    assert story.happens(TimerDue("recovery", VisitorPresence(story.now))) == ()
    assert recovery(story) == [10 + TIMEOUT]


@pytest.mark.parametrize("waiting", [opened, lambda of: ringing(MARIO, of=of)], ids=["offering", "offered"])
def test_a_visitor_who_leaves_the_queue_frees_whoever_rings(waiting: object) -> None:
    assert callable(waiting)
    story: Story = waiting(definition(recovery_timeout=20))
    story.presence = VisitorPresence(NINE, leaving=True)
    story.now += after(20)

    effects = story.happens(TimerDue("recovery", story.presence))

    assert story.session.end_reason is EndReason.CUSTOMER_GONE
    assert "leave_queue" in kinds(effects)
    assert story.task.invitations == ()


def test_nobody_looks_for_the_visitor_of_an_ended_session() -> None:
    story = talking()
    story.customer_ends()

    assert story.happens(TimerDue("recovery")) == ()
    assert [deadline.id for deadline in story.session.deadlines] == ["close"]
