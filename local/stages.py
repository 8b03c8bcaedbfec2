"""`make test` and `make check`: stages in their order, two at a time, each with its time, until one fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITES = (
    # The longest, which waits for pages most of its time: begun first, it is over with the others.
    ("journeys", ("journeys",)),
    ("unit", ("architecture", "domain", "workflow", "application", "infra")),
    ("simulation", ("simulation",)),
    ("ports", ("ports",)),
    ("functions", ("functions",)),
    ("command line", ("cli",)),
    ("security", ("security",)),
    ("stand-ins", ("local",)),
    ("conformance", ("conformance",)),
    ("bench", ("bench",)),
    ("soak", ("soak",)),
)
LANES = 2
"""Most suites wait for others half of the time."""


@dataclass(frozen=True)
class Stage:
    """A command that has to succeed; `directory` is below the project's."""

    name: str
    command: Sequence[str]
    directory: str = "."


@dataclass(frozen=True)
class Outcome:
    stage: Stage
    passed: bool
    seconds: float
    output: str


def stages_of_test() -> Iterator[Stage]:
    """The journeys, and beside them the others, fast ones first; also folders below tests/ that nobody listed."""
    listed = {folder for _, folders in SUITES for folder in folders}
    unlisted = tuple(folder for folder in _suite_folders() if folder not in listed)
    yield from _pystages_of_test([*SUITES, ("further", unlisted)])
    yield Stage("widget", ("node", "scripts/test.mjs"), "widget")


def stages_of_check() -> Iterator[Stage]:
    yield Stage("ruff", _module("ruff", "check", "."))
    yield Stage("format", _module("ruff", "format", "--check", "."))
    yield Stage("imports", (str(ROOT / ".venv" / "bin" / "lint-imports"), "--no-logo"))
    yield Stage("types", _module("mypy"))
    yield Stage("widget", ("npm", "run", "--silent", "check"), "widget")
    yield Stage("widget sizes", ("node", "scripts/sizes.mjs"), "widget")


STAGES = {"test": stages_of_test, "check": stages_of_check}


def main() -> int:
    """Run the stages of the target that the one argument names; the result is the exit code."""
    target = sys.argv[1] if len(sys.argv) == 2 else ""
    if target not in STAGES:
        print(f"python -m local.stages {' | '.join(STAGES)}", file=sys.stderr)
        return 2
    began = time.monotonic()
    failed: list[Stage] = []
    for outcome in outcomes(STAGES[target]()):
        show(outcome)
        if not outcome.passed:
            failed.append(outcome.stage)
    for stage in failed:
        print(f"make {target} failed in the stage '{stage.name}'. Alone: {_by_hand(stage)}", file=sys.stderr)
    if not failed:
        print(f"make {target} passed in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


def outcomes(stages: Iterable[Stage]) -> Iterator[Outcome]:
    """Run the stages, several at a time; after a failure none is begun any more, unless CI wants them all."""
    waiting = list(stages)
    running: set[Future[Outcome]] = set()
    with ThreadPoolExecutor(LANES) as lanes:
        while waiting or running:
            while waiting and len(running) < LANES:
                running.add(lanes.submit(run, waiting.pop(0)))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                outcome = future.result()
                yield outcome
                if not outcome.passed and not os.environ.get("CI"):
                    waiting.clear()


def run(stage: Stage) -> Outcome:
    """Run one stage to its end."""
    began = time.monotonic()
    result = subprocess.run(  # noqa: S603 - our own commands
        stage.command,
        cwd=ROOT / stage.directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Outcome(stage, result.returncode == 0, time.monotonic() - began, result.stdout.strip())


def show(outcome: Outcome) -> None:
    """The output where a stage has failed, else its last line only, and notes."""
    print(f"{outcome.stage.name:<14}{outcome.seconds:6.1f} s  ", end="")
    if not outcome.passed:
        print(f"failed\n{outcome.output}", flush=True)
        return
    print(_summary(outcome.output), flush=True)
    for line in outcome.output.splitlines():
        if line.startswith("note: "):
            print(f"{'':<14}{line}", flush=True)


def _summary(output: str) -> str:
    """How many passed, else the last line: pytest says it last, node's runner before other figures."""
    lines = output.splitlines() or ["ok"]
    return next((line for line in reversed(lines) if re.search(r"\bpass(ed)?\b", line)), lines[-1]).strip(" =ℹ")


def _pystages_of_test(suites: Iterable[tuple[str, Sequence[str]]]) -> Iterator[Stage]:
    present = _suite_folders()
    for name, folders in suites:
        paths = [f"tests/{folder}" for folder in folders if folder in present]
        if paths:
            yield Stage(name, _module("pytest", "-q", *paths))


def _suite_folders() -> list[str]:
    """Folders below tests/ that hold tests."""
    return sorted(
        folder.name for folder in (ROOT / "tests").iterdir() if folder.is_dir() and any(folder.rglob("test_*.py"))
    )


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)


def _by_hand(stage: Stage) -> str:
    command = " ".join(os.path.relpath(part, ROOT) if part.startswith(str(ROOT)) else part for part in stage.command)
    return command if stage.directory == "." else f"cd {stage.directory} && {command}"


if __name__ == "__main__":
    sys.exit(main())
