"""The rules that a workflow has to keep before it can be saved. Each finding names the activity and the fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields

from shared.domain.errors import Finding
from shared.domain.modalities import MODALITIES
from shared.domain.parameters import check_custom, check_parameters
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.activities import ACTIVITIES
from shared.workflow.activity import read_parameters
from shared.workflow.engine import HOPS


def lint(workflow: Workflow) -> tuple[Finding, ...]:
    """All findings; an empty tuple means that the workflow can be published."""
    return (
        *_types(workflow),
        *_activities(workflow),
        *_exits(workflow),
        *_bracket(workflow),
        *_queueing(workflow),
        *_length(workflow),
    )


def _types(workflow: Workflow) -> Iterator[Finding]:
    types = {modality.workflow_type for modality in MODALITIES.values()}
    if workflow.type not in types:
        yield Finding("workflow_type_unknown", "type", f"must be one of {', '.join(sorted(types))}")
    times = Counter(activity.id for activity in workflow.activities)
    for duplicate in sorted(activity_id for activity_id, count in times.items() if count > 1):
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
        for parameter in fields(parameters):
            if parameter.metadata.get("type") is dict:
                for language, text in getattr(parameters, parameter.name).items():
                    yield from check_parameters(text, f"{where}.parameters.{parameter.name}.{language}")
    yield from check_custom(workflow.parameters, "parameters")


def _exits(workflow: Workflow) -> Iterator[Finding]:
    there = _by_id(workflow)
    for activity in workflow.activities:
        known = ACTIVITIES.get(activity.type)
        if known is None:
            continue
        where = f"activities.{activity.id}.exits"
        for name in known.exits:
            if name not in activity.exits:
                yield Finding("exit_open", f"{where}.{name}", "connect this exit to an activity")
        if activity.parameters.get("decline_ends") is True and "declined" not in activity.exits:
            yield Finding("exit_open", f"{where}.declined", "with decline_ends this exit is needed; connect it")
        for name, target in activity.exits.items():
            if name not in (*known.exits, *known.optional_exits):
                yield Finding("exit_unknown", f"{where}.{name}", f"'{activity.type}' has no such exit; remove it")
            if target not in there:
                yield Finding("exit_to_nowhere", f"{where}.{name}", f"there is no activity '{target}'")


def _bracket(workflow: Workflow) -> Iterator[Finding]:
    start = workflow.activity(workflow.start)
    if start is None:
        yield Finding("start_missing", "start", f"there is no activity '{workflow.start}'")
    for activity in _too_early(workflow):
        allowed = ", ".join(name for name, one in ACTIVITIES.items() if one.before_accept)
        yield Finding("accept_first", f"activities.{activity.id}", f"before it there can only be {allowed}")
    reachable = _reachable(workflow, [workflow.start])
    for activity in workflow.activities:
        if start is not None and activity.id not in reachable:
            yield Finding("unreachable", f"activities.{activity.id}", "nothing leads here; connect it or remove it")
    if not any(activity.type == "disconnect" for activity in workflow.activities):
        yield Finding("disconnect_missing", "activities", "end the workflow with Disconnect")


def _too_early(workflow: Workflow) -> Iterator[ActivityDefinition]:
    """Activities that the customer would come to before anybody has accepted the conversation."""
    known, seen, frontier = _by_id(workflow), set[str](), [workflow.start]
    while frontier:
        activity = known.get(frontier.pop())
        if activity is None or activity.id in seen or activity.type == "accept_conversation":
            continue
        seen.add(activity.id)
        if activity.type in ACTIVITIES and not ACTIVITIES[activity.type].before_accept:
            yield activity
        else:
            frontier.extend(activity.exits.values())


def _queueing(workflow: Workflow) -> Iterator[Finding]:
    reachable = _reachable(workflow, [workflow.start])
    there = [activity for activity in workflow.activities if activity.id in reachable]
    after_queue = _reachable(workflow, (t for a in there if a.type == "queue_task" for t in a.exits.values()))
    queued_again = next((a for a in there if a.type == "queue_task" and a.id in after_queue), None)
    if queued_again is not None:
        field = f"activities.{queued_again.id}"
        yield Finding("queued_twice", field, "a task may be queued only once per session; remove one Queue Task")
    never_queued = _reachable(workflow, [workflow.start], without="queue_task")
    surely_ended = _surely_disconnected(workflow)
    for activity in there:
        if activity.type != "cancel_task":
            continue
        field = f"activities.{activity.id}"
        if activity.id in never_queued:
            yield Finding("cancel_without_queue", field, "Cancel Task needs an earlier Queue Task on every way to it")
        if activity.id not in surely_ended:
            yield Finding("cancel_without_disconnect", field, "let a Disconnect follow Cancel Task")


def _length(workflow: Workflow) -> Iterator[Finding]:
    """No circles without a wait, and no way from one wait to the next that is longer than the engine walks."""
    lengths: dict[str, int] = {}
    # The way walked so far: each activity with the targets that it has still to try, in the order of the walk.
    way: dict[str, list[str]] = {}
    targets = _targets(workflow, at_once=True)
    beginnings = list(targets)
    while beginnings or way:
        if not way:
            beginning = beginnings.pop()
            if beginning not in lengths:
                way[beginning] = list(targets[beginning])
            continue
        here, untried = next(reversed(way.items()))
        if not untried:
            del way[here]
            lengths[here] = 1 + max((lengths[target] for target in targets[here]), default=0)
            continue
        target = untried.pop()
        if target in way:
            yield Finding("circle", f"activities.{here}", f"leads back to '{target}' without waiting anywhere")
            return
        if target not in lengths:
            way[target] = list(targets[target])
    if max(lengths.values(), default=0) > HOPS:
        yield Finding(
            "too_long", "activities", f"at most {HOPS} activities can follow each other; shorten this workflow"
        )


def _surely_disconnected(workflow: Workflow) -> set[str]:
    """Activities from which every way leads to a Disconnect."""
    targets, before = _targets(workflow), dict[str, list[str]]()
    for activity_id, following in targets.items():
        for target in following:
            before.setdefault(target, []).append(activity_id)
    open_ways = {activity_id: len(following) for activity_id, following in targets.items()}
    frontier = [a.id for a in _by_id(workflow).values() if a.type == "disconnect"]
    found = set(frontier)
    while frontier:
        for activity_id in before.get(frontier.pop(), ()):
            open_ways[activity_id] -= 1
            if not open_ways[activity_id] and activity_id not in found:
                found.add(activity_id)
                frontier.append(activity_id)
    return found


def _reachable(workflow: Workflow, beginnings: Iterable[str], *, without: str = "") -> set[str]:
    """Ids of the activities that a walk from these can enter, without entering any of the type `without`."""
    known, found = _by_id(workflow), set[str]()
    frontier = list(beginnings)
    while frontier:
        activity = known.get(frontier.pop())
        if activity is not None and activity.id not in found and activity.type != without:
            found.add(activity.id)
            frontier.extend(activity.exits.values())
    return found


def _targets(workflow: Workflow, *, at_once: bool = False) -> dict[str, set[str]]:
    """For each activity those that follow it; exits to nowhere are left out, and with `at_once` those after a wait."""
    known = _by_id(workflow)
    waits = {name: activity.waiting_exits for name, activity in ACTIVITIES.items()} if at_once else {}
    return {
        activity.id: {
            target
            for name, target in activity.exits.items()
            if target in known and name not in waits.get(activity.type, ())
        }
        for activity in known.values()
    }


def _by_id(workflow: Workflow) -> dict[str, ActivityDefinition]:
    """As `Workflow.activity` finds them: of several with the same id the first counts."""
    return {activity.id: activity for activity in reversed(workflow.activities)}
