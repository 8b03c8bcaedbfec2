"""The contracts of pyproject.toml hold, and would notice who breaks them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("shared", "functions", "local", "cli")


def lint(directory: Path) -> tuple[int, str]:
    """Exit code and report of import-linter in a copy of the project."""
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [program, "--no-logo"],
        cwd=directory,
        # Unwrapped, so that the names of contracts can be looked for.
        env={**os.environ, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the Python packages with their contracts."""
    copy = tmp_path_factory.mktemp("project")
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            if "node_modules" not in file.parts:
                target = copy / file.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def test_all_contracts_are_kept(project: Path) -> None:
    code, report = lint(project)
    assert code == 0, report
    assert " 0 broken" in report


@pytest.mark.parametrize(
    ("file", "content", "contract"),
    [
        ("shared/helpers.py", "", "every module below shared/ has its storey"),
        ("shared/helpers/__init__.py", "", "every module below shared/ has its storey"),
        ("shared/domain/clock.py", "import time\n", "Domain and workflow are pure"),
        ("shared/domain/chance.py", "def draw():\n    import random\n", "Domain and workflow are pure"),
        ("shared/workflow/look_up.py", "from shared import ports\n", "every module below shared/ has its storey"),
        ("shared/application/table.py", "from azure.data import tables\n", "neither SDKs nor HTTP"),
        ("shared/application/direct.py", "from shared.adapters import memory\n", "neither SDKs nor HTTP"),
        ("shared/adapters/clever.py", "from shared.workflow import engine\n", "Adapters know neither"),
        ("functions/shortcut.py", "from shared.adapters import tables\n", "Triggers reach adapters"),
        ("functions/upwards.py", "import local.azurite\n", "what runs locally stands on the triggers"),
        ("local/acs/insider.py", "from shared.domain import sessions\n", "Stand-ins are written against"),
        ("cli/insider.py", "from shared.domain import services\n", "The command line knows the management API"),
        ("functions/command.py", "from cli import errors\n", "does without the command line"),
        ("local/desk/insider.py", "from local.acs import state\n", "do not know each other"),
    ],
)
def test_a_contract_bites(project: Path, file: str, content: str, contract: str) -> None:
    stray = project / file
    stray.parent.mkdir(exist_ok=True)
    stray.write_text(content)
    try:
        code, report = lint(project)
    finally:
        stray.unlink()
        if not any(stray.parent.iterdir()):
            stray.parent.rmdir()
    assert code == 1, report
    assert contract in report.partition("Broken contracts")[2], report
