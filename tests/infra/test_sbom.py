"""The bill of materials lists exactly what the package brings along, and nothing of where it was made."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

from infra import sbom
from infra.package import PackageError, build
from infra.sbom import PYTHON, bill_of_materials, main
from shared.settings import VERSION
from tests.infra.bicep_text import ROOT

BUNDLED = """
import { build } from "esbuild";
import { cssAsText, JSX } from "./scripts/bundling.mjs";
const options = { bundle: true, write: false, metafile: true, format: "esm", outdir: "out", plugins: [cssAsText()] };
const { metafile } = await build({ ...options, ...JSX, entryPoints: ["src/loader/main.ts", "src/chat/main.tsx"] });
console.log(JSON.stringify(Object.keys(metafile.inputs)));
"""
"""Prints the files that esbuild has put into the widget."""


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    output = tmp_path_factory.mktemp("bill") / "interact.cdx.json"
    assert main(["--output", str(output)]) == 0
    return output.read_text("utf-8")


@pytest.fixture(scope="module")
def bill(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    return document


def listed(bill: dict[str, Any], kind: str) -> set[tuple[str, str]]:
    return {(one["name"], one["version"]) for one in bill["components"] if one["purl"].startswith(f"pkg:{kind}/")}


def test_it_is_cyclonedx(text: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_it_is_of_this_version_on_this_python(bill: dict[str, Any]) -> None:
    assert bill["metadata"]["component"]["version"] == VERSION
    assert [one["name"] for one in bill["metadata"]["properties"]] == [PYTHON]


def test_its_python_packages_are_those_that_the_package_asks_for(bill: dict[str, Any], tmp_path: Path) -> None:
    build(ROOT, tmp_path / "interact.zip")
    lines = zipfile.ZipFile(tmp_path / "interact.zip").read("requirements.txt").decode().splitlines()
    wanted = [Requirement(line) for line in lines]
    here = {(one.name, str(one.specifier)[2:]) for one in wanted if not one.marker or one.marker.evaluate()}
    assert listed(bill, "pypi") == here


def test_its_node_packages_are_those_that_the_bundler_puts_into_the_widget(bill: dict[str, Any]) -> None:
    ended = subprocess.run(
        [shutil.which("node") or "node", "--input-type=module", "--eval", BUNDLED],
        cwd=ROOT / "widget",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    files = json.loads(ended.stdout)
    found = {match[1] for file in files if (match := re.search(r".*node_modules/(@[^/]+/[^/]+|[^/]+)/", file))}
    assert {name for name, _ in listed(bill, "npm")} == found
    for name, version in listed(bill, "npm"):
        package = json.loads((ROOT / "widget" / "node_modules" / name / "package.json").read_text("utf-8"))
        assert package["version"] == version


def test_nothing_else_is_in_it(bill: dict[str, Any]) -> None:
    assert len(bill["components"]) == len(listed(bill, "pypi")) + len(listed(bill, "npm"))


def test_every_package_has_a_licence(bill: dict[str, Any]) -> None:
    assert [one["name"] for one in bill["components"] if "unknown" in json.dumps(one.get("licenses", "unknown"))] == []


def test_every_package_has_its_own_needs_listed(bill: dict[str, Any]) -> None:
    needs = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
    assert set(needs["interact"]) == {one["bom-ref"] for one in bill["components"]}
    names = {ref: ref.split("/")[-1].split("@")[0] for ref in needs}
    assert {"yarl", "multidict"} <= {names[ref] for ref in needs[next(r for r in needs if names[r] == "aiohttp")]}


def test_it_names_no_registry_and_no_folder(text: str) -> None:
    hosts = set(re.findall(r"[a-z+]+://([^/\"\s]+)", text))
    assert hosts <= {"cyclonedx.org"}
    assert str(ROOT) not in text


def test_what_is_not_installed_as_it_is_shipped_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "content", lambda *_, **__: b"idna==0.1\n")
    with pytest.raises(PackageError, match=r"idna .* is installed, but 0\.1 is shipped"):
        bill_of_materials(ROOT)
