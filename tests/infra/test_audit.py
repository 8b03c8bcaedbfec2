"""infra/audit.py: a known hole ends it, and a database that cannot be reached is never taken for a clean bill."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.bicep_text import INFRA

CLEAN: dict[str, Any] = {"dependencies": [{"name": "aiohttp", "version": "3.14.5", "vulns": []}]}
HOLE: dict[str, Any] = {
    "dependencies": [
        {"name": "aiohttp", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": []}]}
    ]
}
NODE_CLEAN: dict[str, Any] = {"auditReportVersion": 2, "vulnerabilities": {}}
NODE_HOLE: dict[str, Any] = {"vulnerabilities": {"preact": {"severity": "high", "range": "<11"}}}
NODE_AWAY: dict[str, Any] = {"message": "request to https://registry.example failed", "error": {}}


def audit(
    directory: Path, python: str, node: str, control: Any = HOLE, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run it with programs that print these; `control` is what is known of a package with holes of old."""
    (directory / "control.out").write_text(json.dumps(control) if python else "")
    for name, printed in (("pip-audit", python), ("npm", node)):
        (directory / f"{name}.out").write_text(printed)
        program = directory / name
        said = f'case "$*" in *control.txt*) cat "{directory}/control.out" ;; *) cat "{directory / name}.out" ;; esac'
        program.write_text(f"#!/bin/sh\n{said}\nexit 1\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    environment = {"PATH": f"{directory}:{os.environ['PATH']}", **variables}
    return subprocess.run(
        [sys.executable, str(INFRA / "audit.py")], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("python", "node", "code", "said"),
    [
        (CLEAN, NODE_CLEAN, 0, "Python packages of the app: no known holes"),
        (HOLE, NODE_CLEAN, 1, "HOLE: aiohttp 1.0: PYSEC-1, mended in 1.1"),
        (CLEAN, NODE_HOLE, 1, "HOLE: preact: high, <11"),
        (CLEAN, NODE_AWAY, 0, "NOT AUDITED: Node packages of the widget: request to https://registry.example failed"),
    ],
)
def test_what_is_known_is_said(tmp_path: Path, python: Any, node: Any, code: int, said: str) -> None:
    ended = audit(tmp_path, json.dumps(python), json.dumps(node))
    assert ended.returncode == code, ended.stdout
    assert said in ended.stdout


def test_a_database_that_is_away_is_said_loudly_and_fails_where_that_is_wanted(tmp_path: Path) -> None:
    ended = audit(tmp_path, "", json.dumps(NODE_CLEAN))
    assert ended.returncode == 0
    assert "NOT AUDITED: Python packages of the app" in ended.stdout
    assert "app: no known holes" not in ended.stdout
    assert audit(tmp_path, "", json.dumps(NODE_CLEAN), CI_AUDIT="required").returncode == 2
    assert audit(tmp_path, "", json.dumps(NODE_HOLE), CI_AUDIT="required").returncode == 1


def test_a_database_that_knows_nothing_is_none(tmp_path: Path) -> None:
    """A mirror of packages answers, too: without a single hole, which looks like a clean bill."""
    ended = audit(tmp_path, json.dumps(CLEAN), json.dumps(NODE_CLEAN), control=CLEAN)
    assert "NOT AUDITED: Python packages of the app: the database does not even know" in ended.stdout
