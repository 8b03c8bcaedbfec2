"""Plans, problems and drift as people see them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cli.configuration.differences import NOTHING, Difference
from cli.configuration.documents import Key
from cli.configuration.plan import Action, Change, Plan, Problem
from cli.output import plain

if TYPE_CHECKING:
    from rich.tree import Tree

    from cli.configuration.drift import Drift

SIGNS = {Action.CREATE: ("+", "green"), Action.CHANGE: ("~", "yellow"), Action.DELETE: ("-", "red")}
LONGEST = 100
MOST_NOTES = 20
Note = tuple[Key, Mapping[str, Any]]
"""What the server says of a document that it has saved: rule, field, explanation."""


def tree_of(plan: Plan) -> Tree:
    """Every change: kind, document, field with what was and what will be."""
    tree = _tree("Changes")
    for collection, changes in _by_collection(plan.changes):
        branch = tree.add(_text(collection, "bold"))
        for change in changes:
            sign, style = SIGNS[change.action]
            leaf = branch.add(_text(f"{sign} {change.action} {_called(change)}", style))
            if change.has_drifted and change.held is not None:
                leaf.add(_text(f"! {_drifted(change)}", "magenta"))
            if change.via:
                leaf.add(_text(f"via {change.via}", "cyan"))
            _add_differences(leaf, change.differences)
    return tree


def tree_of_drift(drifts: Sequence[Drift]) -> Tree:
    """What others have changed on the server, from what the folder says to what is there now."""
    tree = _tree("Changed on the server")
    for drift in drifts:
        who = f" by {drift.held.changed_by} at {drift.held.changed_at}" if drift.held and drift.held.changed_by else ""
        leaf = tree.add(_text(f"{drift.key} was {drift.what}{who}", "magenta"))
        _add_differences(leaf, drift.differences)
    return tree


def counted(number: int, what: str) -> str:
    """`1 change`, `2 changes`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def summary(plan: Plan) -> str:
    """How much is to be done, in a line."""
    if plan.problems:
        return f"{counted(len(plan.problems), 'finding')}; nothing can be applied."
    counts = {action: sum(change.action is action for change in plan.changes) for action in Action}
    told = [f"{count} to {action}" for action, count in counts.items() if count]
    return f"{', '.join(told) or 'Nothing to change'}; {plan.unchanged} unchanged."


def lines_of(problems: Iterable[Problem]) -> Iterable[str]:
    """Each with its place, as editors understand it."""
    for one in problems:
        where = f"{one.place}: " if one.place is not None else ""
        what = f"{one.key} " if one.key is not None else ""
        yield f"{where}{what}{f'{one.field} ' if one.field else ''}{one.explanation} ({one.rule})"


def lines_of_notes(notes: Sequence[Note]) -> Iterable[str]:
    """The first of what to look at although it is saved."""
    for key, one in notes[:MOST_NOTES]:
        yield f"Note: {key} {one.get('field') or ''}: {one.get('explanation')}"
    if len(notes) > MOST_NOTES:
        more = counted(len(notes) - MOST_NOTES, "note")
        yield f"… and {more} more: interact readiness tells those of a service or user"


def plan_json(plan: Plan) -> dict[str, Any]:
    """The same for programs."""
    return {
        "changes": [_change_json(change) for change in plan.changes],
        "findings": [problem_json(problem) for problem in plan.problems],
        "unchanged": plan.unchanged,
    }


def problem_json(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "document": str(problem.key) if problem.key is not None else None,
        "field": problem.field,
        "rule": problem.rule,
        "explanation": problem.explanation,
        "file": str(place.file) if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def drift_json(drift: Drift) -> dict[str, Any]:
    held = drift.held
    return {
        "document": str(drift.key),
        "what": drift.what,
        "changedBy": (held.changed_by or None) if held else None,
        "changedAt": (held.changed_at or None) if held else None,
        "differences": [one.document() for one in drift.differences],
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "action": change.action.value,
        "document": str(change.key),
        "name": change.name,
        "changedMeanwhile": change.has_drifted,
        "via": change.via or None,
        "differences": [one.document() for one in change.differences],
    }


def _by_collection(changes: Sequence[Change]) -> Iterable[tuple[str, Sequence[Change]]]:
    for collection in dict.fromkeys(change.key.collection for change in changes):
        yield collection, [change for change in changes if change.key.collection == collection]


def _called(change: Change) -> str:
    return f"{change.key.id} ({change.name})" if change.name and change.key.id else change.key.id or change.name


def _drifted(change: Change) -> str:
    held = change.held
    who = f" by {held.changed_by} at {held.changed_at}" if held and held.changed_by else ""
    return f"changed on the server{who} since the folder and the server were the same; that change would be undone"


def _add_differences(leaf: Tree, differences: Iterable[Difference]) -> None:
    for one in differences:
        leaf.add(_text(f"{one.field}: {_shown(one.before)} → {_shown(one.after)}"))


def _shown(value: Any) -> str:
    if value is NOTHING:
        return "(nothing)"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _text(text: str, style: str = "") -> Any:
    from rich.text import Text

    return Text(plain(text), style=style)


def _tree(title: str) -> Tree:
    from rich.tree import Tree

    return Tree(_text(title, "bold"))
