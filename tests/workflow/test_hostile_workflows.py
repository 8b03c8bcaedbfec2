"""Workflows as nobody should draw them: lint answers, and the engine ends the session rather than raising."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.effects import RecordHistory, SendToCustomer
from shared.domain.events import (
    Event,
)
from shared.domain.sessions import EndReason, Phase
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.engine import HOPS
from shared.workflow.lint import lint
from shared.workflow.simulate import simulate
from shared.workflow.surroundings import Scene
from tests.workflow.drawn import ACTS, WORKFLOWS, sound_workflows
from tests.workflow.properties import EXAMPLES
from tests.workflow.stories import (
    ACCEPT,
    DISCONNECT,
    LIMIT,
    LUISA,
    MARIO,
    NINE,
    QUEUE,
    Story,
    definition,
    of,
    opened,
    workflow,
)

WHO = Scene(free=(MARIO, LUISA), position=2)


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


@EXAMPLES
@given(WORKFLOWS, WORKFLOWS, st.lists(st.tuples(st.floats(0, 900), ACTS), max_size=6))
def test_any_workflow_bears_whatever_people_do_and_the_world_answers(
    one: Workflow, other: Workflow, acts: list[tuple[float, Event]]
) -> None:
    scene = replace(WHO, services={"sales": definition(one), "orders": definition(other)}, visitor_leaves=600.0)

    course = simulate(one, NINE, acts, scene)

    assert course.ended is not None


@EXAMPLES
@given(sound_workflows())
def test_a_workflow_without_findings_never_ends_in_a_fault(sound: Workflow) -> None:
    assert lint(sound) == ()
    assert run_to_the_end(sound).session.end_reason is EndReason.WORKFLOW


@EXAMPLES
@given(sound_workflows(), st.lists(st.tuples(st.floats(0, 900), ACTS), max_size=6))
def test_nor_does_it_whatever_people_do(sound: Workflow, acts: list[tuple[float, Event]]) -> None:
    scene = replace(WHO, services={"orders": definition(sound)}, visitor_leaves=600.0)

    assert simulate(sound, NINE, acts, scene).session.end_reason not in (None, EndReason.WORKFLOW_FAULT)


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
    assert [effect.kind for effect in story.told] == ["record_history", "free_slot", "announce_state"]
