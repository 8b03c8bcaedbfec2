"""Every command line of the scripts is one that the real Azure CLI understands.

The scripts run against a recording stand-in, in situations that together reach every call; what they asked for, and
what they told people to type, is then parsed by the Azure CLI itself, which is signed in to nothing.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.infra.bicep_text import BICEP, INFRA, ROOT, parameters
from tests.infra.fake_azure import GROUP, FakeAzure, Rule
from tests.infra.tools import AZURE_CLI, programs

DRIVER = Path(__file__).with_name("azure_cli_driver.py")
UNDERSTOOD = ("Please run 'az login'", "az login --identity", "doesn't exist")
WORK_OFFLINE = {"version", "bicep"}
TELL_NOBODY_S_SUBSCRIPTIONS = "account list"
"""Works without a sign-in, and then has nothing to tell."""
ACT_AT_ONCE = ("login", "upgrade", "bicep install")
"""Nothing to parse, and they would begin: their help shows that they exist."""

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"

EXISTING_ACS = {"acsMode": "existing", "existingAcsName": "acs-lunifico", "existingAcsResourceGroup": "rg-acs"}
SCRIPT_CALL = re.compile(r"(?<![\w-])az ((?:[a-z][a-z0-9-]* ?)+)(?= |$|\\|\"|'|\))", re.MULTILINE)

pytestmark = pytest.mark.slow_tools


def situations(directory: Path) -> tuple[list[list[str]], str]:
    """What the scripts asked of Azure in all of them, and all that they said."""
    azure = FakeAzure(directory / "azure")
    shared = json.dumps(
        {"functionAppName": {"value": "f"}, "topicName": {"value": "t"}, "topicResourceGroup": {"value": "g"}}
    )
    everything_is_wrong = [
        Rule(["version"], "2.50.0"),
        Rule(["provider", "list"], "Microsoft.App"),
        Rule(["list-flexconsumption-locations"], "eastus"),
        Rule(["group", "show"], "Succeeded"),
        Rule(["deployment", "group", "list", "tsv"], "interact-main"),
        Rule(["resource", "list", "[].name"], ""),
        Rule(["rest", "post", "nameAvailable || valid"], "False"),
        Rule(["keyvault", "list-deleted"], "kvinteractlunificodev", once=True),
        Rule(["resource", "list", "Microsoft.Communication/communicationServices"], "/acs"),
        Rule(["system-topic", "list"], "topic\trg-acs\tNone"),
    ]
    runs: list[tuple[Sequence[Rule], bool, dict[str, str], str, list[str]]] = [
        ([], True, {}, "deploy.sh", ["dev", "--yes"]),
        ([], False, {}, "deploy.sh", ["dev", "--yes"]),
        ([Rule(["federated-credential", "list"], "before")], True, {}, "provision.sh", ["dev", "--administrator", "a"]),
        (everything_is_wrong, True, EXISTING_ACS, "deploy.sh", ["dev"]),
        ([Rule(["group", "show"], "Deleting")], True, {}, "deploy.sh", ["dev"]),
        ([Rule(["get-access-token"], code=1)], True, {}, "deploy.sh", ["dev"]),
        ([], True, {}, "deploy.sh", ["dev", "--subscription", "another one"]),
        ([Rule(["build-params"], code=1)], True, {}, "deploy.sh", ["dev"]),
        ([Rule(["appsettings", "list"], "AzureWebJobsStorage")], True, {}, "deploy.sh", ["dev", "--only", "smoke"]),
        ([Rule(["deployment", "json"], shared)], True, {}, "destroy.sh", ["dev", "--with-registration"]),
        ([], False, {}, "destroy.sh", ["dev"]),
        ([], True, {}, "azd/preprovision.sh", []),
    ]
    commands, said = [], ""
    for number, (before, has_resources, given, script, arguments) in enumerate(runs):
        azure = FakeAzure(directory / str(number), has_resources, list(before), given)
        typed = f"{GROUP}\ndelete all conversations of lunifico dev\n"
        ended = azure.run(script, *arguments, said=typed)
        commands += [list(command) for command in ended.commands]
        said += ended.said
    return commands, said


def advised(said: str) -> list[list[str]]:
    """The command lines that people are told to type."""
    lines = re.findall(r"(?:Fix: |\()az ([^\n(;)]+)", said)
    return [shlex.split(line) for line in lines]


def documented() -> list[list[str]]:
    """The command lines in blocks of the documentation."""
    text = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    blocks = "\n".join(re.findall(r"```bash\n(.*?)```", text, re.DOTALL)).replace("\\\n", " ")
    return [
        shlex.split(line, comments=True)[1:] for line in map(str.strip, blocks.splitlines()) if line.startswith("az ")
    ]


def bicep_stand_in() -> str:
    """A program in place of Bicep's compiler, for whose result the Azure CLI waits before it signs in."""
    events = {name: {"type": one.type} for name, one in parameters(BICEP / "events.bicep").items()}
    template = json.dumps({"$schema": SCHEMA, "parameters": events, "resources": []})
    values = json.dumps({"parametersJson": json.dumps({"parameters": {}}), "templateJson": template})
    cases = [("build", template), ("build-params", values), ("*", "Bicep CLI version 0.40.2 (000000)")]
    answers = [f"{word}) printf '%s\\n' {shlex.quote(answer)} ;;" for word, answer in cases]
    return "\n".join(["#!/bin/sh", "case $1 in", *answers, "esac", ""])


