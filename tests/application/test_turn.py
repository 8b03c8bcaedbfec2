"""Taking over what the thread holds: each message of the customer once, in order, and none of our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application import turn
from shared.application.occasions import Nudge
from shared.domain.effects import Effect, RelayToAgent, SendToCustomer
from shared.domain.events import (
    AgentMessageReceived,
    AgentsReserved,
    CustomerMessageReceived,
    DeliveryFailed,
    SessionOpened,
    TimerDue,
)
from shared.domain.parameters import Agent
from shared.domain.sessions import Phase, Session, VisitorPresence
from shared.ports import Cursor, PendingEffect, RelayState, SessionRecord, ThreadMessage
from tests.workflow.stories import MARIO, NINE, Story, connected, opened


def message(
    number: int, text: str = "", sender: str = "visitor", client_id: str = "", *, is_text: bool = True
) -> ThreadMessage:
    return ThreadMessage(
        id=f"message-{number}",
        sequence=number,
        sender_id=sender,
        text=text or f"text {number}",
        created_on=NINE + timedelta(seconds=number),
        metadata={"clientMessageId": client_id} if client_id else {},
        is_text=is_text,
    )


def nudge(message_id: str, seconds: float) -> Nudge:
    return Nudge(message_id, NINE + timedelta(seconds=seconds), "lunifico")


def draft(story: Story | None = None, relay: RelayState | None = None) -> turn.Draft:
    told = story or connected()
    return turn.Draft(told.session, told.definition, relay or RelayState())


def record(session: Session, presence: VisitorPresence | None = None) -> SessionRecord:
    return SessionRecord(session, connected().definition, RelayState(), "hash", "1", presence=presence)


def relayed(taken: turn.Draft) -> list[str]:
    return [pending.effect.text for pending in taken.add if isinstance(pending.effect, RelayToAgent)]


# --- whose messages --------------------------------------------------------------------------------------------------


def test_the_customer_s_messages_go_to_the_agent_in_the_thread_s_order() -> None:
    taken = turn.take_messages(draft(), [message(1, "one"), message(2, "two")], NINE)

    assert taken.add == (
        PendingEffect(1, RelayToAgent("mario", "one")),
        PendingEffect(2, RelayToAgent("mario", "two")),
    )


def test_our_own_messages_are_passed_by() -> None:
    taken = turn.take_messages(
        draft(), [message(1, sender="relay"), message(2, "two"), message(3, sender="relay")], NINE
    )

    assert relayed(taken) == ["two"]
    assert taken.relay.cursor == Cursor(3, NINE + timedelta(seconds=3))


def test_what_is_no_text_is_passed_by() -> None:
    taken = turn.take_messages(draft(), [message(1, is_text=False), message(2, "two")], NINE)

    assert relayed(taken) == ["two"]
    assert taken.relay.recent == ("message-2",)


def test_nothing_new_changes_nothing() -> None:
    before = draft()

    assert turn.take_messages(before, [], NINE) == before


def test_the_cursor_stands_after_the_last_message() -> None:
    taken = turn.take_messages(draft(), [message(7), message(9)], NINE)

    assert taken.relay.cursor == Cursor(9, NINE + timedelta(seconds=9))


def test_a_client_id_that_is_too_long_to_be_remembered_is_none() -> None:
    fits, too_long = "x" * turn.CLIENT_ID, "x" * (turn.CLIENT_ID + 1)
    there = [message(1, "one", client_id=fits), message(2, "two", client_id=too_long)]

    taken = turn.take_messages(draft(), [*there, message(3, "two", client_id=too_long)], NINE)

    assert relayed(taken) == ["one", "two", "two"]
    assert taken.relay.recent_client_ids == (fits,)


# --- each once -------------------------------------------------------------------------------------------------------


def test_a_message_that_the_page_sent_twice_counts_once() -> None:
    twice = [message(1, "one", client_id="a"), message(2, "one", client_id="a"), message(3, "two", client_id="b")]

    assert relayed(turn.take_messages(draft(), twice, NINE)) == ["one", "two"]


def test_a_message_that_was_sent_again_a_turn_later_counts_once() -> None:
    first = turn.take_messages(draft(), [message(1, "one", client_id="a")], NINE)

    second = turn.take_messages(replace(first, add=()), [message(2, "one", client_id="a")], NINE)

    assert relayed(second) == []
    assert second.relay.cursor.sequence == 2


def test_the_same_words_twice_are_two_messages() -> None:
    same = [message(1, "yes", client_id="a"), message(2, "yes", client_id="b"), message(3, "yes"), message(4, "yes")]

    assert relayed(turn.take_messages(draft(), same, NINE)) == ["yes"] * 4


def test_the_last_64_ids_are_remembered() -> None:
    taken = draft()
    for number in range(1, 100):
        taken = turn.take_messages(taken, [message(number, client_id=f"c{number}")], NINE)

    assert taken.relay.recent == tuple(f"message-{number}" for number in range(36, 100))
    assert taken.relay.recent_client_ids == tuple(f"c{number}" for number in range(36, 100))


# --- after the end ---------------------------------------------------------------------------------------------------


def test_a_message_after_the_end_is_answered_not_relayed() -> None:
    story = connected()
    story.customer_ends()

    effects: list[Effect] = [pending.effect for pending in turn.take_messages(draft(story), [message(1)], NINE).add]

    assert [type(effect) for effect in effects] == [SendToCustomer]


def test_messages_of_a_customer_whom_nobody_accepted_were_answered_by_the_end_itself() -> None:
    story = opened()
    story.passes(5)
    story.customer_ends()

    taken = turn.take_messages(draft(story), [message(number) for number in (1, 5, 6)], NINE)

    assert [type(pending.effect) for pending in taken.add] == [SendToCustomer]
    assert taken.relay.cursor.sequence == 6
    assert taken.relay.recent == ("message-1", "message-5", "message-6")


# --- not too many at once --------------------------------------------------------------------------------------------


def test_more_messages_than_fit_are_left_for_the_next_turn() -> None:
    many = [message(number) for number in range(1, turn.AT_ONCE + 11)]

    taken = turn.take_messages(draft(), many, NINE)

    assert len(relayed(taken)) == turn.AT_ONCE
    assert taken.relay.nudged
    assert taken.relay.cursor.sequence == turn.AT_ONCE


def test_more_text_than_fits_into_one_transaction_is_left_for_the_next_turn() -> None:
    taken = turn.take_messages(draft(), [message(number, "ä" * 7_000) for number in range(1, 31)], NINE)
    control = turn.take_messages(draft(), [message(number, "\x01" * 7_000) for number in range(1, 31)], NINE)

    assert len(relayed(taken)) == turn.AT_ONCE
    assert len(relayed(control)) == turn.BYTES_AT_ONCE // (6 * 7_000 + 2)
    assert control.relay.nudged


def test_one_message_is_taken_however_long_it_is() -> None:
    taken = turn.take_messages(draft(), [message(1, "x" * 2 * turn.BYTES_AT_ONCE), message(2)], NINE)

    assert len(relayed(taken)) == 1
    assert taken.relay.nudged


def test_exactly_as_many_messages_as_fit_leave_nothing_behind() -> None:
    many = [message(number) for number in range(1, turn.AT_ONCE + 1)]

    assert not turn.take_messages(draft(), many, NINE).relay.nudged


def test_our_own_messages_do_not_count_against_the_limit() -> None:
    many = [message(n, sender="relay" if n % 2 else "visitor") for n in range(1, 2 * turn.AT_ONCE + 1)]

    taken = turn.take_messages(draft(), many, NINE)

    assert len(relayed(taken)) == turn.AT_ONCE
    assert not taken.relay.nudged


# --- numbers and the timeline ----------------------------------------------------------------------------------------


def test_effects_are_numbered_without_gaps_over_events_and_turns() -> None:
    first = turn.apply(draft(opened(), RelayState(next_effect=7)), [AgentsReserved("session.1", (MARIO,))], NINE)
    second = turn.apply(first, [TimerDue("recovery", VisitorPresence(NINE - timedelta(days=1), leaving=True))], NINE)

    assert [pending.number for pending in second.add] == list(range(7, 7 + len(second.add)))
    assert second.relay.next_effect == 7 + len(second.add)


def test_the_timeline_names_who_was_left_out_and_why() -> None:
    event = AgentsReserved("session.1", (MARIO,), (("luisa", "off_duty"),))

    (entry,) = turn.apply(draft(opened()), [event], NINE).timeline

    assert (entry.at, entry.what) == (NINE, "AgentsReserved")
    assert entry.details == {"offer_id": "session.1", "agents": ["mario"], "left_out": [["luisa", "off_duty"]]}


@pytest.mark.parametrize(
    "event",
    [CustomerMessageReceived("message", "secret"), AgentMessageReceived("mario", "secret")],
    ids=["customer", "agent"],
)
def test_no_message_is_in_the_timeline(event: CustomerMessageReceived | AgentMessageReceived) -> None:
    assert turn.apply(draft(), [event], NINE).timeline == ()


def test_a_timer_that_brought_nothing_is_not_in_the_timeline() -> None:
    assert turn.apply(draft(), [TimerDue("recovery", VisitorPresence(NINE))], NINE).timeline == ()


def test_the_timeline_holds_names_of_reasons_and_no_names_of_people() -> None:
    failed = DeliveryFailed("invite_agent", "bot_blocked", "mario", "session.1")

    (entry,) = turn.apply(draft(opened()), [failed], NINE).timeline

    assert entry.details == {
        "effect": "invite_agent",
        "reason": "bot_blocked",
        "agent_id": "mario",
        "offer_id": "session.1",
    }
    assert "Mario" not in repr(entry)


# --- what time has brought -------------------------------------------------------------------------------------------


def test_a_session_opens_as_soon_as_its_thread_exists() -> None:
    session = Story().session

    assert turn.due_events(record(session), NINE) == [SessionOpened()]


def test_without_a_thread_there_is_nothing_to_open() -> None:
    session = Story().session
    assert session.chat is not None

    planned = replace(session, channels=(replace(session.chat, thread_id=""),))

    assert turn.due_events(record(planned), NINE) == []
    assert turn.due_events(record(replace(session, channels=())), NINE) == []


def test_a_session_that_has_got_no_thread_after_ten_minutes_is_given_up() -> None:
    abandoned = replace(Story().session, channels=())

    assert turn.due_events(record(abandoned), NINE + turn.ABANDONED - timedelta(seconds=1)) == []
    assert turn.due_events(record(abandoned), NINE + turn.ABANDONED) == [TimerDue("recovery")]
    assert turn.is_without_thread(abandoned)
    assert not turn.is_without_thread(Story().session)


def test_deadlines_come_in_their_order_with_the_last_sign_of_life() -> None:
    session, presence = opened().session, VisitorPresence(NINE)

    assert turn.due_events(record(session, presence), NINE + timedelta(seconds=301)) == [
        TimerDue("offer", presence),
        TimerDue("queue_limit", presence),
    ]


def test_a_page_that_said_good_bye_is_missed_before_the_deadline_that_was_set_before() -> None:
    story = connected()
    story.definition = replace(story.definition, recovery_timeout=10)
    gone = VisitorPresence(NINE, leaving=True)
    seen = replace(record(story.session, gone), definition=story.definition)

    assert turn.due_events(seen, NINE + timedelta(seconds=9)) == []
    assert turn.due_events(seen, NINE + timedelta(seconds=10)) == [TimerDue("recovery", gone)]


def test_a_visitor_is_missed_once() -> None:
    long_ago = VisitorPresence(NINE - timedelta(days=1), leaving=True)
    events = turn.due_events(record(connected().session, long_ago), NINE + timedelta(days=1))

    assert events == [TimerDue("recovery", long_ago)]


def test_nobody_misses_the_visitor_of_an_ended_session() -> None:
    story = connected()
    story.customer_ends()
    gone = VisitorPresence(NINE - timedelta(days=1), leaving=True)

    assert story.session.phase is Phase.ENDED
    assert turn.due_events(record(story.session, gone), NINE) == []


# --- is there anything to do -----------------------------------------------------------------------------------------


def test_a_message_that_was_relayed_is_behind() -> None:
    taken = turn.take_messages(draft(), [message(1), message(5)], NINE).relay

    assert turn.is_behind(taken, nudge("message-1", 1))
    assert turn.is_behind(taken, nudge("unknown", 0))
    assert not turn.is_behind(taken, nudge("message-6", 6))


def test_a_clock_that_differs_a_little_hides_no_message() -> None:
    taken = turn.take_messages(draft(), [message(5)], NINE).relay

    assert not turn.is_behind(taken, nudge("unknown", 3.5))


def test_only_the_time_is_no_change() -> None:
    session = connected().session

    assert turn.is_same(replace(session, last_now=NINE + timedelta(hours=1)), session)
    assert not turn.is_same(replace(session, agent=Agent("luisa", "Luisa")), session)


def test_deadlines_that_are_new_or_moved_need_a_timer() -> None:
    before = connected().session
    after = before.with_deadline("recovery", NINE).with_deadline("close", NINE)

    assert turn.new_deadlines(before, after) == [("recovery", NINE), ("close", NINE)]
    assert turn.new_deadlines(before, before) == []


def test_a_change_carries_everything_that_is_saved_together() -> None:
    taken = turn.take_messages(draft(), [message(1)], NINE)

    change = taken.change(done=(3,), seen="activity")

    assert (change.session, change.relay, change.add) == (taken.session, taken.relay, taken.add)
    assert (change.done, change.seen, change.timeline) == ((3,), "activity", taken.timeline)
