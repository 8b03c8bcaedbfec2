"""The agents' cards about themselves: status, help and waiting tasks."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.adapters import teams_state_cards
from shared.adapters.teams_elements import Card
from shared.adapters.teams_state_cards import TeamsCards
from shared.domain.availability import TeamsPresence
from shared.domain.distribution import LeftOut
from shared.ports import ServiceStatus, StatusView, TaskLine, TasksView
from tests.ports import cards

NASTY = "**Carla** <at>all</at> {{DATE(2030-01-01T00:00:00Z)}} {customer}\u202e"
UNTIL = datetime(2030, 1, 1, 9, 2, 30, tzinfo=UTC)
CLIENT_TIME = re.compile(r"\{\{TIME\([0-9TZ:-]+\)\}\}")
FREE = StatusView(True, TeamsPresence.AVAILABLE, 0, 5, services=(ServiceStatus("Lunifico Support"),))
OFF = StatusView(False, TeamsPresence.AWAY, 1, 5, reason=LeftOut.OFF_DUTY)
FLAGGED = StatusView(
    True,
    TeamsPresence.BUSY,
    2,
    5,
    missed=True,
    ringing=True,
    after_call_until=UNTIL,
    services=(ServiceStatus("Lunifico Support", LeftOut.BUSY_IN_TEAMS), ServiceStatus(NASTY, LeftOut.DID_NOT_ANSWER)),
    reason=LeftOut.DID_NOT_ANSWER,
)
CARLA = TaskLine("session-1", "Lunifico Support", "Carla Customer", 42)
TASKS = TasksView((CARLA, TaskLine("session-2", "Lunifico Sales", "Otto", 200)), more=7, account="29:mario")

ALL: dict[str, Card] = {
    **{
        f"{name} {language}": card
        for language in ("en", "de")
        for name, card in {
            "free": teams_state_cards.status(FREE, language),
            "off duty": teams_state_cards.status(OFF, language),
            "flagged": teams_state_cards.status(FLAGGED, language),
            "help": teams_state_cards.help_card(language),
            "help after a mistake": teams_state_cards.help_card(language, NASTY),
            "tasks": teams_state_cards.tasks(TASKS, language),
            "no tasks": teams_state_cards.tasks(TasksView(), language),
            "news": teams_state_cards.tasks(TasksView(said=NASTY), language),
            "nasty task": teams_state_cards.tasks(TasksView((TaskLine("s", NASTY, NASTY, -3),)), language),
        }.items()
    }
}


@pytest.fixture(params=list(ALL.values()), ids=list(ALL))
def card(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_every_card_is_valid_by_schema_1_5(card: Card) -> None:
    assert card["version"] == "1.5"
    assert cards.faults(card) == []


def test_every_card_can_be_read_aloud_and_has_a_heading(card: Card) -> None:
    assert card["speak"]
    assert "<" not in card["speak"]
    assert card["fallbackText"]
    assert [one for one in cards.elements(card) if one.get("style") == "heading"]
    assert all(one["wrap"] is True for one in cards.elements(card) if one["type"] == "TextBlock")


def test_every_button_has_a_fallback_that_carries_the_same(card: Card) -> None:
    for button in cards.buttons(card).values():
        fallback = button["fallback"]
        assert (fallback["type"], fallback["title"]) == ("Action.Submit", button["title"])
        assert fallback["data"] == {**button["data"], "verb": button["verb"]}


def test_no_text_of_others_means_anything(card: Card) -> None:
    for text in [*cards.texts(card), *cards.facts(card), *cards.facts(card).values(), card["fallbackText"]]:
        own = CLIENT_TIME.sub("", text)
        assert "**" not in own
        assert "{{" not in own
        assert "<" not in own
        assert "\u202e" not in own


def test_a_card_has_no_more_buttons_in_a_row_than_teams_shows(card: Card) -> None:
    assert len(card.get("actions", [])) <= 6


class TestStatus:
    def test_who_is_free_reads_that_tasks_come_and_can_go_off_duty(self) -> None:
        card = ALL["free en"]
        assert "New tasks come to you." in cards.texts(card)
        assert cards.facts(card) == {
            "Duty": "On duty",
            "In Teams": "Available",
            "Conversations": "0 of 5",
            "Lunifico Support": "New tasks come",
        }
        assert {title: one["verb"] for title, one in cards.buttons(card).items()} == {
            "Off duty": "off",
            "Tasks": "tasks",
        }

    def test_who_is_off_duty_reads_why_nothing_comes_and_can_go_on_duty(self) -> None:
        card = ALL["off duty en"]
        assert "No new tasks come to you. You are off duty." in cards.texts(card)
        assert "You are a member of no service." in cards.texts(card)
        assert set(cards.buttons(card)) == {"On duty", "Tasks"}

    def test_every_flag_is_shown_with_the_button_that_resets_it(self) -> None:
        card = ALL["flagged en"]
        shown = cards.texts(card)
        assert "You have missed an invitation." in shown
        assert "An invitation is open." in shown
        assert "After-call work until {{TIME(2030-01-01T09:02:30Z)}}" in shown
        verbs = {title: one["verb"] for title, one in cards.buttons(card).items()}
        assert (verbs["Available again"], verbs["Ready"]) == ("available", "ready")

    def test_each_service_says_for_itself_why_it_sends_nothing(self) -> None:
        assert cards.facts(ALL["flagged en"])["Lunifico Support"] == "You are busy in Teams."

    @pytest.mark.parametrize("presence", list(TeamsPresence))
    @pytest.mark.parametrize("language", ["en", "de"])
    def test_every_presence_has_a_word(self, presence: TeamsPresence, language: str) -> None:
        card = teams_state_cards.status(StatusView(True, presence, 0, 5), language)
        assert cards.facts(card)["In Teams"]

    @pytest.mark.parametrize("reason", list(LeftOut))
    @pytest.mark.parametrize("language", ["en", "de"])
    def test_every_reason_has_a_sentence(self, reason: LeftOut, language: str) -> None:
        card = teams_state_cards.status(StatusView(True, TeamsPresence.UNKNOWN, 0, 5, reason=reason), language)
        assert cards.faults(card) == []


class TestHelp:
    def test_every_command_is_listed_with_both_words(self) -> None:
        listed = cards.facts(ALL["help en"])
        assert list(listed) == ["status", "on / an", "off / aus", "help / hilfe", "tasks / aufgaben"]
        assert all(listed.values())

    def test_what_can_be_written_can_be_pressed(self) -> None:
        verbs = {title: one["verb"] for title, one in cards.buttons(ALL["help en"]).items()}
        assert verbs == {"Status": "status", "On duty": "on", "Off duty": "off", "Tasks": "tasks"}


class TestTasks:
    def test_tasks_are_listed_in_their_order_with_service_and_wait(self) -> None:
        assert cards.texts(ALL["tasks en"]) == [
            "Waiting tasks",
            "Carla Customer",
            "Lunifico Support · waiting for 42 s",
            "Otto",
            "Lunifico Sales · waiting for 3 min",
            "and 7 more",
        ]

    def test_each_has_its_own_pick_up(self) -> None:
        found = [one for one in cards.elements(ALL["tasks en"]) if one.get("verb") == "pick_up"]
        assert [one["data"] for one in found] == [{"session": "session-1"}, {"session": "session-2"}]
        assert [one["tooltip"] for one in found] == ["Pick up Carla Customer", "Pick up Otto"]

    @pytest.mark.parametrize(
        ("seconds", "wait"),
        [(59, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h 0 min"), (7_325, "2 h 2 min")],
    )
    def test_a_wait_is_as_exact_as_it_is_useful(self, seconds: int, wait: str) -> None:
        card = teams_state_cards.tasks(TasksView((TaskLine("s", "Sales", "Otto", seconds),)))
        assert f"Sales · waiting for {wait}" in cards.texts(card)

    def test_the_card_asks_for_itself_anew_when_its_agent_opens_it(self) -> None:
        refresh = ALL["tasks en"]["refresh"]
        assert (refresh["action"]["type"], refresh["action"]["verb"]) == ("Action.Execute", "tasks")
        assert refresh["userIds"] == ["29:mario"]
        assert ALL["no tasks en"]["refresh"]["userIds"] == []

    def test_an_empty_list_says_so(self) -> None:
        assert cards.texts(ALL["no tasks en"]) == ["Waiting tasks", "No task is waiting to be picked up."]

    def test_what_became_of_a_button_stands_above_the_list(self) -> None:
        card = teams_state_cards.tasks(TasksView((CARLA,), said="Luisa has taken this conversation."))
        assert cards.texts(card)[1] == "Luisa has taken this conversation."


def test_the_cards_that_answer_a_button_are_the_same_cards() -> None:
    answers = TeamsCards()
    assert answers.status(FREE, "de") == ALL["free de"]
    assert answers.help("de", NASTY) == ALL["help after a mistake de"]
    assert answers.tasks(TASKS, "en") == ALL["tasks en"]
