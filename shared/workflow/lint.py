"""The rules that a workflow has to keep before it can be saved. Each finding names the activity and the fix."""

from __future__ import annotations

from collections.abc import Iterator

from shared.domain.errors import Finding
from shared.domain.modalities import MODALITIES
from shared.domain.parameters import check_parameters
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.activities import ACTIVITIES
from shared.workflow.activity import read_parameters


def lint(workflow: Workflow) -> tuple[Finding, ...]:
    """All findings; an empty tuple means that the workflow can be published."""
    return (
        *_types(workflow),
        *_activities(workflow),
        *_exits(workflow),
        *_bracket(workflow),
        *_queueing(workflow),
        *_circles(workflow),
    )


def _types(workflow: Workflow) -> Iterator[Finding]:
    types = {modality.workflow_type for modality in MODALITIES.values()}
    if workflow.type not in types:
        yield Finding("workflow_type_unknown", "type", f"must be one of {', '.join(sorted(types))}")
    ids = [activity.id for activity in workflow.activities]
    for duplicate in sorted({activity_id for activity_id in ids if ids.count(activity_id) > 1}):
        yield Finding("activity_id_duplicate", f"activities.{duplicate}", "give every activity an id of its own")


def _activities(workflow: Workflow) -> Iterator[Finding]:
    for activity in workflow.activities:
        where = f"activities.{activity.id}"
        known = ACTIVITIES.get(activity.type)
        if known is None:
            yield Finding("activity_unknown", f"{where}.type", f"must be one of {', '.join(ACTIVITIES)}")
            continue
        parameters, findings = read_parameters(known.parameters, activity.parameters, f"{where}.parameters")
        yield from findings
        for language, text in getattr(parameters, "texts", {}).items():
            yield from check_parameters(text, f"{where}.parameters.texts.{language}")


def _exits(workflow: Workflow) -> Iterator[Finding]:
    for activity in workflow.activities:
        known = ACTIVITIES.get(activity.type)
        if known is None:
            continue
        where = f"activities.{activity.id}.exits"
        for name in known.exits:
            if name not in activity.exits:
                yield Finding("exit_open", f"{where}.{name}", "connect this exit to an activity")
        for name, target in activity.exits.items():
            if name not in (*known.exits, *known.optional_exits):
                yield Finding("exit_unknown", f"{where}.{name}", f"'{activity.type}' has no such exit; remove it")
            if workflow.activity(target) is None:
                yield Finding("exit_to_nowhere", f"{where}.{name}", f"there is no activity '{target}'")


def _bracket(workflow: Workflow) -> Iterator[Finding]:
    start = workflow.activity(workflow.start)
    if start is None:
        yield Finding("start_missing", "start", f"there is no activity '{workflow.start}'")
    elif start.type != "accept_conversation":
        yield Finding("accept_first", "start", "Accept Conversation has to follow the start")
    reachable = _reachable(workflow)
    for activity in workflow.activities:
        if start is not None and activity.id not in reachable:
            yield Finding("unreachable", f"activities.{activity.id}", "nothing leads here; connect it or remove it")
    if not any(activity.type == "disconnect" for activity in workflow.activities):
        yield Finding("disconnect_missing", "activities", "end the workflow with Disconnect")


def _queueing(workflow: Workflow) -> Iterator[Finding]:
    for path in _paths(workflow):
        queued = [activity for activity in path if activity.type == "queue_task"]
        if len(queued) > 1:
            field = f"activities.{queued[1].id}"
            yield Finding("queued_twice", field, "a task may be queued only once per session; remove one Queue Task")
            return
    for activity in workflow.activities:
        if activity.type != "cancel_task":
            continue
        field = f"activities.{activity.id}"
        before = [path for path in _paths(workflow) if activity in path]
        if any(all(a.type != "queue_task" for a in path[: path.index(activity)]) for path in before):
            yield Finding("cancel_without_queue", field, "Cancel Task needs an earlier Queue Task on every way to it")
        if any(all(a.type != "disconnect" for a in path[path.index(activity) :]) for path in before):
            yield Finding("cancel_without_disconnect", field, "let a Disconnect follow Cancel Task")


def _circles(workflow: Workflow) -> Iterator[Finding]:
    for path in _paths(workflow):
        closing = next((target for target in path[-1].exits.values() if any(a.id == target for a in path)), None)
        if closing is not None:
            yield Finding("circle", f"activities.{path[-1].id}", f"leads back to '{closing}' without waiting anywhere")
            return


def _reachable(workflow: Workflow) -> set[str]:
    found: set[str] = set()
    frontier = [workflow.start]
    while frontier:
        activity = workflow.activity(frontier.pop())
        if activity is not None and activity.id not in found:
            found.add(activity.id)
            frontier.extend(activity.exits.values())
    return found


PATHS = 1_000


def _paths(workflow: Workflow) -> Iterator[tuple[ActivityDefinition, ...]]:
    """All ways from the start without walking in circles, at most PATHS of them."""
    start = workflow.activity(workflow.start)
    stack: list[tuple[ActivityDefinition, ...]] = [(start,)] if start else []
    given = 0
    while stack and given < PATHS:
        path = stack.pop()
        targets = set(path[-1].exits.values())
        following = [a for a in workflow.activities if a.id in targets and a not in path]
        if not following or any(a.id in targets for a in path):
            given += 1
            yield path
        stack.extend((*path, activity) for activity in following)
