"""The app in Azure's engine on the Pythons before the deployment's, each in an environment of its own.

Azure's worker for those is not to be had outside Azure; its engine for 3.13 is, and runs there too.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from infra.package import ROOT
from local.prepare import ENGINE_FOR_OLDER_PYTHON, PYTHON_VERSIONS, python_of
from tests.functions.test_engine import app, expect_exactly_these_functions
from tests.infra.tools import programs

OLDER = PYTHON_VERSIONS[1:]

pytestmark = pytest.mark.slow_tools


def environment(version: str, interpreter: str) -> str:
    """The interpreter of an environment with what the app and the local host need."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    shipped = [line for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines() if line.strip()]
    folder = programs(
        f"engine-{version}", *shipped, *groups["local"], python=interpreter, unasked=[ENGINE_FOR_OLDER_PYTHON]
    )
    return str(folder / "python")


@pytest.mark.parametrize("version", OLDER)
def test_the_engine_finds_the_same_functions_and_they_answer(
    version: str, storage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    interpreter = python_of(version)
    if interpreter is None:
        with capsys.disabled():
            print(f"\nWARNING: Python {version} is not installed, so that the app was NOT tried on it")
        return
    with app(storage, tmp_path, environment(version, interpreter)) as running:
        expect_exactly_these_functions(running)
        health = running.get("/api/health")
        assert health.status_code == 200, health.text


def test_the_oldest_python_that_the_project_takes_is_tried_here() -> None:
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert oldest == f">={OLDER[-1]}"
