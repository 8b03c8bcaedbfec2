"""A turn's bookkeeping: numbers and the timeline, what time has brought, and whether there is anything to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application import turn
from shared.domain.events import (
    AgentMessageReceived,
    AgentsReserved,
    CustomerMessageReceived,
    DeliveryFailed,
    SessionOpened,
    TimerDue,
)
from shared.domain.parameters import Agent
from shared.domain.sessions import Phase, VisitorPresence
from shared.ports import RelayState
from tests.application.turns import draft, message, nudge, record
from tests.workflow.stories import MARIO, NINE, Story, connected, opened

# --- numbers and the timeline ----------------------------------------------------------------------------------------


def test_effects_are_numbered_without_gaps_over_events_and_turns() -> None:
    first = turn.apply(draft(opened(), RelayState(next_effect=7)), [AgentsReserved("session.1", (MARIO,))], NINE)
    second = turn.apply(first, [TimerDue("recovery", VisitorPresence(NINE - timedelta(days=1), leaving=True))], NINE)

    assert [pending.number for pending in second.add] == list(range(7, 7 + len(second.add)))
    assert second.relay.next_effect == 7 + len(second.add)


def test_every_event_of_a_turn_has_its_line() -> None:
    gone = TimerDue("recovery", VisitorPresence(NINE - timedelta(days=1), leaving=True))

    entries = turn.apply(draft(opened()), [AgentsReserved("session.1", (MARIO,)), gone], NINE).timeline

    assert [entry.what for entry in entries] == ["AgentsReserved", "TimerDue"]


def test_the_timeline_names_who_was_left_out_and_why() -> None:
    event = AgentsReserved("session.1", (MARIO,), (("luisa", "off_duty"),))

    (entry,) = turn.apply(draft(opened()), [event], NINE).timeline

    assert (entry.at, entry.what) == (NINE, "AgentsReserved")
    assert entry.details == {
        "offer_id": "session.1",
        "agents": ["mario"],
        "left_out": [["luisa", "off_duty"]],
        "effects": [[1, "invite_agent"]],
    }


@pytest.mark.parametrize(
    "event",
    [CustomerMessageReceived("message", "secret"), AgentMessageReceived("mario", "secret")],
    ids=["customer", "agent"],
)
def test_no_text_of_a_message_is_in_the_timeline(event: CustomerMessageReceived | AgentMessageReceived) -> None:
    (entry,) = turn.apply(draft(), [event], NINE).timeline

    assert "secret" not in repr(entry)
    assert [number for number, _ in entry.details["effects"]] == [1]


def test_the_timeline_tells_the_way_through_the_workflow() -> None:
    (entry,) = turn.apply(draft(Story()), [SessionOpened()], NINE).timeline

    assert entry.details["way"][:2] == [["accept", None], ["accept", "next"]]


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
