"""Taking over what the thread holds: each message of the customer once, in order, and none of our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from shared.application import turn
from shared.domain.effects import Effect, RelayToAgent, SendToCustomer
from shared.ports import Cursor, PendingEffect
from tests.application.turns import draft, message, relayed
from tests.workflow.stories import NINE, connected, opened

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
