"""Queue Task: rounds of offers, agents who decline or do not answer, and the queue's limit."""

from __future__ import annotations

import pytest

from shared.domain.effects import CloseInvitation, EnterQueue, OfferTask, ReleaseAgent
from shared.domain.events import AgentFreed, AgentsReserved, DeliveryFailed
from shared.domain.sessions import Phase, TaskPhase
from tests.workflow.stories import LUISA, MARIO, NINE, RING, Story, kinds, of, offers, opened, ringing

# --- declined --------------------------------------------------------------------------------------------------------


def test_an_agent_who_declines_is_released_and_the_next_round_begins_without_him() -> None:
    story = ringing(MARIO)

    effects = story.declines(MARIO)

    assert effects[:2] == (
        ReleaseAgent("mario", "session.1"),
        CloseInvitation("mario", "invitation-mario", "declined"),
    )
    (offer,) = of(effects, OfferTask)
    assert (offer.offer_id, offer.passed_over) == ("session.2", ("mario",))


def test_declining_is_no_reason_to_take_an_agent_out() -> None:
    assert [effect.missed for effect in of(ringing(MARIO).declines(MARIO), ReleaseAgent)] == [False]


def test_the_next_agent_can_accept() -> None:
    story = ringing(MARIO)
    story.declines(MARIO)
    story.are_free(LUISA)

    story.accepts(LUISA)

    assert story.session.agent == LUISA


def test_who_declined_is_asked_again_after_a_minute() -> None:
    story = ringing(MARIO)
    story.declines(MARIO)

    later = [offer for _ in range(8) for offer in of((*story.are_free(), *story.passes(10)), OfferTask)]

    assert [offer.passed_over for offer in later] == [("mario",)] * 5 + [()] * 3


def test_while_others_still_ring_a_refusal_begins_no_new_round() -> None:
    story = ringing(MARIO, LUISA)

    assert kinds(story.declines(MARIO)) == ["release_agent", "close_invitation"]
    assert offers(story.declines(LUISA)) == ["session.2"]


def test_an_invitation_that_could_not_be_delivered_counts_as_declined() -> None:
    story = opened()
    story.are_free(MARIO)

    effects = story.happens(DeliveryFailed("invite_agent", "bot_blocked", "mario", story.offer))

    assert kinds(effects) == ["release_agent", "offer_task"]
    assert of(effects, OfferTask)[0].passed_over == ("mario",)


def test_a_refusal_without_saying_whose_changes_nothing() -> None:
    story = ringing(MARIO)

    assert story.happens(DeliveryFailed("invite_agent", "rejected")) == ()
    assert story.task.phase is TaskPhase.OFFERED


# --- RONA (ringing, no answer) ---------------------------------------------------------------------------------------


def test_an_agent_who_does_not_answer_is_flagged_and_the_next_round_begins() -> None:
    story = ringing(MARIO)

    effects = story.passes(RING)

    assert effects[:2] == (
        ReleaseAgent("mario", "session.1", missed=True),
        CloseInvitation("mario", "invitation-mario", "expired"),
    )
    assert offers(effects) == ["session.2"]
    # The flag keeps him out, not the task's own list.
    assert of(effects, OfferTask)[0].passed_over == ()


def test_who_could_not_be_reached_in_time_has_missed_nothing_and_is_passed_over() -> None:
    story = opened()
    story.are_free(MARIO, LUISA)
    story.card_arrives(LUISA, "card")

    effects = story.passes(RING)

    assert of(effects, ReleaseAgent) == [
        ReleaseAgent("mario", "session.1", missed=False),
        ReleaseAgent("luisa", "session.1", missed=True),
    ]
    assert of(effects, OfferTask)[0].passed_over == ("mario",)


def test_until_the_last_moment_nobody_has_missed_anything() -> None:
    assert ringing(MARIO).passes(RING - 0.001) == ()


def test_an_answer_in_the_very_moment_in_which_the_offer_ends_is_too_late() -> None:
    story = ringing(MARIO)
    offer = story.offer
    story.passes(RING)

    assert story.accepts(MARIO, offer) == ()
    assert story.session.agent is None


def test_an_answer_counts_only_before_the_offer_s_end_even_if_nobody_has_noticed_the_end_yet() -> None:
    story = ringing(MARIO)
    assert story.task.until is not None
    story.now = story.task.until

    assert story.accepts(MARIO) == ()
    assert story.state == (Phase.WAITING, TaskPhase.OFFERED)


# --- nobody is free --------------------------------------------------------------------------------------------------


def test_while_nobody_is_free_the_task_waits_and_is_looked_at_every_ten_seconds() -> None:
    story = opened()

    assert story.are_free() == ()
    assert story.task.phase is TaskPhase.WAITING
    assert story.passes(9.9) == ()
    assert offers(story.passes(0.1)) == ["session.2"]


def test_each_look_puts_the_hint_into_the_queue_again_at_the_task_s_own_place() -> None:
    story = opened()
    story.are_free()

    effects = story.passes(10)

    assert of(effects, EnterQueue) == [EnterQueue(NINE)]


def test_an_agent_who_becomes_free_is_asked_at_once() -> None:
    story = opened()
    story.are_free()

    assert offers(story.happens(AgentFreed())) == ["session.2"]


@pytest.mark.parametrize("story", [opened(), ringing(MARIO)], ids=["offering", "offered"])
def test_a_round_that_goes_on_is_not_disturbed_by_an_agent_who_becomes_free(story: Story) -> None:
    before = story.session

    assert story.happens(AgentFreed()) == ()
    assert story.session == before


def test_a_reservation_that_was_never_answered_is_tried_again_after_eight_seconds() -> None:
    story = opened()

    assert story.passes(7.9) == ()
    assert offers(story.passes(0.1)) == ["session.2"]


def test_agents_reserved_for_an_earlier_round_are_not_invited() -> None:
    story = opened()
    story.passes(8)
    before = story.session

    assert story.happens(AgentsReserved("session.1", (MARIO,))) == ()
    assert story.session == before


def test_agents_reserved_twice_are_invited_once() -> None:
    story = opened()
    offer = story.offer
    story.are_free(MARIO)

    assert story.happens(AgentsReserved(offer, (MARIO,))) == ()


@pytest.mark.parametrize("offer_id", ["session.0", "session.2", "another.1", ""])
def test_an_answer_to_another_offer_changes_nothing(offer_id: str) -> None:
    story = ringing(MARIO)
    before = story.session

    assert story.accepts(MARIO, offer_id or "?") == ()
    assert story.declines(MARIO, offer_id or "?") == ()
    assert story.session == before


def test_an_answer_of_somebody_who_was_not_invited_changes_nothing() -> None:
    story = ringing(MARIO)
    before = story.session

    assert story.accepts(LUISA) == ()
    assert story.declines(LUISA) == ()
    assert story.session == before
