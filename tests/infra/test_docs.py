"""docs/deploy.md tells what is: its tables are those of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

from shared import bootstrap
from shared.settings.table import SETTINGS
from tests.cli.folders import empty_office
from tests.cli.terminal import Terminal
from tests.infra.bicep_text import BICEP, INFRA, MODULES, ROOT, keys, parameters
from tests.infra.fake_azure import FakeAzure, Rule
from tests.journeys.printed import BLOCK

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
    assert [row[0].strip("`") for row in table("### What the steps do")] == steps[1].split()


def test_the_first_tenant_is_completed_as_it_is_printed(tmp_path: Path) -> None:
    azure = FakeAzure(tmp_path / "azure")
    assert azure.run("provision.sh", "dev").code == 0
    printed = {found["name"]: found["text"] for found in BLOCK.finditer(TEXT) if found["language"] == "yaml"}
    assert len(printed) == 4
    for name, text in printed.items():
        file = azure.directory / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    empty_office()
    with Terminal(tmp_path / "settings") as terminal:
        terminal.sign_in("carla")
        applied = terminal.run("config", "apply", str(azure.directory / "company"), "--yes")
        assert applied.code == 0, applied
        ready = terminal.run("readiness", "--service", "support", "--json").document
    bootstrap.use(None)
    missing = {one["id"] for one in ready["conditions"] if one["verdict"] == "fail"}
    assert missing == {"members", "members_registered"}, "what is left is the bot in Teams"


def test_where_duties_are_divided_nobody_needs_the_other_s_rights(tmp_path: Path) -> None:
    azure = FakeAzure(tmp_path / "azure")
    commands = [row[2].strip("`").split() for row in table("both take turns")]
    for script, *arguments in commands:
        is_of_entra = "registration" in arguments or script.endswith("provision.sh")
        refused = ["deployment", "create"] if is_of_entra else ["ad", "app", "update"]
        azure.before = [Rule(refused, code=1, err="Insufficient privileges")]
        ended = azure.run(script.removeprefix("infra/"), *arguments, said="y\n")
        assert ended.code == 0, ended.said
    assert [script for script, *_ in commands].count("infra/deploy.sh") == 3


def test_links_within_the_page_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-")
        for line in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= headings


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
