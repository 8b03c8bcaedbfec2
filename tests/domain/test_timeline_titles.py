"""A timeline in words: every event and every effect has some."""

from __future__ import annotations

import string
from typing import get_args

import pytest

from shared.domain.availability import ContactState
from shared.domain.distribution import LeftOut
from shared.domain.effects import EFFECT_KINDS
from shared.domain.events import Event
from shared.domain.timeline_texts import CATALOGUE
from shared.domain.timeline_titles import effect_title, title

NAMES = {"mario": "Mario"}
NEVER_TOLD = {"MessageFound", "ConversationErased", "HistoryRecorded", "StillFound"}
OF_THEIR_OWN = {"AgentsReserved", "TimerDue"}


ENGLISH = CATALOGUE["en"]
OTHERS = sorted(set(CATALOGUE) - {"en"})
BESIDE_EVENTS = {"PreviewOpened", "MessageBudgetExceeded", "InDoubt", "PutOff"}
"""Lines that are no events; what was delivered has words of its own."""


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text_with_the_same_places(language: str) -> None:
    texts = CATALOGUE[language]
    assert list(texts) == list(ENGLISH)
    assert {key: places(text) for key, text in texts.items()} == {key: places(text) for key, text in ENGLISH.items()}
    assert all(text == text.strip() != "" for text in texts.values())
    same = {key for key, text in texts.items() if text == ENGLISH[key]}
    assert same <= {"state_offline"}


def test_whatever_is_told_has_words() -> None:
    events = {one.__name__ for one in get_args(Event)} - NEVER_TOLD - OF_THEIR_OWN
    assert {f"event_{one}" for one in events | BESIDE_EVENTS} == {one for one in ENGLISH if one.startswith("event_")}
    assert {f"effect_{kind}" for kind in EFFECT_KINDS} == {one for one in ENGLISH if one.startswith("effect_")}
    assert {f"reason_{one.value}" for one in LeftOut} == {one for one in ENGLISH if one.startswith("reason_")}
    assert {f"state_{one.value}" for one in ContactState} == {one for one in ENGLISH if one.startswith("state_")}


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
            "Failed: an invitation (bot_blocked)",
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


@pytest.mark.parametrize(
    ("what", "details", "words"),
    [
        ("AgentAccepted", {"agent": "mario"}, "Mario hat angenommen"),
        ("AgentEnded", {}, "Der Agent hat die Unterhaltung beendet"),
        (
            "AgentsReserved",
            {"agents": ["mario"], "left_out": [["luisa", "after_call_work"]]},
            "Es klingelt bei Mario; nicht gefragt: luisa (in der Nachbearbeitung)",
        ),
        ("AvailabilityFound", {"state": "busy"}, "Der Kontakt ist beschäftigt"),
        ("TimerDue", {"deadline_id": "other"}, "Die Zeit von „other“ war abgelaufen"),
        (
            "DeliveryFailed",
            {"effect": "erase_conversation", "reason": "Forbidden"},
            "Fehlgeschlagen: das Löschen der Nachrichten und der Identität des Kunden (Forbidden)",
        ),
        (
            "Delivered",
            {"effect": "relay_to_agent", "again": True},
            "Zugestellt: die Nachricht des Kunden an den Agenten, erneut gesendet, weil der Ausgang des ersten "
            "Versuchs ungewiss war",
        ),
        ("SomethingNew", {}, "SomethingNew"),
    ],
)
def test_lines_read_like_this_in_german(what: str, details: dict[str, object], words: str) -> None:
    assert title(what, details, NAMES, "de") == words


def test_what_nobody_knows_any_more_is_told_by_its_name() -> None:
    assert effect_title("send_a_fax", "de") == "send_a_fax"
    told = title("AgentsReserved", {"left_out": [["mario", "on_the_moon"]]}, NAMES, "de")
    assert told == "Niemand konnte gefragt werden; nicht gefragt: Mario (on the moon)"
    assert title("SessionOpened", {}, NAMES, "fr") == "The workflow began"
