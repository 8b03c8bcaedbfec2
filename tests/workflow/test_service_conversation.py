"""Instant Messaging for services: from the customer's first message to an agent who answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.effects import ClaimAgent, InviteAgent, OfferTask, RelayToAgent, SendToCustomer, ShowConversation
from shared.domain.events import AgentFreed, SessionOpened
from shared.domain.sessions import Phase, TaskPhase
from tests.workflow.stories import (
    LIMIT,
    LUISA,
    MARIO,
    NINE,
    RECOVERY,
    RING,
    Story,
    connected,
    definition,
    kinds,
    of,
    opened,
    ringing,
    texts,
)


def test_before_the_session_is_opened_nothing_has_begun() -> None:
    story = Story()

    assert story.session.phase is Phase.OPENED
    assert story.passes(LIMIT) == ()


def test_accept_message_and_queue_follow_each_other_at_once() -> None:
    story = Story()

    effects = story.opens()

    assert kinds(effects) == ["send_to_customer", "enter_queue", "send_to_customer", "offer_task"]
    assert texts(effects) == [
        "Welcome, Carla Customer!",
        "Thank you, Carla Customer. A colleague will be with you shortly.",
    ]
    assert story.state == (Phase.WAITING, TaskPhase.OFFERING)
    assert story.session.position == "queue"


def test_the_session_opens_once() -> None:
    story = opened()
    before = story.session

    assert story.happens(SessionOpened()) == ()
    assert story.session == before


def test_an_offer_says_how_agents_are_asked_and_until_when() -> None:
    (offer,) = of(opened().told, OfferTask)

    assert offer.offer_id == "session.1"
    assert (offer.distribution, offer.ring_seconds, offer.passed_over) == ("direct", RING, ())
    assert offer.until == NINE + timedelta(seconds=8)


def test_who_is_free_is_invited_with_the_system_message() -> None:
    story = opened()

    effects = story.are_free(MARIO)

    assert effects == (InviteAgent(MARIO, "session.1", "You have a new incoming instant message from Carla Customer"),)
    assert story.state == (Phase.WAITING, TaskPhase.OFFERED)


def test_an_agent_who_accepts_is_connected() -> None:
    story = ringing(MARIO)

    effects = story.accepts(MARIO)

    assert story.state == (Phase.CONNECTED, TaskPhase.CONNECTED)
    assert story.session.agent == MARIO
    assert kinds(effects) == [
        "claim_agent",
        "show_conversation",
        "send_to_customer",
        "close_invitation",
        "leave_queue",
        "announce_state",
        "read_thread",
    ]
    assert texts(effects) == ["You are now connected with Mario."]


def test_what_the_customer_wrote_while_waiting_is_read_last_of_all() -> None:
    assert ringing(MARIO).accepts(MARIO)[-1].kind == "read_thread"


def test_the_agent_sees_how_to_end() -> None:
    (shown,) = of(ringing(MARIO).accepts(MARIO), ShowConversation)

    assert shown.end_question == "Do you want to end the instant message session with Carla Customer?"


def test_accepting_stops_the_offer_and_the_queue_s_limit_but_not_the_watch_for_the_visitor() -> None:
    assert [deadline.id for deadline in connected().session.deadlines] == ["recovery"]


def test_messages_go_both_ways_in_their_order() -> None:
    story = connected()

    effects = (
        *story.customer_writes("Do you deliver to Basel?"),
        *story.customer_writes("By Friday?"),
        *story.writes(MARIO, "Yes."),
    )

    assert effects == (
        RelayToAgent("mario", "Do you deliver to Basel?"),
        RelayToAgent("mario", "By Friday?"),
        SendToCustomer("Yes.", "Mario", "agent"),
    )


def test_messages_are_passed_on_as_they_were_typed() -> None:
    story = connected()
    typed = " $(Customer.Email) <b>\n$(User.Upn) "

    assert story.customer_writes(typed) == (RelayToAgent("mario", typed),)
    assert texts(story.writes(MARIO, typed)) == [typed]


@pytest.mark.parametrize("story", [Story(), opened(), ringing(MARIO)], ids=["opened", "offering", "offered"])
def test_a_message_before_somebody_accepts_stays_in_the_thread(story: Story) -> None:
    assert story.customer_writes("Hello?") == ()


def test_a_message_of_an_agent_who_is_not_in_the_conversation_goes_nowhere() -> None:
    assert connected().writes(LUISA, "I can help, too") == ()


def test_a_message_of_an_agent_who_only_rings_goes_nowhere() -> None:
    assert ringing(MARIO).writes(MARIO, "Hello") == ()


def test_of_several_invited_agents_the_first_to_accept_wins_and_the_others_are_told() -> None:
    story = ringing(MARIO, LUISA)

    effects = story.accepts(LUISA)

    closed = [(e.agent_id, e.outcome, e.taken_by) for e in effects if e.kind == "close_invitation"]
    assert closed == [("mario", "taken", "Luisa"), ("luisa", "accepted", None)]
    assert [(e.agent_id, e.missed) for e in effects if e.kind == "release_agent"] == [("mario", False)]
    assert story.accepts(MARIO, "session.1") == ()
    assert story.session.agent == LUISA


def test_accepting_twice_changes_nothing() -> None:
    story = connected()
    before = story.session

    assert story.accepts(MARIO, "session.1") == ()
    assert story.session == before


def test_a_task_can_be_accepted_before_the_card_is_known_to_have_arrived() -> None:
    story = opened()
    story.are_free(MARIO)

    effects = story.accepts(MARIO)

    assert story.session.agent == MARIO
    assert "close_invitation" not in kinds(effects)
    assert len(of(effects, ClaimAgent)) == 1


def test_a_conversation_may_last_longer_than_the_queue_s_limit() -> None:
    story = connected(definition(recovery_timeout=86_400))

    assert story.passes(10 * LIMIT) == ()
    assert story.session.phase is Phase.CONNECTED


def test_an_agent_who_becomes_free_does_not_disturb_a_conversation() -> None:
    assert connected().happens(AgentFreed()) == ()


def test_the_visitor_is_given_up_long_after_the_queue_in_these_stories() -> None:
    assert RECOVERY > LIMIT
