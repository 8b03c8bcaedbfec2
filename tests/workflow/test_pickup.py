"""Pickup: the task waits on a list, and is connected with whoever takes it in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.distribution import Distribution
from shared.domain.effects import ClaimAgent, Effect, EnterQueue, LeaveQueue, OfferTask
from shared.domain.events import AgentFreed, AgentPickedUp, VisitorSeen
from shared.domain.sessions import Phase, TaskPhase
from tests.workflow.scenes import by
from tests.workflow.stories import LUISA, MARIO, NINE, Story, definition, kinds, of, opened, session

SOON = NINE + timedelta(seconds=8)


def on_the_list() -> Story:
    return opened(definition(by(Distribution.PICKUP)))


def picks_up(story: Story, *, until: timedelta = timedelta(seconds=8)) -> tuple[Effect, ...]:
    return story.happens(AgentPickedUp(MARIO, "session.pickup.mario", story.now + until))


def test_nobody_is_asked_however_long_it_waits() -> None:
    story = on_the_list()
    story.passes(50)
    story.happens(AgentFreed())

    assert of(story.told, OfferTask) == []
    assert story.state == (Phase.WAITING, TaskPhase.WAITING)
    assert len(of(story.told, EnterQueue)) == 7, "the hint is inserted again and again"


def test_who_picks_it_up_is_connected() -> None:
    story = on_the_list()

    effects = picks_up(story)

    assert (story.state, story.session.agent) == ((Phase.CONNECTED, TaskPhase.CONNECTED), MARIO)
    assert effects[0] == ClaimAgent("mario", "session.pickup.mario")
    assert of(effects, LeaveQueue) == [LeaveQueue(NINE)]
    assert kinds(effects)[-1] == "read_thread"
    assert {deadline.id for deadline in story.session.deadlines} == {"recovery"}


def test_whoever_is_slower_changes_nothing() -> None:
    story = on_the_list()
    picks_up(story)

    assert story.happens(AgentPickedUp(LUISA, "session.pickup.luisa", SOON)) == ()
    assert story.session.agent == MARIO


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=-5)])
def test_who_is_kept_free_no_longer_comes_too_late(late: timedelta) -> None:
    story = on_the_list()

    assert picks_up(story, until=late) == ()
    assert story.session.agent is None


def test_a_task_that_is_offered_to_agents_cannot_be_picked_up() -> None:
    story = opened()
    story.are_free()

    assert picks_up(story) == ()


def test_a_task_without_a_person_on_the_other_side_cannot_be_picked_up() -> None:
    story = Story(replace(session(), visitor_seen=False), definition(by(Distribution.PICKUP)))
    story.opens()
    assert picks_up(story) == ()

    story.happens(VisitorSeen())
    picks_up(story)

    assert story.session.agent == MARIO


def test_at_the_limit_it_is_on_the_list_no_more() -> None:
    story = on_the_list()
    story.passes(60)

    assert picks_up(story) == ()
    assert story.session.phase is Phase.ENDED
