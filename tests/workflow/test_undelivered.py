"""Messages that the other side refuses for good: whoever wrote them is told, and only once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.domain.effects import NotifyAgent
from shared.domain.events import DeliveryFailed
from tests.workflow.endings import ways
from tests.workflow.stories import Story, connected, texts


def test_the_customer_learns_of_a_message_that_the_agent_cannot_get() -> None:
    effects = connected().happens(DeliveryFailed("relay_to_agent", "bot_blocked", "mario"))

    assert texts(effects) == ["The last message could not be delivered."]


def test_the_agent_learns_of_a_message_that_the_customer_cannot_get() -> None:
    effects = connected().happens(DeliveryFailed("send_to_customer", "thread_gone"))

    assert effects == (NotifyAgent("mario", "The last message could not be delivered."),)


@pytest.mark.parametrize("effect", ["notify_agent", "close_invitation", "show_conversation", "free_agent", "unknown"])
def test_a_notice_that_cannot_be_delivered_either_ends_in_the_timeline(effect: str) -> None:
    story = connected()
    before = story.session

    assert story.happens(DeliveryFailed(effect, "rejected", "mario")) == ()
    assert story.session == before


@ways
def test_after_the_end_nobody_is_told_of_undelivered_messages(way: Callable[[], Story]) -> None:
    assert way().happens(DeliveryFailed("send_to_customer", "thread_gone")) == ()
