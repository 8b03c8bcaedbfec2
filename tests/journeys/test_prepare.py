"""Preparing a checkout, with programs in place of npm and pip that only note that they were called."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from local import prepare
from local.prepare import PreparationError

PYTHON = "  Python packages: installing what requirements-dev.txt lists\n"
LOCAL = "  Node packages of local/: installing what package-lock.json lists\n"
WIDGET = "  Node packages of widget/: installing what package-lock.json lists\n"
BUILD = "  Widget: building\n"


class Checkout:
    """A checkout with its own PATH; `calls` are those of pip and npm since the last look."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, output: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.programs = root / "programs"
        self._output = output
        self._log = root / "calls.txt"
        self.write("requirements-dev.txt", "ruff==1\n")
        for project in ("local", "widget"):
            self.write(f"{project}/package-lock.json", "{}")
        self.write("widget/src/main.ts", "1")
        self.write("widget/tests/main.test.ts", "1")
        self.write(".venv/pyvenv.cfg", "home = /somewhere\nversion = 3.13.0\n")
        self.program("../.venv/bin/python", f'echo "python $*" >> {self._log}')
        self.program("node", "echo v20.11.0")
        self.program(
            "npm",
            'if [ "$1" = --version ]; then echo 10.2.0; exit; fi',
            f'echo "npm $* in $(basename "$PWD")" >> {self._log}',
            'if [ "$1" = ci ]; then mkdir -p node_modules; else mkdir -p dist && touch dist/interact.js; fi',
        )
        monkeypatch.setenv("PATH", f"{self.programs}:/usr/bin:/bin")
        monkeypatch.setenv("HOME", str(root))

    def write(self, path: str, content: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def program(self, name: str, *lines: str) -> Path:
        file = self.programs / name
        self.programs.mkdir(exist_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(("#!/bin/sh", *lines)) + "\n")
        file.chmod(0o755)
        return file

    def prepared(self) -> set[str]:
        """Prepare; what was said, without order, since steps run side by side."""
        prepare.prepare(self.root)
        return set(self._output.readouterr().out.splitlines(keepends=True))

    def calls(self) -> Sequence[str]:
        text = self._log.read_text() if self._log.exists() else ""
        self._log.unlink(missing_ok=True)
        return sorted(text.splitlines())


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Checkout:
    return Checkout(tmp_path, monkeypatch, capsys)


def test_the_first_time_sets_up_everything_and_the_second_time_nothing(checkout: Checkout) -> None:
    assert checkout.prepared() == {PYTHON, LOCAL, WIDGET, BUILD}
    assert [call.split(" --")[0] for call in checkout.calls()] == [
        "npm ci",
        "npm ci",
        "npm run",
        "python -m pip install",
    ]
    assert checkout.prepared() == set()
    assert checkout.calls() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("requirements-dev.txt", {PYTHON}),
        ("local/package-lock.json", {LOCAL}),
        ("widget/package-lock.json", {WIDGET, BUILD}),
        ("widget/src/main.ts", {BUILD}),
        ("widget/src/deep/new.ts", {BUILD}),
        ("widget/tests/main.test.ts", set()),
        ("README.md", set()),
    ],
)
def test_only_what_changed_is_done_again(checkout: Checkout, changed: str, said: set[str]) -> None:
    checkout.prepared()
    checkout.write(changed, "changed")
    assert checkout.prepared() == said


def test_what_was_deleted_is_made_again(checkout: Checkout) -> None:
    checkout.prepared()
    (checkout.root / "widget" / "dist" / "interact.js").unlink()
    assert checkout.prepared() == {BUILD}


def test_an_older_python_gets_the_engine_that_asks_for_a_newer_one(checkout: Checkout) -> None:
    checkout.write(".venv/pyvenv.cfg", "version = 3.11.7\n")
    checkout.prepared()
    wanted = f"--ignore-requires-python --no-deps {prepare.ENGINE_FOR_OLDER_PYTHON}"
    assert any(wanted in call for call in checkout.calls())


def test_a_tool_that_fails_shows_what_it_said_and_is_tried_again_next_time(checkout: Checkout) -> None:
    checkout.program("npm", '[ "$1" = --version ] && { echo 10.2.0; exit; }', "echo no such package; exit 7")
    with pytest.raises(PreparationError, match=r"(?s)no such package\n`npm ci .*failed with exit code 7"):
        checkout.prepared()
    with pytest.raises(PreparationError, match="no such package"):
        checkout.prepared()


def test_everything_that_is_too_old_is_named_at_once(checkout: Checkout) -> None:
    checkout.program("node", "echo v18.19.0")
    checkout.program("npm", "echo 8.1.0")
    with pytest.raises(PreparationError) as refusal:
        checkout.prepared()
    assert str(refusal.value).splitlines() == [
        "node v18.19.0 is too old: 20 or newer is needed",
        "npm 8.1.0 is too old: 9 or newer is needed",
    ]


def test_what_is_missing_is_named(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout.root))
    with pytest.raises(PreparationError) as refusal:
        checkout.prepared()
    assert [line.split(":")[0] for line in str(refusal.value).splitlines()] == ["node is missing", "npm is missing"]


def test_the_newest_python_is_chosen_also_where_it_is_not_on_the_path(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = checkout.program("python3.12", "echo 3.12")
    monkeypatch.setattr(sys, "executable", str(older))
    checkout.program("python3.13", "echo 'no such version is active' >&2; exit 127")
    hidden = checkout.program("../.pyenv/versions/3.13.9/bin/python3", "echo 3.13")
    newest = checkout.program("../.pyenv/versions/3.13.10/bin/python3", "echo 3.13")
    assert prepare.best_python() == (str(checkout.root / ".pyenv/versions/3.13.10/bin/python3"), "3.13")
    newest.unlink()
    hidden.unlink()
    assert prepare.best_python() == (str(older), "3.12")


def test_it_runs_with_nothing_but_the_standard_library(tmp_path: Path) -> None:
    program = Path(prepare.__file__)
    code = f"import runpy; runpy.run_path({str(program)!r}, run_name='not main')"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True, cwd=tmp_path)
