"""`pip install .` gives the `interact` command and only what it needs."""

from __future__ import annotations

import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

from cli import VERSION
from cli.main import GROUPS
from tests.infra.bicep_text import ROOT
from tests.infra.tools import programs


def test_the_version_is_that_of_the_project() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


@pytest.mark.slow_tools
def test_it_runs_from_a_clean_environment(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    python = programs("command", *project["dependencies"]) / "python"
    wheels = tmp_path / "wheels"
    _run(str(python), "-m", "pip", "wheel", "--quiet", "--no-input", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    (wheel,) = wheels.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        top = {name.partition("/")[0] for name in archive.namelist()}
    assert top == {"cli", f"interact-{VERSION}.dist-info"}
    _run(str(python), "-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "--force-reinstall", str(wheel))
    command = python.parent / "interact"
    shown = _run(str(command), "--help", directory=tmp_path)
    for group in GROUPS:
        assert group.name in shown
    assert _run(str(command), "--version", directory=tmp_path).strip() == f"interact {VERSION}"


def _run(*command: str, directory: Path = ROOT) -> str:
    ended = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
