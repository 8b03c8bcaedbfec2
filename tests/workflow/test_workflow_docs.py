"""docs/workflows.md tells what is: every activity with its parameters and exits, every rule, examples that work."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import pytest

from local.seed import ORDERS_CHAT
from shared.adapters.documents import from_json
from shared.domain.calendar_rules import check_calendar
from shared.domain.calendars import Calendar
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.activities import ACTIVITIES
from shared.workflow.activity import Activity, read_parameters
from shared.workflow.engine import HOPS
from shared.workflow.lint import lint

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "workflows.md").read_text("utf-8")
BEFORE_ACCEPT = "May stand before Accept."


def section(type_name: str) -> str:
    """What the page says of an activity, up to the next heading."""
    parts = re.split(r"^#+ ", TEXT, flags=re.MULTILINE)
    (found,) = [part for part in parts if part.startswith(f"`{type_name}`\n")]
    return found


def table(text: str, first: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading; none where there is no such table."""
    _, found, rest = text.partition(f"| {first} |")
    rows = rest.split("\n\n")[0].splitlines()[2:] if found else []
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def blocks(kind: str, text: str = TEXT) -> list[str]:
    return re.findall(rf"^```json {kind}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def value(parameter: Field[Any]) -> str:
    """What the page has to say of a parameter's value."""
    rule = parameter.metadata
    required = "; required" if rule.get("required") else ""
    if rule["type"] is int:
        return f"a whole number from {rule['minimum']} to {rule['maximum']}"
    if rule["type"] is bool:
        return "true or false"
    if rule["type"] is dict:
        return "a text for each language"
    if "options" in rule:
        *others, last = (f"`{option}`" for option in rule["options"])
        return f"{', '.join(others)} or {last}"
    if "name" in rule:
        return f"the name of a custom parameter{required}"
    return f"the id of a document{required}" if required else f"a text of at most {rule['longest']} characters"


def default(parameter: Field[Any]) -> str:
    if parameter.metadata.get("required"):
        return ""
    given = parameter.default_factory() if parameter.default_factory is not MISSING else parameter.default
    return f"`{json.dumps(given)}`"


def rules_of(*files: str) -> Iterator[str]:
    """The rules that these modules name in findings."""
    for file in files:
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding":
                yield ast.literal_eval(node.args[0])


@pytest.mark.parametrize("activity", ACTIVITIES.values(), ids=list(ACTIVITIES))
class TestActivity:
    def test_its_parameters_are_listed_as_they_are(self, activity: Activity) -> None:
        listed = [row[:3] for row in table(section(activity.type), "parameter")]
        kind: Any = activity.parameters
        assert listed == [[f"`{one.name}`", value(one), default(one)] for one in fields(kind)]

    def test_its_exits_are_listed_as_they_are(self, activity: Activity) -> None:
        listed = [row[:2] for row in table(section(activity.type), "exit")]
        must, may = activity.exits, activity.optional_exits
        assert listed == [[f"`{name}`", "must"] for name in must] + [[f"`{name}`", "may"] for name in may]

    def test_whether_it_may_stand_before_accept_is_said(self, activity: Activity) -> None:
        assert (BEFORE_ACCEPT in " ".join(section(activity.type).split())) is activity.before_accept

    def test_its_example_can_be_saved(self, activity: Activity) -> None:
        (example,) = blocks("activity", section(activity.type))
        definition = from_json(ActivityDefinition, example)
        assert definition.type == activity.type
        assert read_parameters(activity.parameters, definition.parameters, "example")[1] == ()
        assert set(activity.exits) <= set(definition.exits) <= {*activity.exits, *activity.optional_exits}


def test_no_activity_is_told_of_that_there_is_not() -> None:
    assert re.findall(r"^### `(\w+)`$", TEXT, flags=re.MULTILINE) == list(ACTIVITIES)


def test_the_whole_workflow_is_one_that_can_be_saved() -> None:
    (example,) = blocks("workflow")
    workflow = from_json(Workflow, example)
    assert lint(workflow) == ()
    assert workflow.activities[0] == ORDERS_CHAT.activities[0]


def test_the_calendar_is_one_that_can_be_saved() -> None:
    (example,) = blocks("calendar")
    assert check_calendar(from_json(Calendar, example)) == ()


def test_every_rule_of_workflows_is_listed() -> None:
    _, _, rest = TEXT.partition("## Rules")
    listed = {rule for row in table(rest, "rule") for rule in re.findall(r"`(\w+)`", row[0])}
    own = ["shared/workflow/lint.py", "shared/workflow/activity.py", "shared/domain/parameters.py"]
    documents = {"reference_missing", "out_of_reach", "too_many_calendars"}
    assert listed == {*rules_of(*own), *documents}
    assert documents <= set(rules_of("shared/adapters/document_rules.py"))
    assert f"at most {HOPS} activities" in rest


def test_every_rule_of_calendars_is_listed() -> None:
    _, _, rest = TEXT.partition("## Calendars")
    listed = {rule for row in table(rest, "rule") for rule in re.findall(r"`(\w+)`", row[0])}
    assert listed == set(rules_of("shared/domain/calendar_rules.py"))
