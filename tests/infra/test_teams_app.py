"""The app for Teams: a zip that Teams takes, for the bot of this deployment."""

from __future__ import annotations

import json
import struct
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from infra.teams_app import main
from shared.domain.agent_commands import WORDS
from tests.infra.bicep_text import ROOT
from tests.infra.fake_azure import APP, FakeAzure

URL = "https://func-interact-lunifico-dev.azurewebsites.net"
SCHEMAS = "@microsoft/app-manifest@1.1.2"
"""Microsoft's package with the schemas of all versions."""


def built(directory: Path, environment: str = "dev") -> dict[str, bytes]:
    """The files of the zip."""
    output = directory / "teams-app.zip"
    options = ["--app-id", APP, "--url", URL, "--name", "lunifico", "--environment", environment]
    assert main([*options, "--output", str(output)]) == 0
    with zipfile.ZipFile(output) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def manifest(directory: Path, environment: str = "dev") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(built(directory, environment)["manifest.json"])
    return found


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_it_brings_the_bot_of_this_registration(tmp_path: Path) -> None:
    found = manifest(tmp_path)
    (bot,) = found["bots"]
    assert {found["id"], bot["botId"], found["webApplicationInfo"]["id"]} == {APP}
    assert bot["scopes"] == ["personal"]
    assert found["webApplicationInfo"]["resource"] == f"api://{APP}"


def test_nothing_in_it_is_left_to_fill_in(tmp_path: Path) -> None:
    assert b"{{" not in built(tmp_path)["manifest.json"]


def test_its_commands_are_those_that_the_bot_understands(tmp_path: Path) -> None:
    (bot,) = manifest(tmp_path)["bots"]
    (listed,) = bot["commandLists"]
    assert {one["title"] for one in listed["commands"]} == {words[0] for words in WORDS.values()}


def test_apps_of_two_environments_can_be_told_apart(tmp_path: Path) -> None:
    names = {manifest(tmp_path, environment)["name"]["short"] for environment in ("dev", "prod")}
    assert names == {"Interact dev", "Interact"}


def test_icons_have_the_sizes_that_teams_asks_for(tmp_path: Path) -> None:
    files = built(tmp_path)
    icons = json.loads(files["manifest.json"])["icons"]
    assert set(files) == {"manifest.json", *icons.values()}
    assert (size(files[icons["color"]]), size(files[icons["outline"]])) == ((192, 192), (32, 32))


def test_the_same_values_give_the_same_bytes(tmp_path: Path) -> None:
    built(tmp_path / "one")
    built(tmp_path / "two")
    one, two = (tmp_path / name / "teams-app.zip" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_provisioning_makes_it_and_says_where_it_is(tmp_path: Path) -> None:
    azure = FakeAzure(tmp_path / "azure")
    ended = azure.run("provision.sh", "dev")
    file = azure.directory / "teams-app.zip"
    assert ended.code == 0, ended.said
    assert f"The app for Teams is {file}" in ended.said
    with zipfile.ZipFile(file) as archive:
        assert json.loads(archive.read("manifest.json"))["developer"]["websiteUrl"] == URL


def test_a_plan_makes_none(tmp_path: Path) -> None:
    azure = FakeAzure(tmp_path / "azure")
    ended = azure.run("provision.sh", "dev", "--plan")
    assert "would run: python3" in ended.said
    assert not (azure.directory / "teams-app.zip").exists()


@pytest.mark.slow_tools
def test_microsoft_s_schema_accepts_it(tmp_path: Path) -> None:
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(tmp_path), SCHEMAS],
        cwd=ROOT / "widget",
        capture_output=True,
        text=True,
        check=False,
    )
    assert packed.returncode == 0, packed.stderr
    subprocess.run(["tar", "xzf", str(tmp_path / packed.stdout.strip()), "-C", str(tmp_path)], check=True)
    document = manifest(tmp_path)
    schemas = tmp_path / "package" / "build" / "json-schemas" / "teams"
    schema = json.loads((schemas / f"v{document['manifestVersion']}" / "MicrosoftTeams.schema.json").read_text("utf-8"))
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "id": "no guid"}, schema)
