"""What surrounds the project on GitHub says what the project does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.bicep_text import ROOT

GITHUB = ROOT / ".github"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def test_the_workflow_is_ci_run_and_nothing_else() -> None:
    (job,) = read(GITHUB / "workflows" / "ci.yml")["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert [command.split()[-1] for command in commands] == [".ci/run"]


def test_the_workflow_may_read_and_no_more() -> None:
    workflow = read(GITHUB / "workflows" / "ci.yml")
    assert workflow["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in workflow["jobs"].values())


def test_every_place_with_packages_gets_updates() -> None:
    kept = {(one["package-ecosystem"], one["directory"]) for one in read(GITHUB / "dependabot.yml")["updates"]}
    locks = {f"/{path.parent.relative_to(ROOT)}" for path in ROOT.glob("*/package-lock.json")}
    assert {("npm", directory) for directory in locks} == {one for one in kept if one[0] == "npm"}
    assert ("pip", "/") in kept
    assert ("github-actions", "/") in kept


@pytest.mark.parametrize("name", ["bug", "wish"])
def test_forms_of_issues_have_what_github_asks_for(name: str) -> None:
    form = read(GITHUB / "ISSUE_TEMPLATE" / f"{name}.yml")
    assert form["name"]
    assert form["description"]
    kinds = {"markdown", "input", "textarea", "dropdown", "checkboxes"}
    assert all(field["type"] in kinds and "attributes" in field for field in form["body"])
    ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
    assert len(ids) == len(set(ids))


def test_the_devcontainer_has_the_python_of_the_deployment() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    default = re.search(
        r"^param pythonVersion string = '([\d.]+)'$", (ROOT / "infra/bicep/main.bicep").read_text(), re.MULTILINE
    )
    assert default is not None
    assert f"-{default[1]}-" in container["image"]
    assert container["postCreateCommand"] == "make prepare"


def test_versions_are_semantic_and_the_changelog_begins_with_what_is_not_released() -> None:
    from shared.settings import VERSION

    assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", VERSION)
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert all(re.match(r"\d+\.\d+\.\d+", one) for one in headings[1:])
