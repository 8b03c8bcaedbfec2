"""A customer who writes too much: what is above the budget is not relayed, each side is told once, and it may end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.effects import Effect, FreeAgent, NotifyAgent, RelayToAgent, SendToCustomer
from shared.domain.events import CustomerMessageReceived
from shared.domain.message_budgets import MessageBudget
from shared.domain.sessions import EndReason, Phase
from tests.workflow.properties import EXAMPLES
from tests.workflow.stories import MARIO, NINE, Story, definition, of, session

BUDGET = MessageBudget(messages=10, bytes=28_000, burst=3, burst_seconds=10, patience=10)
FULL = "This conversation is full: what you write now is not delivered. Please start a new one."
FAST = "You write very fast: your last messages were not delivered. Please wait, then send them again."


def talking(budget: MessageBudget = BUDGET, language: str = "en") -> Story:
    """Carla talks to Mario."""
    begun = replace(session(), phase=Phase.CONNECTED, agent=MARIO, position="queue", conversation_card_id="card")
    return Story(begun, replace(definition(language=language), message_budget=budget))


def writes(story: Story, number: int, *, every: float = 10, text: str = "Hello") -> list[Effect]:
    """So many messages, so many seconds after each other, as the messaging service says."""
    effects: list[Effect] = []
    for _ in range(number):
        story.now += timedelta(seconds=every)
        effects += story.happens(CustomerMessageReceived("message", text, story.now))
    return effects


def notices(effects: Sequence[Effect]) -> list[tuple[str, str | None]]:
    return [(effect.text, effect.event) for effect in of(effects, SendToCustomer)]


def test_within_the_budget_nothing_is_said() -> None:
    story = talking()

    assert writes(story, 10) == [RelayToAgent("mario", "Hello")] * 10


def test_above_the_budget_each_side_is_told_once() -> None:
    story = talking()
    writes(story, 10)

    effects = writes(story, 5)

    assert of(effects, RelayToAgent) == []
    assert notices(effects) == [(FULL, "overBudget")]
    agent = "The customer has used up this conversation: further messages are not delivered."
    assert of(effects, NotifyAgent) == [NotifyAgent("mario", agent)]


def test_a_burst_is_told_once_and_the_conversation_goes_on_after_it() -> None:
    story = talking()

    effects = writes(story, 6, every=1)

    assert len(of(effects, RelayToAgent)) == 3
    assert notices(effects) == [(FAST, "overBudget")]
    assert of(effects, NotifyAgent) == []
    story.now += timedelta(seconds=10)
    assert writes(story, 1) == [RelayToAgent("mario", "Hello")]


def test_what_was_written_while_waiting_and_is_read_all_at_once_is_no_burst() -> None:
    story = talking()
    story.now += timedelta(minutes=10)

    relayed = [
        story.happens(CustomerMessageReceived(f"{index}", "Hello", NINE + timedelta(minutes=index)))
        for index in range(8)
    ]

    assert relayed == [(RelayToAgent("mario", "Hello"),)] * 8


def test_a_message_without_a_time_counts_as_written_now() -> None:
    story = talking()

    effects = [story.happens(CustomerMessageReceived("message", "Hello")) for _ in range(4)]

    assert notices(effects[3]) == [(FAST, "overBudget")]


def test_whoever_goes_on_and_on_is_shown_the_end() -> None:
    story = talking()
    writes(story, 20)
    assert story.session.phase is Phase.CONNECTED

    effects = writes(story, 1)

    assert story.session.end_reason is EndReason.MESSAGE_BUDGET
    ended = "This conversation has ended, because too many messages were sent in it."
    assert notices(effects) == [(ended, "ended")]
    assert of(effects, FreeAgent)[0].agent_id == "mario"
    closed = "This conversation was ended, because the customer sent too many messages."
    assert [getattr(effect, "text", "") for effect in effects].count(closed) == 1


def test_a_flood_after_the_end_is_answered_no_more() -> None:
    story = talking()
    writes(story, 21)

    assert writes(story, 50, every=0.1) == []


def test_after_an_ordinary_end_a_flood_gets_few_answers() -> None:
    story = talking()
    story.customer_ends()

    assert len(writes(story, 50, every=0.1)) == BUDGET.burst


def test_the_notices_are_in_the_session_s_language() -> None:
    story = talking(language="de")
    writes(story, 10)

    ((text, _),) = notices(writes(story, 1))

    assert text.startswith("Diese Unterhaltung ist voll")


def test_the_count_stays_small_in_the_session_s_row() -> None:
    story = talking(MessageBudget(messages=10_000, bytes=10_000_000, burst=100, burst_seconds=1))
    writes(story, 300, every=1, text="x" * 1000)

    assert story.session.written.messages == 300
    assert len(repr(story.session.written)) < 250


@EXAMPLES
@given(st.lists(st.tuples(st.floats(0, 30, allow_nan=False), st.text(max_size=30)), max_size=60))
def test_no_message_vanishes_without_a_word(steps: list[tuple[float, str]]) -> None:
    """Relayed, or between the notice of its excess and the end of that excess."""
    story = talking()
    silent_since_notice = True
    for pause, text in steps:
        effects = writes(story, 1, every=pause, text=text)
        if story.session.phase is Phase.ENDED:
            break
        if of(effects, RelayToAgent):
            silent_since_notice = False
        elif notices(effects):
            silent_since_notice = True
        else:
            assert silent_since_notice
    assert len(of(story.told, RelayToAgent)) <= BUDGET.messages
    assert len(of(story.told, NotifyAgent)) <= 2
