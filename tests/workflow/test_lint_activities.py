"""Rules for the activities of full chat: what may stand before Accept, circles with and without a wait, parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.distribution import Distribution
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.activities import ACTIVITIES
from shared.workflow.lint import lint
from tests.workflow.scenes import services, with_everything
from tests.workflow.stories import CANCEL, DISCONNECT, QUEUE, workflow

ACCEPT = ActivityDefinition("accept", "accept_conversation", {}, {"next": "one"})
SETTINGS: dict[str, dict[str, Any]] = {
    "check_opening_hours": {"calendar": "office"},
    "check_parameter": {"name": "topic"},
    "wait_for_parameter": {"name": "topic"},
    "transfer": {"service": "orders"},
}


SMALLEST = replace(ACCEPT, exits={"next": "disconnect"})


def around(queue: ActivityDefinition) -> Workflow:
    """Accept, this Queue Task, Cancel Task and Disconnect."""
    last = replace(CANCEL, exits={"next": "disconnect"})
    return workflow(replace(ACCEPT, exits={"next": "queue"}), queue, last, DISCONNECT)


def broken(of: Workflow) -> list[tuple[str, str]]:
    return [(finding.rule, finding.field) for finding in lint(of)]


def one(type_name: str, exits: dict[str, str] | None = None, **parameters: Any) -> ActivityDefinition:
    """An activity of this type with all that it needs; its exits lead to the end unless they are given."""
    every = {**dict.fromkeys(ACTIVITIES[type_name].exits, "disconnect"), **(exits or {})}
    return ActivityDefinition("one", type_name, {**SETTINGS.get(type_name, {}), **parameters}, every)


@pytest.mark.parametrize("distribution", Distribution)
def test_a_workflow_with_everything_in_it_breaks_no_rule(distribution: Distribution) -> None:
    assert lint(with_everything(distribution, "orders")) == ()
    assert all(lint(definition.workflow) == () for definition in services(distribution).values())


# --- before Accept ---------------------------------------------------------------------------------------------------

BEFORE = ("accept_conversation", "availability_based_routing", "check_opening_hours", "check_parameter", "disconnect")


def test_what_may_stand_before_accept_says_nothing_but_why_it_is_closed() -> None:
    assert sorted(name for name, activity in ACTIVITIES.items() if activity.before_accept) == sorted(BEFORE)


@pytest.mark.parametrize("type_name", sorted(set(BEFORE) - {"accept_conversation", "disconnect"}))
def test_questions_about_the_contact_may_stand_before_accept(type_name: str) -> None:
    exits = dict.fromkeys(ACTIVITIES[type_name].exits[:1], "accept")

    assert (
        lint(workflow(one(type_name, exits), replace(ACCEPT, exits={"next": "disconnect"}), DISCONNECT, start="one"))
        == ()
    )


@pytest.mark.parametrize("type_name", sorted(set(ACTIVITIES) - set(BEFORE)))
def test_everything_else_comes_after_it(type_name: str) -> None:
    too_early = workflow(one(type_name), DISCONNECT, start="one")

    assert ("accept_first", "activities.one") in broken(too_early)
    allowed = next(finding.explanation for finding in lint(too_early) if finding.rule == "accept_first")
    assert "availability_based_routing" in allowed


def test_one_way_that_forgets_to_accept_is_enough() -> None:
    look = one("availability_based_routing", {"available": "accept", "busy": "accept", "offline": "sorry"})
    sorry = ActivityDefinition("sorry", "message", {"texts": {"en": "Sorry"}}, {"next": "disconnect"})
    of = workflow(look, SMALLEST, sorry, DISCONNECT, start="one")

    assert broken(of) == [("accept_first", "activities.sorry")]


# --- circles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exit_name", ["match", "no_match"])
def test_a_question_that_leads_back_to_itself_is_a_circle(exit_name: str) -> None:
    assert ("circle", "activities.one") in broken(
        workflow(ACCEPT, one("check_parameter", {exit_name: "one"}), DISCONNECT)
    )


def test_a_circle_through_time_that_passes_is_none() -> None:
    assert lint(workflow(ACCEPT, one("wait_for_parameter", {"time_limit": "one"}), DISCONNECT)) == ()


def test_a_circle_through_the_exit_that_leaves_at_once_is_one() -> None:
    assert ("circle", "activities.one") in broken(
        workflow(ACCEPT, one("wait_for_parameter", {"set": "one"}), DISCONNECT)
    )


def test_a_transfer_that_is_tried_again_at_once_is_a_circle() -> None:
    assert ("circle", "activities.one") in broken(workflow(ACCEPT, one("transfer", {"failed": "one"}), DISCONNECT))


def test_a_transfer_that_is_tried_again_after_a_while_is_none() -> None:
    waits = ActivityDefinition(
        "waits", "wait_for_parameter", {"name": "topic"}, {"set": "disconnect", "time_limit": "one"}
    )

    assert lint(workflow(ACCEPT, one("transfer", {"failed": "waits"}), waits, DISCONNECT)) == ()


@pytest.mark.parametrize("exit_name", ["available", "busy", "offline"])
def test_looking_who_is_there_again_and_again_is_a_circle(exit_name: str) -> None:
    look = one("availability_based_routing", {exit_name: "one"})

    assert ("circle", "activities.one") in broken(workflow(look, DISCONNECT, start="one"))


# --- parameters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_name", ["check_parameter", "wait_for_parameter"])
@pytest.mark.parametrize("name", ["1st", "two words", "Custom.topic", "$(Custom.topic)", "a" * 51, "größe"])
def test_the_name_of_a_custom_parameter_is_a_word(type_name: str, name: str) -> None:
    assert broken(workflow(ACCEPT, one(type_name, name=name), DISCONNECT)) == [
        ("parameter_invalid", "activities.one.parameters.name")
    ]


@pytest.mark.parametrize(
    ("type_name", "parameter"),
    [
        ("check_parameter", "name"),
        ("wait_for_parameter", "name"),
        ("transfer", "service"),
        ("check_opening_hours", "calendar"),
    ],
)
def test_what_an_activity_cannot_do_without_is_asked_for(type_name: str, parameter: str) -> None:
    of = workflow(ACCEPT, one(type_name, None, **{parameter: ""}), DISCONNECT)

    assert ("parameter_missing", f"activities.one.parameters.{parameter}") in broken(of)


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"comparison": "matches"}, "must be one of equals, contains, starts_with, is_set"),
        ({"value": "x" * 1_001}, "must have at most 1000 characters"),
        ({"value": 5}, "must be str, not int"),
    ],
    ids=["unknown comparison", "long", "number"],
)
def test_a_comparison_is_one_of_four_with_a_short_text(parameters: dict[str, Any], problem: str) -> None:
    findings = lint(workflow(ACCEPT, one("check_parameter", **parameters), DISCONNECT))

    assert [finding.explanation for finding in findings] == [problem]


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"max_waiting": 100}, "must be from 0 to 99; it is 100"),
        ({"max_waiting": -1}, "must be from 0 to 99; it is -1"),
        ({"announce_every": 3_601}, "must be from 0 to 3600; it is 3601"),
        ({"announcement": "You are next"}, "must be dict, not str"),
    ],
    ids=repr,
)
def test_limits_and_announcements_have_bounds(parameters: dict[str, Any], problem: str) -> None:
    queue = replace(QUEUE, parameters=parameters)
    of = workflow(
        replace(ACCEPT, exits={"next": "queue"}), queue, replace(CANCEL, exits={"next": "disconnect"}), DISCONNECT
    )

    assert [finding.explanation for finding in lint(of)] == [problem]


def test_an_announcement_names_parameters_that_exist() -> None:
    words = {"en": "Place $(Queue.Position), $(Custom.topic), $(Service.Name), about $(Queue.ExpectedWait) min."}
    queue = replace(QUEUE, parameters={"announcement": words})
    of = workflow(
        replace(ACCEPT, exits={"next": "queue"}), queue, replace(CANCEL, exits={"next": "disconnect"}), DISCONNECT
    )
    assert lint(of) == ()

    wrong = replace(queue, parameters={"announcement": {"de": "$(Queue.Length) vor Ihnen, $(Custom.1st)"}})
    assert broken(replace(of, activities=tuple(wrong if a.id == "queue" else a for a in of.activities))) == [
        ("parameter_unknown", "activities.queue.parameters.announcement.de"),
        ("parameter_unknown", "activities.queue.parameters.announcement.de"),
    ]


@pytest.mark.parametrize(
    ("parameters", "rule", "field"),
    [
        ({"1st": "x"}, "parameter_name", "parameters.1st"),
        ({"topic": "x" * 1_001}, "parameter_too_long", "parameters.topic"),
        ({f"name{number}": "" for number in range(21)}, "too_many_parameters", "parameters"),
    ],
    ids=["name", "long", "many"],
)
def test_custom_parameters_of_a_workflow_keep_their_bounds(parameters: dict[str, str], rule: str, field: str) -> None:
    of = workflow(SMALLEST, DISCONNECT)

    assert broken(replace(of, parameters=parameters)) == [(rule, field)]


# --- Transfer and Queue Task -----------------------------------------------------------------------------------------


def test_after_the_queue_a_conversation_may_be_transferred_instead_of_cancelled() -> None:
    queue = replace(QUEUE, exits={"time_limit": "one", "queue_full": "one"})

    assert lint(workflow(replace(ACCEPT, exits={"next": "queue"}), queue, one("transfer"), DISCONNECT)) == ()


def test_after_a_transfer_that_failed_it_is_not_queued_again() -> None:
    queue = replace(QUEUE, exits={"time_limit": "one"})
    of = workflow(replace(ACCEPT, exits={"next": "queue"}), queue, one("transfer", {"failed": "queue"}), DISCONNECT)

    assert ("queued_twice", "activities.queue") in broken(of)


def test_what_became_of_the_task_can_be_asked_anywhere_after_accept() -> None:
    assert lint(workflow(ACCEPT, one("check_task"), DISCONNECT)) == ()
