"""Interact for users: the conversation goes directly to one user, without a service."""

from __future__ import annotations

import pytest

from shared.domain.effects import CloseInvitation, OfferTask, ReleaseAgent
from shared.domain.events import AgentsReserved, DeliveryFailed
from shared.domain.sessions import EndReason, Phase, TaskPhase
from shared.workflow.direct import DIRECT_RING_SECONDS, DIRECT_WORKFLOW
from shared.workflow.lint import lint
from tests.workflow.stories import MARIO, Story, definition, direct, kinds, of, offers, texts

NOBODY = "Nobody can answer at the moment. Please try again later."


def rings_at_mario() -> Story:
    story = direct()
    story.are_free(MARIO)
    story.card_arrives(MARIO, "card")
    return story


def test_a_direct_conversation_rings_at_once_and_promises_no_colleague() -> None:
    story = direct()

    assert kinds(story.told) == ["enter_queue", "offer_task"]
    assert of(story.told, OfferTask)[0].ring_seconds == DIRECT_RING_SECONDS


def test_the_user_accepts_and_both_talk() -> None:
    story = rings_at_mario()

    effects = story.accepts(MARIO)

    assert story.state == (Phase.CONNECTED, TaskPhase.CONNECTED)
    assert texts(effects) == ["You are now connected with Mario."]
    assert kinds(story.customer_writes("Hello")) == ["relay_to_agent"]
    assert texts(story.writes(MARIO, "Hello Otto")) == ["Hello Otto"]


def test_a_user_who_declines_ends_it_and_the_customer_is_told() -> None:
    story = rings_at_mario()

    effects = story.declines(MARIO)

    assert story.session.end_reason is EndReason.DECLINED
    assert texts(effects) == [NOBODY]
    assert of(effects, CloseInvitation) == [CloseInvitation("mario", "card", "declined")]
    assert offers(effects) == []


def test_a_user_who_does_not_answer_within_two_minutes_has_missed_it() -> None:
    story = rings_at_mario()

    assert story.passes(DIRECT_RING_SECONDS - 0.1) == ()
    effects = story.passes(0.1)

    assert story.session.end_reason is EndReason.DECLINED
    assert of(effects, ReleaseAgent) == [ReleaseAgent("mario", "session.1", missed=True)]
    assert of(effects, CloseInvitation) == [CloseInvitation("mario", "card", "expired")]
    assert texts(effects) == [NOBODY]


def test_a_user_who_is_not_free_or_has_never_registered_declines_at_once() -> None:
    story = direct()

    effects = story.are_free()

    assert story.session.end_reason is EndReason.DECLINED
    assert texts(effects) == [NOBODY]
    assert kinds(effects) == ["leave_queue", "send_to_customer", "record_history", "free_slot", "announce_state"]


def asked_by_another(story: Story) -> AgentsReserved:
    return AgentsReserved(story.offer or "", (), ((MARIO.id, "ringing"),))


def test_a_user_who_is_asked_by_somebody_else_just_now_is_waited_for() -> None:
    story = direct()
    assert story.happens(asked_by_another(story)) == ()
    assert story.state == (Phase.WAITING, TaskPhase.WAITING)

    effects = story.passes(10)
    assert kinds(effects) == ["enter_queue", "offer_task"]
    story.are_free(MARIO)
    story.card_arrives(MARIO, "card")
    story.accepts(MARIO)
    assert story.state == (Phase.CONNECTED, TaskPhase.CONNECTED)


def test_it_is_waited_for_no_longer_than_the_limit() -> None:
    story = direct()
    for _ in range(DIRECT_RING_SECONDS // 10 + 3):
        if story.session.phase is Phase.WAITING and story.offer:
            story.happens(asked_by_another(story))
        story.passes(10)

    assert story.session.end_reason is EndReason.DECLINED


def test_a_user_whom_the_bot_cannot_reach_declines() -> None:
    story = direct()
    story.are_free(MARIO)

    story.happens(DeliveryFailed("invite_agent", "bot_blocked", "mario", story.offer))

    assert story.session.end_reason is EndReason.DECLINED


def test_a_reservation_without_an_answer_is_repeated_until_the_limit_which_declines() -> None:
    story = direct()

    story.passes(DIRECT_RING_SECONDS)
    assert story.session.phase is Phase.WAITING
    story.passes(30)

    assert story.session.end_reason is EndReason.DECLINED
    assert story.said == [NOBODY]


def test_the_customer_is_told_once_that_it_was_declined() -> None:
    story = rings_at_mario()
    story.declines(MARIO)
    story.declines(MARIO, "session.1")
    story.passes(500)

    assert story.said == [NOBODY]


@pytest.mark.parametrize("language", ["en", "de"])
def test_direct_conversations_speak_the_visitor_s_language(language: str) -> None:
    story = direct(definition(DIRECT_WORKFLOW, language=language))
    story.are_free()

    assert story.said == [{"en": NOBODY}.get(language) or story.definition.wording.texts.declined]
    assert ("später" in story.said[0]) is (language == "de")


def test_the_built_in_workflow_keeps_the_rules_of_all_workflows() -> None:
    assert lint(DIRECT_WORKFLOW) == ()
