"""Every way in which a session ends: each side is told once, the agent is free, messaging closes a little later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from shared.domain.effects import (
    CloseConversation,
    CloseInvitation,
    CloseMessaging,
    FreeAgent,
    LeaveQueue,
    NotifyAgent,
    ReadThread,
    RecordHistory,
    ReleaseAgent,
    SendToCustomer,
)
from shared.domain.events import AgentFreed, CustomerEnded, CustomerMessageReceived, SessionOpened, TimerDue
from shared.domain.sessions import EndReason, Phase
from tests.workflow.endings import ENDINGS, at_the_limit, gone, ways
from tests.workflow.stories import LUISA, MARIO, NINE, Story, connected, definition, kinds, of, opened, ringing, texts

LEFT = "The instant message session has ended. Carla Customer has left."
GRACE = 30


# --- the ways --------------------------------------------------------------------------------------------------------


def test_the_agent_ends() -> None:
    story = connected()

    effects = story.ends(MARIO)

    assert story.session.end_reason is EndReason.AGENT
    assert story.session.ended_at == NINE
    assert effects[0] == SendToCustomer("Mario has ended the conversation.", "Lunifico Sales", "system", "ended")
    assert effects[1] == FreeAgent("mario")
    assert effects[2] == CloseConversation("mario", "conversation", "You have ended this conversation.")
    assert kinds(effects[3:]) == ["record_history", "free_slot", "announce_state", "read_thread"]


def test_the_customer_ends_and_the_agent_is_told() -> None:
    story = connected()

    effects = story.customer_ends()

    assert story.session.end_reason is EndReason.CUSTOMER
    assert effects[:3] == (
        FreeAgent("mario"),
        NotifyAgent("mario", LEFT),
        CloseConversation("mario", "conversation", "The customer has ended this conversation."),
    )
    assert texts(effects) == []


def test_the_customer_is_gone_and_the_agent_is_told() -> None:
    story = connected()
    gone(story)

    assert story.session.end_reason is EndReason.CUSTOMER_GONE
    assert of(story.told, NotifyAgent) == [NotifyAgent("mario", LEFT)]
    assert of(story.told, CloseConversation)[0].text == "The customer has left this conversation."


def test_the_customer_ends_while_it_rings_and_the_invitation_is_withdrawn() -> None:
    story = ringing(MARIO)

    effects = story.customer_ends()

    assert effects[:3] == (
        ReleaseAgent("mario", "session.1"),
        CloseInvitation("mario", "invitation-mario", "withdrawn"),
        LeaveQueue(NINE),
    )
    assert of(effects, FreeAgent) == []


def test_the_customer_ends_before_anything_has_begun_and_nothing_begins_any_more() -> None:
    story = Story()

    assert kinds(story.customer_ends()) == ["record_history", "free_slot", "announce_state"]
    assert story.happens(SessionOpened()) == ()


def test_only_the_agent_of_the_conversation_can_end_it() -> None:
    story = connected()

    assert story.ends(LUISA) == ()
    assert story.session.phase is Phase.CONNECTED


def test_an_agent_who_only_rings_cannot_end() -> None:
    story = ringing(MARIO)

    assert story.ends(MARIO) == ()
    assert story.session.phase is Phase.WAITING


# --- what all of them have in common ---------------------------------------------------------------------------------


@ways
def test_an_ended_session_is_recorded_once_and_only_closing_is_left_to_do(way: Callable[[], Story]) -> None:
    story = way()

    assert story.session.phase is Phase.ENDED
    assert len(of(story.told, RecordHistory)) == 1
    assert [deadline.id for deadline in story.session.deadlines] == ["close"]
    assert story.session.position is None


@ways
def test_after_half_a_minute_messaging_is_closed_and_nothing_is_due_any_more(way: Callable[[], Story]) -> None:
    story = way()
    assert story.session.ended_at is not None
    story.now = story.session.ended_at

    assert story.passes(GRACE - 0.1) == ()
    assert story.passes(0.1) == (CloseMessaging(), ReadThread())
    assert story.session.deadlines == ()
    assert story.passes(86_400) == ()


@ways
def test_ending_an_ended_session_changes_nothing(way: Callable[[], Story]) -> None:
    story = way()
    before = story.session

    effects = (*story.happens(CustomerEnded()), *story.ends(MARIO), *story.happens(AgentFreed()))

    assert effects == ()
    assert story.session == before


@ways
def test_a_message_after_the_end_is_answered_that_it_was_not_delivered(way: Callable[[], Story]) -> None:
    story = way()

    effects = story.customer_writes("One more thing")

    assert of(effects, SendToCustomer) == [
        SendToCustomer(
            "This conversation has ended. Your last message was not delivered.",
            "Lunifico Sales",
            "system",
            "undelivered",
        )
    ]
    assert len(effects) == 1


def test_what_the_customer_wrote_while_waiting_is_answered_by_the_farewell_and_not_once_more() -> None:
    story = at_the_limit()
    before, after = story.now - timedelta(seconds=1), story.now + timedelta(seconds=1)

    assert story.happens(CustomerMessageReceived("message-1", "Hello?", before)) == ()
    assert len(story.happens(CustomerMessageReceived("message-2", "Hello?", after))) == 1


def test_what_the_customer_wrote_in_a_conversation_and_nobody_read_is_answered() -> None:
    story = ENDINGS["the agent ends"]()

    assert len(story.happens(CustomerMessageReceived("message", "Wait", story.now - timedelta(seconds=1)))) == 1


@ways
def test_a_message_of_the_agent_after_the_end_goes_nowhere(way: Callable[[], Story]) -> None:
    assert way().writes(MARIO, "Hello?") == ()


@ways
def test_nobody_can_accept_after_the_end(way: Callable[[], Story]) -> None:
    story = way()
    before = story.session

    assert story.accepts(LUISA, "session.1") == ()
    assert story.session == before


def test_the_notice_after_the_end_is_in_the_session_s_language() -> None:
    story = connected(definition(language="de"))
    story.ends(MARIO)

    assert texts(story.customer_writes("Noch etwas")) == [
        "Diese Unterhaltung ist beendet. Ihre letzte Nachricht wurde nicht zugestellt."
    ]


def test_messages_that_were_on_their_way_when_it_ended_are_read_and_answered() -> None:
    assert connected().ends(MARIO)[-1].kind == "read_thread"
    assert "read_thread" not in kinds(opened().customer_ends())


def test_a_closing_that_comes_too_early_does_nothing() -> None:
    story = connected()

    assert story.happens(TimerDue("close")) == ()
    story.customer_ends()
    assert story.happens(TimerDue("close")) == ()
    assert [deadline.id for deadline in story.session.deadlines] == ["close"]
