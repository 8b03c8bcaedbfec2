"""The Azure Developer CLI gets the same template and runs the same steps."""

from __future__ import annotations

import re
from pathlib import Path

from tests.infra.bicep_text import BICEP, ROOT, parameters
from tests.infra.fake_azure import APP, GROUP, FakeAzure

YAML = (ROOT / "azure.yaml").read_text("utf-8")


def test_its_hooks_and_its_template_exist() -> None:
    hooks = re.findall(r"^ +run: (\S+)$", YAML, re.MULTILINE)
    assert len(hooks) == 4
    assert [hook for hook in hooks if not (ROOT / hook).is_file()] == []
    path, module = re.findall(r"^  (?:path|module): (\S+)$", YAML, re.MULTILINE)
    assert (ROOT / path / f"{module}.bicepparam").is_file()


def test_it_finds_the_function_app_by_its_tag() -> None:
    (service,) = re.findall(r"^services:\n  (\w+):$", YAML, re.MULTILINE)
    assert f"'azd-service-name': '{service}'" in (BICEP / "main.bicep").read_text()


def test_before_the_resources_the_registration_is_made(tmp_path: Path) -> None:
    azure = FakeAzure(tmp_path / "azure")
    log = tmp_path / "azd.log"
    ended = azure.run("azd/preprovision.sh", AZD_LOG=str(log))
    assert ended.code == 0, ended.said
    assert ended.of("ad", "app", "update") != []
    assert ended.of("deployment", "group", "create") == []
    kept = dict(line.split(" ")[2:4] for line in log.read_text().splitlines())
    assert kept == {"AZURE_RESOURCE_GROUP": GROUP, "INTERACT_BOT_APP_ID": APP}


def test_a_first_time_gets_a_session_key(tmp_path: Path) -> None:
    azure = FakeAzure(tmp_path / "azure", has_resources=False)
    log = tmp_path / "azd.log"
    ended = azure.run("azd/preprovision.sh", AZD_LOG=str(log))
    assert ended.code == 0, ended.said
    assert "env set INTERACT_NEW_SESSION_KEY " in log.read_text()


def test_after_the_code_the_events_follow_and_the_key_is_forgotten(tmp_path: Path) -> None:
    azure = FakeAzure(tmp_path / "azure")
    log = tmp_path / "azd.log"
    ended = azure.run("azd/postdeploy.sh", AZD_LOG=str(log))
    assert ended.code == 0, ended.said
    assert "env set INTERACT_NEW_SESSION_KEY \n" in log.read_text()
    assert [command for command in ended.of("deployment", "group", "create") if "interact-events" in command] != []
    assert ended.of("functionapp", "deployment") == []


def test_what_it_keeps_is_what_the_template_reads() -> None:
    kept = set(
        re.findall(r"azd env set (\w+)", "".join(file.read_text() for file in (ROOT / "infra/azd").glob("*.sh")))
    )
    read = re.findall(r"readEnvironmentVariable\('(\w+)'", (BICEP / "dev.bicepparam").read_text())
    assert kept - {"AZURE_RESOURCE_GROUP"} <= set(read)
    assert parameters(BICEP / "main.bicep")["newSessionKey"].is_secure
