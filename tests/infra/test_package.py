"""The deployment package: what the app needs in Azure, nothing else, always the same; it runs where nothing else is."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from infra.package import FILES, TELEMETRY, PackageError, build, contents, fill, functions, main
from shared.settings import VERSION
from shared.settings.table import STORAGE
from tests.architecture.test_rules import imports, modules
from tests.functions.test_engine import HTTP
from tests.infra.bicep_text import ROOT
from tests.infra.tools import programs
from tests.journeys.company import Company
from tests.journeys.stack import running as local_stack
from tests.journeys.test_smoke import CANARY
from tests.local.host.hosts import MASTER, RunningHost, host

FUNCTIONS = sorted([*HTTP, "on_call_event", "on_chat_event", "on_presence_timer", "on_session_timer"])
LARGEST = 2 * 1024 * 1024
"""Bytes; 275 kB at first. Azure takes 500 MB, but what is large starts slowly."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("package") / "interact.zip"
    build(ROOT, output)
    return output


@pytest.fixture(scope="module")
def app(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, unpacked far from the project."""
    directory = tmp_path_factory.mktemp("elsewhere") / "app"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(directory)
    return directory


class TestContent:
    def test_it_holds_the_app_and_the_built_widget(self, package: Path) -> None:
        names = zipfile.ZipFile(package).namelist()
        assert set(FILES) <= set(names)
        assert {name.split("/")[0] for name in names} == {*FILES, "functions", "shared", "widget"}
        assert {"widget/dist/interact.js", "widget/dist/preview/preview.html"} <= set(names)
        assert "shared/bootstrap.py" in names

    def test_nothing_else_gets_in(self, package: Path) -> None:
        names = zipfile.ZipFile(package).namelist()
        unwanted = re.compile(
            r"(^|/)(\.|tests?/|local|node_modules|__pycache__|infra/|cli/)|\.pyc$|settings\.json$|\.ts$"
        )
        assert [name for name in names if unwanted.search(name)] == []

    def test_the_same_sources_give_the_same_bytes(self, package: Path, tmp_path: Path) -> None:
        again = tmp_path / "again.zip"
        build(ROOT, again)
        assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(package.read_bytes()).digest()

    def test_it_is_small(self, package: Path) -> None:
        assert package.stat().st_size < LARGEST

    def test_a_folder_for_azd_has_the_same_files(self, tmp_path: Path) -> None:
        fill(ROOT, tmp_path / "app")
        (tmp_path / "app" / "old.py").write_text("gone with the next build")
        fill(ROOT, tmp_path / "app")
        found = sorted(file.relative_to(tmp_path / "app") for file in (tmp_path / "app").rglob("*") if file.is_file())
        assert found == contents(ROOT)

    def test_a_folder_with_something_else_in_it_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.txt").write_text("ten years of work")
        with pytest.raises(PackageError, match="is no package"):
            fill(ROOT, tmp_path)
        assert (tmp_path / "thesis.txt").exists()

    def test_without_the_widget_it_says_how_to_build_it(self, tmp_path: Path) -> None:
        with pytest.raises(PackageError, match="make prepare"):
            build(tmp_path, tmp_path / "x.zip")

    def test_telemetry_comes_along_only_where_it_is_wanted(self, package: Path, tmp_path: Path) -> None:
        with_it = tmp_path / "telemetry.zip"
        build(ROOT, with_it, telemetry=True)
        plain, wanted = zipfile.ZipFile(package), zipfile.ZipFile(with_it)
        assert "opentelemetry" not in plain.read("requirements.txt").decode()
        assert wanted.read("requirements.txt").decode() == plain.read("requirements.txt").decode() + f"{TELEMETRY}\n"
        host = json.loads(plain.read("host.json"))
        assert json.loads(wanted.read("host.json")) == {**host, "telemetryMode": "OpenTelemetry"}
        differing = [name for name in plain.namelist() if plain.read(name) != wanted.read(name)]
        assert differing == ["host.json", "requirements.txt"]

    def test_its_size_is_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--output", str(tmp_path / "x.zip")]) == 0
        assert re.search(r"x\.zip: \d+ files, [\d,]+ kB", capsys.readouterr().out)

    def test_the_functions_are_those_that_the_engine_finds(self) -> None:
        assert functions(ROOT) == FUNCTIONS


class TestRequirements:
    LINES = (ROOT / "requirements.txt").read_text().splitlines()

    def names(self) -> set[str]:
        return {re.split(r"[=<>; ]", line)[0].lower() for line in self.LINES if line.strip()}

    def test_everything_is_pinned(self) -> None:
        assert [line for line in self.LINES if "==" not in line] == []

    def test_what_the_project_names_is_there_and_no_tool_of_development(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        groups = {
            name: {re.split(r"[=<>; ]", line)[0].lower() for line in group if isinstance(line, str)}
            for name, group in project["dependency-groups"].items()
        }
        named = groups.pop("app")
        development = set[str]().union(*groups.values())
        assert named <= self.names()
        # What is both is there because the app needs it.
        assert development & self.names() <= named | {"requests"}

    def test_every_import_of_the_app_is_among_them(self) -> None:
        distributions = packages_distributions()
        own = {"functions", "shared", "__future__", *sys.stdlib_module_names}
        foreign = {
            (path, name)
            for path, tree in modules("functions", "shared")
            for name in imports(tree)
            if name.split(".")[0] not in own and not name.startswith("azure.functions")
        }
        unlisted = {
            (path, name)
            for path, name in foreign
            if not {one.lower().replace("_", "-") for one in distributions.get(name.split(".")[0], ())} & self.names()
        }
        assert unlisted == set()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to work in from which only the local host can be imported, and nothing else of the project."""
    directory = tmp_path / "elsewhere"
    directory.mkdir()
    (directory / "local").symlink_to(ROOT / "local")
    monkeypatch.chdir(directory)
    return directory


@contextlib.contextmanager
def running(app: Path, elsewhere: Path, values: dict[str, str]) -> Iterator[RunningHost]:
    """The unpacked app in the local host."""
    settings = elsewhere / "settings.json"
    settings.write_text(json.dumps({"Values": values}))
    with host(app, elsewhere, "--settings", str(settings), settings={"PYTHONPATH": str(elsewhere)}) as started:
        yield started


class TestElsewhere:
    def test_it_runs_from_its_own_files(self, app: Path, storage: str, elsewhere: Path) -> None:
        marked = elsewhere / "marked"
        shutil.copytree(app, marked)
        settings = marked / "shared" / "settings" / "__init__.py"
        settings.write_text(settings.read_text().replace(f'"{VERSION}"', '"of this copy"'))
        with running(marked, elsewhere, {STORAGE: storage}) as started:
            listed = started.get("/admin/functions", headers=MASTER).json()
            assert sorted(function["name"] for function in listed) == FUNCTIONS
            assert started.get("/api/health").json()["version"] == "of this copy"

    def test_with_settings_missing_it_says_which(self, app: Path, storage: str, elsewhere: Path) -> None:
        with running(app, elsewhere, {STORAGE: storage}) as started:
            answer = started.get("/api/health")
            assert answer.status_code == 503
            faults = {fault["name"] for fault in answer.json()["settings"]}
            assert {"INTERACT_SESSION_KEY", "INTERACT_PUBLIC_URL", "INTERACT_BOT_APP_ID"} <= faults

    def test_the_smoke_test_names_what_is_missing(self, app: Path, storage: str, elsewhere: Path) -> None:
        with running(app, elsewhere, {STORAGE: storage}) as started:
            failed = smoke(started.url)
        assert failed.returncode == 1
        assert "INTERACT_SESSION_KEY" in failed.stdout


async def test_on_the_whole_local_stack_it_passes_the_smoke_test(app: Path, tmp_path: Path) -> None:
    """With a conversation through Event Grid, whose functions are those of the package."""
    with local_stack(tmp_path / "data", app=app) as stack:
        company = Company(stack.run)
        service = await company.service("Canary", *CANARY)
        await company.close()
        key, url = stack.run["tenant"]["widgetKey"], stack.run["functions"]
        passed = await asyncio.to_thread(smoke, url, "--widget-key", key, "--service", service, "--origin", url)
    assert passed.returncode == 0, passed.stdout
    assert "✓ a message there and back through Event Grid" in passed.stdout


def smoke(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", "smoke", url, "--wait", "1", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow_tools
def test_its_requirements_are_enough(app: Path, tmp_path: Path) -> None:
    """In an environment with nothing but requirements.txt: every module of the app can be imported."""
    lines = (app / "requirements.txt").read_text().splitlines()
    python = programs("package", *[line for line in lines if line.strip()]) / "python"
    names = sorted(
        ".".join(path.relative_to(app).with_suffix("").parts)
        for folder in ("functions", "shared")
        for path in (app / folder).rglob("*.py")
        if path.name != "__init__.py"
    )
    copy = tmp_path / "app"
    shutil.copytree(app, copy)
    program = "import importlib, sys; sys.path.insert(0, '.'); [importlib.import_module(n) for n in sys.argv[1:]]"
    ended = subprocess.run(
        [python, "-I", "-c", program, "function_app", *names], cwd=copy, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.slow_tools
def test_real_spans_are_told_what_they_are_about() -> None:
    """With OpenTelemetry's own SDK, in an environment of its own as the app needs none."""
    python = programs("telemetry", "opentelemetry-sdk==1.45.2") / "python"
    program = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from shared.application.correlation import about
exporter, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
with provider.get_tracer("test").start_as_current_span("on_chat_event"), about(session="s1", event="e1"):
    pass
print(dict(exporter.get_finished_spans()[0].attributes))
"""
    ended = subprocess.run(
        [python, "-c", program], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert ended.stdout.strip() == "{'interact.session': 's1', 'interact.event': 'e1'}", ended.stderr
