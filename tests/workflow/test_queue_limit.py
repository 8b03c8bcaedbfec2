"""The queue's limit: the task is cancelled, the customer hears that we are sorry, and nobody rings any more."""

from __future__ import annotations

from shared.domain.effects import CloseInvitation, LeaveQueue, ReleaseAgent
from shared.domain.events import AgentFreed, AgentsReserved
from shared.domain.sessions import EndReason, Phase, TaskPhase
from tests.workflow.stories import LIMIT, MARIO, NINE, SORRY, Story, kinds, of, offers, opened, ringing, texts


def nobody_for(seconds: float) -> Story:
    """Carla waits, and nobody is free whenever somebody looks."""
    story = opened()
    story.are_free()
    for _ in range(int(seconds / 10)):
        if offers(story.passes(10)):
            story.are_free()
    return story


def test_at_the_limit_the_task_is_cancelled_and_the_customer_hears_that_we_are_sorry() -> None:
    story = nobody_for(LIMIT - 10)
    before = story.session

    effects = story.passes(10)

    assert before.phase is Phase.WAITING
    assert story.session.end_reason is EndReason.WORKFLOW
    assert story.state == (Phase.ENDED, TaskPhase.CANCELLED)
    assert texts(effects)[-2:] == ["Sorry, nobody is available at the moment. Please try again later.", SORRY]
    assert of(effects, LeaveQueue) == [LeaveQueue(NINE)]
    assert kinds(effects)[-3:] == ["record_history", "free_slot", "announce_state"]


def test_the_queue_is_left_exactly_once() -> None:
    story = nobody_for(LIMIT)

    assert len(of(story.told, LeaveQueue)) == 1


def test_an_offer_that_is_open_at_the_limit_is_withdrawn_and_nobody_has_missed_it() -> None:
    story = nobody_for(LIMIT - 10)
    story.happens(AgentFreed())
    story.are_free(MARIO)
    story.card_arrives(MARIO, "card")

    effects = story.passes(10)

    assert of(effects, ReleaseAgent) == [ReleaseAgent("mario", story_offer(story), missed=False)]
    assert of(effects, CloseInvitation) == [CloseInvitation("mario", "card", "withdrawn")]
    assert story.session.phase is Phase.ENDED


def story_offer(story: Story) -> str:
    """The id of the last offer, which an ended task has forgotten."""
    return offers(story.told)[-1]


def test_a_task_that_left_the_queue_is_offered_to_nobody() -> None:
    story = nobody_for(LIMIT)

    assert story.happens(AgentFreed()) == ()
    assert story.happens(AgentsReserved(story_offer(story), (MARIO,))) == ()
    assert offers(story.passes(100)) == []


def test_accepting_after_the_limit_is_too_late() -> None:
    story = ringing(MARIO)
    story.passes(LIMIT)

    assert story.accepts(MARIO, "session.1") == ()
    assert story.session.agent is None
