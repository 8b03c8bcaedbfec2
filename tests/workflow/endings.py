"""Every way in which a session ends, as a story that has come to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.domain.sessions import VisitorPresence
from tests.workflow.stories import LIMIT, MARIO, RECOVERY, Story, connected, direct, opened, ringing


def gone(story: Story) -> None:
    story.presence = VisitorPresence(story.now, leaving=True)
    story.passes(RECOVERY)


def declined() -> Story:
    story = direct()
    story.are_free()
    return story


def at_the_limit() -> Story:
    story = opened()
    story.passes(LIMIT)
    return story


def ended(story: Story, end: Callable[[Story], object]) -> Story:
    end(story)
    return story


ENDINGS: dict[str, Callable[[], Story]] = {
    "the agent ends": lambda: ended(connected(), lambda story: story.ends(MARIO)),
    "the customer ends": lambda: ended(connected(), Story.customer_ends),
    "the customer is gone": lambda: ended(connected(), gone),
    "the customer ends while waiting": lambda: ended(opened(), Story.customer_ends),
    "the customer ends while it rings": lambda: ended(ringing(MARIO), Story.customer_ends),
    "the customer ends at once": lambda: ended(Story(), Story.customer_ends),
    "the limit": at_the_limit,
    "declined": declined,
}
ways = pytest.mark.parametrize("way", ENDINGS.values(), ids=ENDINGS.keys())
