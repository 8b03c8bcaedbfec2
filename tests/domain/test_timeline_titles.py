"""A timeline in words: every event and every effect has some."""

from __future__ import annotations

from typing import get_args

import pytest

from shared.domain.effects import EFFECT_KINDS
from shared.domain.events import Event
from shared.domain.timeline_titles import EFFECTS, SIMPLE, title

NAMES = {"mario": "Mario"}
NEVER_TOLD = {"MessageFound", "ConversationErased", "HistoryRecorded", "StillFound"}
OF_THEIR_OWN = {"AgentsReserved", "TimerDue"}


def test_every_effect_has_words() -> None:
    assert set(EFFECTS) == EFFECT_KINDS


def test_every_event_that_is_told_has_words() -> None:
    events = {one.__name__ for one in get_args(Event)}
    assert events - NEVER_TOLD - OF_THEIR_OWN <= set(SIMPLE)


@pytest.mark.parametrize(
    ("what", "details", "words"),
    [
        ("AgentAccepted", {"agent": "mario"}, "Mario accepted"),
        ("AgentDeclined", {"agent_id": "somebody"}, "somebody declined"),
        ("AgentsReserved", {"agents": ["mario"]}, "It rings at Mario"),
        ("AgentsReserved", {"left_out": [["mario", "off_duty"]]}, "Nobody could be asked; not asked: Mario (off duty)"),
        ("TimerDue", {"deadline_id": "erase"}, "The retention was over"),
        ("TimerDue", {"deadline_id": "other"}, "The time of 'other' was over"),
        (
            "DeliveryFailed",
            {"effect": "invite_agent", "reason": "bot_blocked"},
            "Refused for good: an invitation (bot_blocked)",
        ),
        ("Delivered", {"effect": "close_messaging"}, "Done: closing the customer's access"),
        (
            "Delivered",
            {"effect": "send_to_customer", "found": True},
            "Delivered: a message to the customer, found to have happened before",
        ),
        ("QueueEntered", {}, "Number ? in the queue"),
        ("SomethingNew", {}, "SomethingNew"),
    ],
)
def test_lines_read_like_this(what: str, details: dict[str, object], words: str) -> None:
    assert title(what, details, NAMES) == words


def test_names_with_braces_are_only_names() -> None:
    assert title("AgentAccepted", {"agent": "mario"}, {"mario": "{reason}"}) == "{reason} accepted"
