"""Rules about the code that import-linter cannot express."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from local.stages import stages_of_test

ROOT = Path(__file__).parents[2]
PURE = ("shared/domain", "shared/workflow")
TELLS_THE_TIME = {"now", "utcnow", "today", "monotonic", "perf_counter"}


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Every Python module below the folders: its path and its syntax tree."""
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text("utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    """The full names of all modules and members that a module imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def calls(tree: ast.Module) -> Iterator[str]:
    """The last name of everything that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node.func.id


def test_triggers_know_no_sdk_but_that_of_functions() -> None:
    strangers = {
        f"{path}: {name}"
        for path, tree in modules("functions")
        for name in imports(tree)
        if name.startswith("azure") and not name.startswith("azure.functions")
    }
    assert strangers == set()


def test_the_function_app_registers_triggers_and_nothing_else() -> None:
    tree = ast.parse((ROOT / "function_app.py").read_text("utf-8"))
    assert {name.partition(".")[0] for name in imports(tree)} <= {"azure", "functions"}
    assert not any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in tree.body)


def test_pure_code_never_asks_for_the_time() -> None:
    asking = {f"{path}: {name}" for path, tree in modules(*PURE) for name in calls(tree) if name in TELLS_THE_TIME}
    assert asking == set()


def test_pure_code_waits_for_nothing_and_opens_nothing() -> None:
    waiting = {
        path for path, tree in modules(*PURE) if any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree))
    }
    opening = {path for path, tree in modules(*PURE) if "open" in calls(tree)}
    assert (waiting, opening) == (set(), set())


def test_dataclasses_of_the_domain_are_frozen() -> None:
    thawed = {
        f"{path}: {node.name}"
        for path, tree in modules(*PURE, "shared/ports")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if "dataclass" in ast.unparse(decorator) and "frozen=True" not in ast.unparse(decorator)
    }
    assert thawed == set()


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        path
        for path, tree in modules("shared", "functions")
        for name in imports(tree)
        if name in ("os", "os.environ", "os.getenv")
    }
    assert {reader for reader in readers if not reader.startswith("shared/settings")} == set()


def test_every_test_runs_in_a_stage_of_make_test() -> None:
    given = {part for stage in stages_of_test() for part in stage.command}
    folders = {f"tests/{file.relative_to(ROOT / 'tests').parts[0]}" for file in (ROOT / "tests").rglob("test_*.py")}
    assert folders - given == set()
