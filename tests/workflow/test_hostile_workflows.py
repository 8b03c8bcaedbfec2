"""Workflows as nobody should draw them: lint answers, and the engine ends the session rather than raising."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.effects import RecordHistory, SendToCustomer
from shared.domain.sessions import EndReason, Phase
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.activities import ACTIVITIES
from shared.workflow.engine import HOPS
from shared.workflow.lint import lint
from tests.workflow.properties import EXAMPLES
from tests.workflow.stories import ACCEPT, DISCONNECT, LIMIT, QUEUE, Story, definition, of, opened, workflow

IDS = st.sampled_from(["accept", "a", "b", "c", "", "nowhere"])
ODD_VALUES = st.sampled_from(
    [None, True, -1, 10**30, 0.5, "", "soon", [], ["en"], {}, {"en": None}, {1: "x"}, {"en": "$(Nothing)"}]
)
PARAMETERS = st.dictionaries(
    st.sampled_from(["texts", "time_limit", "ring_seconds", "distribution", "decline_ends", "declined", "other"]),
    ODD_VALUES,
    max_size=2,
)
EXITS = st.dictionaries(st.sampled_from(["next", "time_limit", "declined", "other"]), IDS, max_size=3)
TYPES = st.sampled_from([*ACTIVITIES, "voice_message", ""])
ACTIVITY = st.builds(ActivityDefinition, IDS, TYPES, PARAMETERS, EXITS)
KINDS = st.sampled_from(["instantMessaging", "audioVideo", "fax", ""])
WORKFLOWS = st.builds(
    lambda kind, start, activities: Workflow("w", "W", kind, "root", start, tuple(activities)),
    KINDS,
    IDS,
    st.lists(ACTIVITY, max_size=6),
)


def run_to_the_end(of_anything: Workflow) -> Story:
    story = opened(definition(of_anything))
    while story.session.phase is not Phase.ENDED:
        story.passes(3_600)
    return story


@EXAMPLES
@given(WORKFLOWS)
def test_any_workflow_is_judged_and_runs_to_an_end(of_anything: Workflow) -> None:
    findings = lint(of_anything)
    story = run_to_the_end(of_anything)

    assert all(finding.rule and finding.field and finding.explanation for finding in findings)
    assert len(of(story.told, RecordHistory)) == 1


@st.composite
def sound_workflows(draw: st.DrawFn) -> Workflow:
    """Accept, messages, perhaps a queue, and at the end of every way Disconnect."""
    messages, number = st.integers(0, 3), 0
    activities: list[ActivityDefinition] = []

    def way(types: list[str], last: ActivityDefinition) -> str:
        """Activities one after the other; the id of the first."""
        nonlocal number
        activities.append(last)
        following = last.id
        for type_name in reversed(types):
            number += 1
            activities.append(ActivityDefinition(f"{type_name}-{number}", type_name, {}, {"next": following}))
            following = activities[-1].id
        return following

    def to_the_end(name: str) -> str:
        cancels = ["cancel_task"] * draw(st.integers(0, 1))
        return way([*cancels, *["message"] * draw(messages)], ActivityDefinition(name, "disconnect"))

    last = ActivityDefinition("end", "disconnect")
    if draw(st.booleans()):
        exits = {"time_limit": to_the_end("end")}
        if draw(st.booleans()):
            exits["declined"] = exits["time_limit"] if draw(st.booleans()) else to_the_end("refused")
        decline_ends = "declined" in exits and draw(st.booleans())
        last = ActivityDefinition("queue", "queue_task", {"decline_ends": decline_ends, "time_limit": 30}, exits)
    start = way(["accept_conversation", *["message"] * draw(messages)], last)
    return workflow(*activities, start=start)


@EXAMPLES
@given(sound_workflows())
def test_a_workflow_without_findings_never_ends_in_a_fault(sound: Workflow) -> None:
    assert lint(sound) == ()
    assert run_to_the_end(sound).session.end_reason is EndReason.WORKFLOW


# --- size ------------------------------------------------------------------------------------------------------------


def activity(activity_id: str, type_name: str, targets: list[str]) -> ActivityDefinition:
    return ActivityDefinition(activity_id, type_name, {}, {f"exit{index}": to for index, to in enumerate(targets)})


def everything_leads_everywhere(type_name: str, size: int) -> Workflow:
    ids = [f"a{number}" for number in range(size)]
    return workflow(replace(ACCEPT, exits={"next": "a0"}), *(activity(one, type_name, ids) for one in ids))


def a_diamond_after_another(size: int) -> Workflow:
    """Two ways from each layer to the next: 2 to the power of `size` ways through."""
    layers = [
        activity(f"{side}{layer}", "cancel_task", [f"a{layer + 1}", f"b{layer + 1}"])
        for layer in range(size)
        for side in "ab"
    ]
    return workflow(replace(ACCEPT, exits={"next": "a0"}), *layers, replace(DISCONNECT, id=f"a{size}"))


def a_long_chain(size: int) -> Workflow:
    return workflow(
        replace(ACCEPT, exits={"next": "a0"}), *(activity(f"a{n}", "message", [f"a{n + 1}"]) for n in range(size))
    )


@pytest.mark.parametrize(
    "build",
    [
        lambda: everything_leads_everywhere("queue_task", 80),
        lambda: everything_leads_everywhere("cancel_task", 80),
        lambda: a_diamond_after_another(500),
        lambda: a_long_chain(5_000),
    ],
    ids=["all to all, queues", "all to all, cancels", "diamonds", "chain"],
)
def test_a_huge_workflow_is_judged_within_a_second(build: Callable[[], Workflow]) -> None:
    huge = build()
    started = time.process_time()

    assert lint(huge)
    assert time.process_time() - started < 1


# --- a workflow that lint would have refused, in a running session ---------------------------------------------------


def ends_in_a_fault(*activities: ActivityDefinition, start: str = "accept") -> Story:
    story = opened(definition(workflow(*activities, start=start)))
    assert story.session.end_reason is EndReason.WORKFLOW_FAULT
    return story


def test_a_start_that_is_missing_ends_the_session() -> None:
    ends_in_a_fault(DISCONNECT)


def test_an_unknown_activity_ends_the_session() -> None:
    ends_in_a_fault(ACCEPT, ActivityDefinition("greeting", "voice_message"))


def test_an_open_exit_ends_the_session() -> None:
    ends_in_a_fault(replace(ACCEPT, exits={}))


def test_an_exit_to_nowhere_ends_the_session() -> None:
    ends_in_a_fault(replace(ACCEPT, exits={"next": "nowhere"}))


def test_an_open_exit_after_the_queue_ends_the_session_and_leaves_the_queue() -> None:
    story = opened(definition(workflow(replace(ACCEPT, exits={"next": "queue"}), replace(QUEUE, exits={}))))

    story.passes(LIMIT)

    assert story.session.end_reason is EndReason.WORKFLOW_FAULT
    assert "leave_queue" in [effect.kind for effect in story.told]


def test_a_circle_ends_the_session_before_its_effects_fill_a_transaction() -> None:
    says = ActivityDefinition("says", "message", {"texts": {"en": "Round and round"}}, {"next": "says"})

    story = ends_in_a_fault(replace(ACCEPT, exits={"next": "says"}), says)

    assert len(of(story.told, SendToCustomer)) <= HOPS
    assert len(story.told) <= HOPS + 10


def test_a_second_queue_task_is_passed_by() -> None:
    again = replace(QUEUE, id="again", exits={"time_limit": "disconnect"})
    story = opened(
        definition(
            workflow(
                replace(ACCEPT, exits={"next": "queue"}),
                replace(QUEUE, exits={"time_limit": "again"}),
                again,
                DISCONNECT,
            )
        )
    )

    story.passes(LIMIT)

    assert story.session.end_reason is EndReason.WORKFLOW
    assert [effect.kind for effect in story.told].count("enter_queue") > 1
    assert len({effect.queued_at for effect in story.told if effect.kind == "enter_queue"}) == 1


def test_parameters_that_break_a_rule_are_replaced_by_their_defaults() -> None:
    odd = replace(QUEUE, parameters={"ring_seconds": -1, "time_limit": "soon", "decline_ends": None})
    story = opened(definition(workflow(replace(ACCEPT, exits={"next": "queue"}), odd, DISCONNECT)))

    assert [effect.ring_seconds for effect in story.told if effect.kind == "offer_task"] == [30]
    assert story.passes(299)
    assert story.session.phase is Phase.WAITING


def test_cancelling_a_task_that_was_never_queued_goes_on() -> None:
    cancels = ActivityDefinition("cancels", "cancel_task", {}, {"next": "disconnect"})

    story = opened(definition(workflow(replace(ACCEPT, exits={"next": "cancels"}), cancels, DISCONNECT)))

    assert story.session.end_reason is EndReason.WORKFLOW
    assert [effect.kind for effect in story.told] == ["free_slot", "record_history", "announce_state"]
