"""docs/deploy.md tells what is: its tables are those of the code."""

from __future__ import annotations

import json
import re

from shared.settings.table import SETTINGS
from tests.infra.bicep_text import BICEP, INFRA, MODULES, ROOT, keys, parameters

TEXT = (ROOT / "docs" / "deploy.md").read_text("utf-8")


def table(heading: str) -> list[list[str]]:
    """The rows of the first table after a heading or a bold text, without its own heading."""
    _, found, rest = TEXT.partition(heading)
    assert found, heading
    lines = rest.split("\n|", 1)[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines[2:]]


def test_every_setting_is_listed_as_it_is() -> None:
    deployment = MODULES / "functionapp.bicep"
    given = {
        key
        for name in ("appSettings", "rotationSettings", "pushSettings", "presenceSettings")
        for key in keys(deployment, name)
    }
    assert table("## Settings") == [
        [
            f"`{setting.name}`",
            setting.meaning,
            f"`{setting.default}`" if setting.default else "",
            "yes" if setting.secret else "",
            "yes" if setting.name in given else "",
        ]
        for setting in SETTINGS
    ]


def test_every_parameter_is_listed_as_it_is() -> None:
    assert table("## Parameters") == [
        [f"`{one.name}`", one.description, "required" if one.default is None else f"`{one.default}`"]
        for one in parameters(BICEP / "main.bicep").values()
    ]


def test_every_option_is_listed_as_it_is() -> None:
    script = (INFRA / "deploy.sh").read_text()
    told = re.findall(r"^#   (--\S+)", script, re.MULTILINE)
    listed = [row[0].strip("`").split(" ")[0].rstrip("`,") for row in table("## Options of")]
    assert listed == [option.rstrip(",") for option in told]


def test_every_step_is_listed_in_its_order() -> None:
    steps = re.search(r"^STEPS=\(([^)]*)\)", (INFRA / "deploy.sh").read_text(), re.MULTILINE)
    assert steps is not None
    assert [row[0].strip("`") for row in table("6. [First tenant]")] == steps[1].split()


def test_every_alert_is_listed() -> None:
    names = re.findall(r"^    name: '([\w-]+)'$", (MODULES / "alerts.bicep").read_text(), re.MULTILINE)
    assert [row[0].strip("`") for row in table("## What is watched")] == names


def test_every_graph_permission_is_listed() -> None:
    features = json.loads((INFRA / "entra" / "graph-permissions.json").read_text())
    assert table("**Graph permissions**") == [
        [f"`{name}`", ", ".join(one["permissions"])] for name, one in features.items()
    ]


def test_every_role_of_the_app_is_listed() -> None:
    texts = [(MODULES / name).read_text() for name in ("roles.bicep", "acsRole.bicep")]
    assert len(table("**What the app may do.**")) == sum(text.count("roleAssignments@") for text in texts)


def test_files_that_are_named_exist() -> None:
    named = set(re.findall(r"`((?:infra|docs)/[\w./-]+\.(?:sh|bicep|md))`", TEXT))
    assert {name for name in named if not (ROOT / name).exists()} == set()
