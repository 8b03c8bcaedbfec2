"""Configuring a workflow: the rules that it has to keep before it can be applied. Each broken rule is named with its
place and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.engine import HOPS
from shared.workflow.lint import lint
from tests.workflow.stories import (
    ACCEPT,
    AS_THE_GUIDE_RECOMMENDS,
    CANCEL,
    DISCONNECT,
    MESSAGE,
    QUEUE,
    SAY_SORRY,
    workflow,
)


def broken(of: Workflow) -> list[tuple[str, str]]:
    return [(finding.rule, finding.field) for finding in lint(of)]


def with_parameters(activity: ActivityDefinition, **parameters: Any) -> Workflow:
    """The guide's workflow with other parameters of one activity."""
    return changed(replace(activity, parameters=parameters))


def with_exits(activity: ActivityDefinition, **exits: str) -> Workflow:
    return changed(replace(activity, exits=exits))


def changed(activity: ActivityDefinition, *more: ActivityDefinition) -> Workflow:
    activities = [activity if one.id == activity.id else one for one in AS_THE_GUIDE_RECOMMENDS.activities]
    return replace(AS_THE_GUIDE_RECOMMENDS, activities=(*activities, *more))


def message(activity_id: str, next_id: str) -> ActivityDefinition:
    return ActivityDefinition(activity_id, "message", {"texts": {"en": "Hello"}}, {"next": next_id})


def test_the_workflow_that_the_guide_recommends_breaks_no_rule() -> None:
    assert lint(AS_THE_GUIDE_RECOMMENDS) == ()


def test_the_smallest_workflow_accepts_and_disconnects() -> None:
    assert lint(workflow(replace(ACCEPT, exits={"next": "disconnect"}), DISCONNECT)) == ()


# --- one broken rule after the other ---------------------------------------------------------------------------------

RULES: dict[str, tuple[Workflow, str]] = {
    "workflow_type_unknown": (replace(AS_THE_GUIDE_RECOMMENDS, type="fax"), "type"),
    "activity_id_duplicate": (changed(MESSAGE, MESSAGE), "activities.greeting"),
    "activity_unknown": (changed(replace(MESSAGE, type="voice_message")), "activities.greeting.type"),
    "start_missing": (replace(AS_THE_GUIDE_RECOMMENDS, start="begin"), "start"),
    "accept_first": (workflow(MESSAGE, QUEUE, CANCEL, SAY_SORRY, DISCONNECT, start="greeting"), "activities.greeting"),
    "unreachable": (changed(DISCONNECT, message("lonely", "queue")), "activities.lonely"),
    "disconnect_missing": (workflow(replace(ACCEPT, exits={"next": "last"}), message("last", "accept")), "activities"),
    "exit_open": (
        changed(
            replace(QUEUE, exits={"time_limit": "cancel", "declined": "loose"}),
            replace(SAY_SORRY, id="loose", exits={}),
        ),
        "activities.loose.exits.next",
    ),
    "exit_unknown": (with_exits(SAY_SORRY, next="disconnect", other="disconnect"), "activities.sorry.exits.other"),
    "exit_to_nowhere": (with_exits(QUEUE, time_limit="cancel", declined="away"), "activities.queue.exits.declined"),
    "queued_twice": (
        changed(replace(CANCEL, exits={"next": "again"}), replace(QUEUE, id="again", exits={"time_limit": "sorry"})),
        "activities.again",
    ),
    "cancel_without_queue": (changed(replace(MESSAGE, exits={"next": "cancel"})), "activities.cancel"),
    "cancel_without_disconnect": (with_exits(CANCEL), "activities.cancel"),
    "circle": (with_exits(SAY_SORRY, next="cancel"), "activities.sorry"),
    "parameter_unknown": (with_parameters(QUEUE, limit=5), "activities.queue.parameters.limit"),
    "parameter_invalid": (with_parameters(QUEUE, time_limit=4), "activities.queue.parameters.time_limit"),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_rule_is_found_where_it_is_broken(rule: str) -> None:
    of, field = RULES[rule]

    assert (rule, field) in broken(of)


@pytest.mark.parametrize("rule", RULES)
def test_every_finding_says_what_to_do(rule: str) -> None:
    assert all(len(finding.explanation) > 10 for finding in lint(RULES[rule][0]))


ALONE = [
    "workflow_type_unknown",
    "activity_id_duplicate",
    "activity_unknown",
    "accept_first",
    "unreachable",
    "exit_open",
    "exit_unknown",
    "exit_to_nowhere",
    "queued_twice",
    "parameter_unknown",
    "parameter_invalid",
]


@pytest.mark.parametrize("rule", ALONE)
def test_a_workflow_that_breaks_one_rule_is_not_blamed_for_others(rule: str) -> None:
    of, field = RULES[rule]
    blamed = {name for name, _ in broken(of)}

    assert blamed == {rule}
    assert field in {place for _, place in broken(of)}


# --- Queue Task ------------------------------------------------------------------------------------------------------


def test_two_queue_tasks_on_different_ways_are_one_each() -> None:
    declined = replace(CANCEL, id="declined")
    way_a = replace(QUEUE, exits={"time_limit": "cancel", "declined": "declined"})

    assert lint(changed(way_a, declined)) == ()


def test_a_queue_task_that_leads_back_to_itself_queues_twice() -> None:
    assert ("queued_twice", "activities.queue") in broken(with_exits(QUEUE, time_limit="queue"))


def test_declined_is_an_exit_that_may_stay_open_unless_a_refusal_is_to_leave_by_it() -> None:
    assert "declined" not in QUEUE.exits
    assert lint(AS_THE_GUIDE_RECOMMENDS) == ()

    ends = replace(QUEUE, parameters={"decline_ends": True})
    assert broken(changed(ends)) == [("exit_open", "activities.queue.exits.declined")]
    assert lint(changed(replace(ends, exits={"time_limit": "cancel", "declined": "cancel"}))) == ()


# --- Cancel Task -----------------------------------------------------------------------------------------------------


def test_one_way_to_cancel_task_without_a_queue_is_one_too_many() -> None:
    # Queue Task leads to Cancel Task, but Accept leads there as well, by a second exit of the message.
    around = changed(replace(MESSAGE, exits={"next": "queue", "other": "cancel"}))

    assert ("cancel_without_queue", "activities.cancel") in broken(around)


def test_one_way_from_cancel_task_that_ends_without_disconnect_is_one_too_many() -> None:
    loose = changed(
        replace(CANCEL, exits={"next": "disconnect", "other": "loose"}), replace(SAY_SORRY, id="loose", exits={})
    )

    assert ("cancel_without_disconnect", "activities.cancel") in broken(loose)


def test_cancel_task_may_have_any_number_of_messages_before_disconnect() -> None:
    assert lint(changed(replace(SAY_SORRY, exits={"next": "m"}), message("m", "disconnect"))) == ()


# --- circles and length ----------------------------------------------------------------------------------------------


def test_ways_that_meet_again_are_no_circle() -> None:
    fork = replace(QUEUE, exits={"time_limit": "cancel", "declined": "sorry"})

    assert lint(changed(fork)) == ()


def chain(length: int) -> Workflow:
    """Accept, messages, Disconnect: so many activities one after the other."""
    messages = [message(f"m{number}", f"m{number + 1}") for number in range(length - 2)]
    last = replace(DISCONNECT, id=f"m{length - 2}")
    return workflow(replace(ACCEPT, exits={"next": "m0"}), *messages, last)


def test_a_workflow_is_at_most_as_long_as_the_engine_walks_in_one_go() -> None:
    assert lint(chain(HOPS)) == ()
    assert broken(chain(HOPS + 1)) == [("too_long", "activities")]


# --- parameters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        {"distribution": "direct"},
        {"time_limit": 5},
        {"time_limit": 86_400},
        {"ring_seconds": 5},
        {"ring_seconds": 600},
        {"decline_ends": False},
        {},
    ],
    ids=repr,
)
def test_parameters_of_queue_task_within_bounds_are_taken(parameters: Mapping[str, Any]) -> None:
    assert lint(with_parameters(QUEUE, **parameters)) == ()


