"""Cards that arrive when the session has moved on: none of them stays open for ever."""

from __future__ import annotations

import pytest

from shared.domain.effects import CloseConversation, CloseInvitation
from tests.workflow.stories import LIMIT, LUISA, MARIO, RING, Story, direct, opened, ringing


def reserved() -> Story:
    """The invitation is on its way; whether it has arrived is not known yet."""
    story = opened()
    story.are_free(MARIO)
    return story


def test_a_card_that_arrives_in_time_stays_open() -> None:
    story = reserved()

    assert story.card_arrives(MARIO, "card") == ()
    assert story.task.invitations[0].card_id == "card"


def test_a_card_that_arrives_after_its_agent_has_accepted_shows_so() -> None:
    story = reserved()
    story.accepts(MARIO)

    assert story.card_arrives(MARIO, "card", "session.1") == (CloseInvitation("mario", "card", "accepted"),)


def test_a_card_that_arrives_after_its_agent_has_declined_shows_so() -> None:
    story = reserved()
    story.declines(MARIO)

    assert story.card_arrives(MARIO, "card", "session.1") == (CloseInvitation("mario", "card", "declined"),)


def test_a_card_that_arrives_after_another_agent_has_accepted_says_who() -> None:
    story = opened()
    story.are_free(MARIO, LUISA)
    story.accepts(LUISA)

    assert story.card_arrives(MARIO, "card", "session.1") == (CloseInvitation("mario", "card", "taken", "Luisa"),)


def test_a_card_that_arrives_after_the_offer_s_end_has_expired() -> None:
    story = reserved()
    story.passes(RING)

    assert story.card_arrives(MARIO, "card", "session.1") == (CloseInvitation("mario", "card", "expired"),)


def test_a_late_card_does_not_take_the_place_of_the_next_round_s() -> None:
    story = reserved()
    story.passes(RING)
    story.are_free(MARIO)
    story.card_arrives(MARIO, "new")

    story.card_arrives(MARIO, "old", "session.1")

    assert [invitation.card_id for invitation in story.task.invitations] == ["new"]


@pytest.mark.parametrize("end", [Story.customer_ends, lambda story: story.passes(LIMIT)], ids=["customer", "limit"])
def test_a_card_that_arrives_after_the_session_s_end_is_withdrawn(end: object) -> None:
    assert callable(end)
    story = reserved()
    end(story)

    assert story.card_arrives(MARIO, "card", "session.1") == (CloseInvitation("mario", "card", "withdrawn"),)


def test_a_card_that_arrives_after_a_direct_conversation_was_declined_is_closed() -> None:
    story = direct()
    story.are_free(MARIO)
    story.declines(MARIO)

    assert [effect.kind for effect in story.card_arrives(MARIO, "card", "session.1")] == ["close_invitation"]


def test_a_conversation_card_that_arrives_after_the_end_is_closed_with_the_reason() -> None:
    story = ringing(MARIO)
    story.accepts(MARIO)
    story.customer_ends()

    assert story.conversation_shown("card") == (
        CloseConversation("mario", "card", "The customer has ended this conversation."),
    )


def test_a_conversation_card_in_time_is_closed_at_the_end() -> None:
    story = ringing(MARIO)
    story.accepts(MARIO)

    assert story.conversation_shown("card") == ()
    assert CloseConversation("mario", "card", "You have ended this conversation.") in story.ends(MARIO)
