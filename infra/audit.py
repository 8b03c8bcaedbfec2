"""Known holes in what is shipped: Python packages of the app, Node packages of the widget.

    python infra/audit.py

Ends with 1 where a hole is known. Where a database cannot be reached, that is said in capitals and is no success:
with CI_AUDIT=required it ends with 2. pip-audit runs in an environment of its own, which is made when it is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PIP_AUDIT = "pip-audit==2.10.1"
LONG_KNOWN = "requests==2.19.0"
"""Has holes that every database knows since 2018: one that does not is none, such as a bare mirror of packages."""
REQUIRED = "CI_AUDIT"
SECONDS = 180


class NotAuditedError(Exception):
    """The database gave no answer; the message is the last that the tool has said."""


def main() -> int:
    """Audit both; the result is the exit code."""
    audits = (("Python packages of the app", python_holes), ("Node packages of the widget", node_holes))
    code, unknown = 0, 0
    for what, holes in audits:
        try:
            found = holes()
        except NotAuditedError as error:
            unknown += 1
            _say(f"NOT AUDITED: {what}: {error}")
            continue
        for hole in found:
            _say(f"HOLE: {hole}")
        _say(f"{what}: {len(found) or 'no'} known holes")
        code = 1 if found else code
    return code or (2 if unknown and os.environ.get(REQUIRED) == "required" else 0)


def python_holes() -> list[str]:
    """What pip-audit knows of requirements.txt; raises NotAuditedError."""
    program = _pip_audit()
    with tempfile.TemporaryDirectory() as directory:
        control = Path(directory) / "control.txt"
        control.write_text(f"{LONG_KNOWN}\n", "utf-8")
        if not _known_to(program, control):
            raise NotAuditedError(f"the database does not even know the holes of {LONG_KNOWN}")
    return _known_to(program, ROOT / "requirements.txt")


def _known_to(program: str, requirements: Path) -> list[str]:
    options = ["--requirement", str(requirements), "--no-deps", "--disable-pip", "--format", "json"]
    printed = _run([program, *options, "--progress-spinner", "off"])
    return [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for one in _document(printed)["dependencies"]
        for hole in one.get("vulns", [])
    ]


def node_holes() -> list[str]:
    """What npm knows of the packages that are built into the widget; raises NotAuditedError."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotAuditedError("npm is missing")
    document = _document(_run([npm, "audit", "--json"], ROOT / "widget"))
    if "vulnerabilities" not in document:
        raise NotAuditedError(str(document.get("message") or document.get("error") or "no answer")[:200])
    return [f"{name}: {one['severity']}, {one.get('range')}" for name, one in document["vulnerabilities"].items()]


def _pip_audit() -> str:
    found = shutil.which("pip-audit")
    if found:
        return found
    folder = ROOT / ".local" / "tools" / "pip-audit"
    program = folder / "bin" / "pip-audit"
    if not program.is_file():
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input", PIP_AUDIT])
    if not program.is_file():
        raise NotAuditedError(f"{PIP_AUDIT} cannot be installed")
    return str(program)


def _run(command: Sequence[str], directory: Path = ROOT) -> tuple[str, str]:
    """What was printed on stdout and stderr; both tools end with 1 where they have found something."""
    try:
        ended = subprocess.run(  # noqa: S603 - our own commands
            command, cwd=directory, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAuditedError(f"{Path(command[0]).name}: {type(error).__name__}") from error
    return ended.stdout, ended.stderr


def _document(printed: tuple[str, str]) -> dict[str, Any]:
    out, notes = printed
    try:
        document: dict[str, Any] = json.loads(out)
    except ValueError:
        lines = (notes or out).strip().splitlines()
        raise NotAuditedError(lines[-1][:200] if lines else "no answer") from None
    return document


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