def understood(directory: Path, commands: Sequence[Sequence[str]]) -> list[dict[str, object]]:
    """The real Azure CLI's outcome for each command line."""
    stand_in = directory / "bicep-bin"
    stand_in.mkdir()
    (stand_in / "bicep").write_text(bicep_stand_in())
    (stand_in / "bicep").chmod(0o755)
    asked = [[*command, "--help"] if " ".join(command) in ACT_AT_ONCE else list(command) for command in commands]
    ended = subprocess.run(
        [programs("az", AZURE_CLI) / "python", "-I", DRIVER],
        input=json.dumps(asked),
        env={
            "PATH": f"{stand_in}:{os.environ['PATH']}",
            "AZURE_CONFIG_DIR": str(directory / "azure-config"),
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
            "AZURE_BICEP_USE_BINARY_FROM_PATH": "true",
            "AZURE_BICEP_CHECK_VERSION": "false",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    outcomes: list[dict[str, object]] = json.loads(ended.stdout)
    return outcomes


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """All different command lines of scripts, advice and documentation."""
    commands, said = situations(tmp_path_factory.mktemp("situations"))
    everything = [*commands, *advised(said), *documented()]
    return [json.loads(text) for text in dict.fromkeys(json.dumps(command) for command in everything)]


def test_every_call_of_the_scripts_was_reached(recorded: Sequence[Sequence[str]]) -> None:
    scripts = [*INFRA.glob("*.sh"), *(INFRA / "steps").glob("*.sh"), *(INFRA / "azd").glob("*.sh")]
    lines = "\n".join(file.read_text() for file in scripts)
    code = re.sub(r"^\s*#.*$", "", lines, flags=re.MULTILINE)
    written = {" ".join(found.split()) for found in SCRIPT_CALL.findall(code)}
    reached = {" ".join(command) + " " for command in recorded}
    assert len(written) > 30
    assert {call for call in written if not any(command.startswith(call + " ") for command in reached)} == set()


def test_the_azure_cli_understands_every_command_line(recorded: Sequence[Sequence[str]], tmp_path: Path) -> None:
    assert len(recorded) > 60
    outcomes = understood(tmp_path, [*recorded, ["group", "create", "--nmae", "x"], ["group", "craete"]])
    *real, wrong_option, wrong_command = outcomes
    assert (wrong_option["code"], wrong_command["code"]) == (2, 2)
    misunderstood = [
        f"az {shlex.join(command)}\n  {outcome['code']}: {outcome['said']}"
        for command, outcome in zip(recorded, real, strict=True)
        if not _is_understood(command, outcome)
    ]
    assert not misunderstood, "\n".join(misunderstood)


def _is_understood(command: Sequence[str], outcome: dict[str, object]) -> bool:
    is_list = " ".join(command).startswith(TELL_NOBODY_S_SUBSCRIPTIONS)
    if command[0] in WORK_OFFLINE or " ".join(command) in ACT_AT_ONCE or is_list:
        return outcome["code"] == 0
    return outcome["code"] == 1 and any(words in str(outcome["said"]) for words in UNDERSTOOD)