def test_a_refusal_that_ends_the_queue_needs_its_exit() -> None:
    (finding,) = lint(with_parameters(QUEUE, decline_ends=True))

    assert (finding.rule, finding.field) == ("exit_open", "activities.queue.exits.declined")


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"distribution": "lottery"}, "must be one of direct, broadcast, pickup"),
        ({"distribution": 1}, "must be str, not int"),
        ({"time_limit": 86_401}, "must be from 5 to 86400; it is 86401"),
        ({"time_limit": "300"}, "must be int, not str"),
        ({"time_limit": 300.0}, "must be int, not float"),
        ({"time_limit": True}, "must be int, not bool"),
        ({"time_limit": None}, "must be int, not NoneType"),
        ({"ring_seconds": 4}, "must be from 5 to 600; it is 4"),
        ({"ring_seconds": 10**30}, f"must be from 5 to 600; it is {10**30}"),
        ({"decline_ends": 1}, "must be bool, not int"),
    ],
    ids=repr,
)
def test_parameters_of_queue_task_out_of_bounds_are_refused(parameters: Mapping[str, Any], problem: str) -> None:
    assert [finding.explanation for finding in lint(with_parameters(QUEUE, **parameters))] == [problem]


@pytest.mark.parametrize("texts", ["Hello", ["Hello"], {"en": 1}, {1: "Hello"}, {"en": None}, None], ids=repr)
def test_texts_of_a_message_have_to_map_languages_to_texts(texts: Any) -> None:
    assert broken(with_parameters(MESSAGE, texts=texts)) == [
        ("parameter_invalid", "activities.greeting.parameters.texts")
    ]


def test_unknown_conversation_parameters_are_found_in_every_language() -> None:
    of = with_parameters(MESSAGE, texts={"en": "$(Customer.Shoe)", "de": "$(Customer.Email)", "fr": "$(User.Hat)"})

    assert broken(of) == [
        ("parameter_unknown", "activities.greeting.parameters.texts.en"),
        ("parameter_unknown", "activities.greeting.parameters.texts.fr"),
    ]


def test_an_unknown_parameter_is_reported_with_those_that_exist() -> None:
    (finding,) = lint(with_parameters(QUEUE, limit=5))

    assert finding.explanation == (
        "does not exist; known are distribution, time_limit, ring_seconds, max_waiting, "
        "announce_every, announcement, decline_ends"
    )


def test_an_activity_without_parameters_says_so() -> None:
    (finding,) = lint(with_parameters(CANCEL, gently=True))

    assert finding.explanation == "does not exist; known are none"
