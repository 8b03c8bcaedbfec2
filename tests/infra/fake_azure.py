"""A stand-in for the Azure CLI: records each command line and answers as it is told.

It is a program called `az` on the PATH of the script under test. Rules are tried in order; one fits if all its words
are in the command line. An unknown command succeeds and says nothing, as most changes do.
"""

from __future__ import annotations

import functools
import json
import os
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.infra.az_program import INTERACT, PROGRAM
from tests.infra.bicep_text import BICEP, INFRA, ROOT, values

SUBSCRIPTION = "10000000-0000-4000-8000-000000000001"
TENANT = "20000000-0000-4000-8000-000000000002"
APP = "30000000-0000-4000-8000-000000000003"
PRINCIPAL = "40000000-0000-4000-8000-000000000004"
PERSON = "50000000-0000-4000-8000-000000000005"
GROUP = "rg-interact-lunifico-dev"
OUTPUTS = {
    "functionAppName": "func-interact-lunifico-dev",
    "functionHost": "func-interact-lunifico-dev.azurewebsites.net",
    "publicUrl": "https://func-interact-lunifico-dev.azurewebsites.net",
    "identityPrincipalId": PRINCIPAL,
    "identityTenantId": TENANT,
    "identityClientId": "60000000-0000-4000-8000-000000000006",
    "storageName": "stinteractlunificodev",
    "deadLetterContainer": "dead-letter",
    "vaultName": "kvinteractlunificodev",
    "botAppId": APP,
    "botTenantId": TENANT,
    "acsResourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Communication/communicationServices/a",
    "acsSecret": "env:INTERACT_SECRET_ACS",
    "topicName": "evgt-interact-lunifico-dev",
    "topicResourceGroup": GROUP,
}
GRAPH_ROLES = [
    {"value": name, "id": f"70000000-0000-4000-8000-{number:012}"}
    for number, name in enumerate(
        sorted(
            permission
            for feature in json.loads((INFRA / "entra" / "graph-permissions.json").read_text("utf-8")).values()
            for permission in feature["permissions"]
        )
    )
]

CHANGING = {"create", "update", "delete", "config-zip", "post"}


@dataclass(frozen=True)
class Rule:
    """An answer to command lines that have all the words; `once` answers the first of them only."""

    words: Sequence[str]
    out: str = ""
    code: int = 0
    err: str = ""
    once: bool = False


@dataclass(frozen=True)
class Ended:
    """A script that has ended, and what it asked of Azure."""

    code: int
    said: str
    commands: Sequence[Sequence[str]]

    def of(self, *words: str) -> list[Sequence[str]]:
        """The commands that begin so."""
        return [command for command in self.commands if tuple(command[: len(words)]) == words]


def changes(commands: Sequence[Sequence[str]]) -> list[str]:
    """What changes something: its words before the first option. Asking whether a name is free changes nothing."""
    found = []
    for command in commands:
        words = [word for word in command if not word.startswith("-")]
        plain = command[: next((i for i, word in enumerate(command) if word.startswith("-")), len(command))]
        if CHANGING & set(words) and not any("checkNameAvailability" in word for word in words):
            found.append(" ".join(plain))
    return found


def file_of(command: Sequence[str], option: str) -> object:
    """The content of a file that a command line names by @."""
    return json.loads(Path(command[command.index(option) + 1].removeprefix("@")).read_text())


@dataclass
class FakeAzure:
    """`before` are rules that take precedence over those of a subscription in which everything is in order."""

    directory: Path
    has_resources: bool = True
    before: list[Rule] = field(default_factory=list)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def run(self, script: str, *arguments: str, said: str = "", **variables: str) -> Ended:
        """Run a script of infra/ to its end; `said` is what somebody types."""
        programs = self.directory / "bin"
        shutil.rmtree(self.directory, ignore_errors=True)
        (self.directory / "files").mkdir(parents=True)
        programs.mkdir()
        rules = [*self.before, *self._rules(arguments[0] if arguments else "dev")]
        lines = [self._line(number, rule) for number, rule in enumerate(rules)]
        directory = shlex.quote(str(self.directory))
        _program(programs / "az", PROGRAM.format(directory=directory, rules="\n".join(lines)))
        _program(programs / "interact", INTERACT)
        _program(programs / "azd", '#!/bin/sh\necho "$*" >>"${AZD_LOG:-/dev/null}"\n')
        path = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        ended = subprocess.run(
            ["bash", str(INFRA / script), *arguments],
            cwd=self.directory,
            input=said,
            env={
                "PATH": path,
                "INTERACT_RETRY_SECONDS": "0",
                "INTERACT_COMPANY": str(self.directory / "company"),
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        log = self.directory / "commands"
        asked = log.read_text().split("\x1e")[:-1] if log.exists() else []
        return Ended(ended.returncode, ended.stdout, [command.split("\x1f")[:-1] for command in asked])

    def _line(self, number: int, rule: Rule) -> str:
        """The rule in bash."""
        answers = self.directory / "answers"
        answers.mkdir(exist_ok=True)
        (answers / f"{number}.out").write_text(rule.out)
        (answers / f"{number}.err").write_text(rule.err)
        once = f" && first {number}" if rule.once else ""
        return f"fits {shlex.join(rule.words)}{once} && answer {number} {rule.code}"

    def _rules(self, environment: str) -> list[Rule]:
        file = BICEP / f"{environment}.bicepparam"
        # The script chooses these, so that the program fills them in.
        chosen = {name: f"%{name}%" for name in ("INTERACT_NAME", "INTERACT_LOCATION")}
        given = {**(values(file, chosen) if file.exists() else {}), **self.parameters}
        built = {
            "parametersJson": json.dumps({"parameters": {name: {"value": value} for name, value in given.items()}})
        }
        return [
            Rule(["build-params"], json.dumps(built)),
            *_anywhere(),
            *(_deployed() if self.has_resources else _empty()),
        ]


@functools.cache
def _functions() -> list[str]:
    command = [sys.executable, str(INFRA / "package.py"), "--functions"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()


def _anywhere() -> list[Rule]:
    """What is the same before and after a deployment."""
    listed = "\n".join(f"func-interact-lunifico-dev/{name}" for name in reversed(_functions()))
    return [
        Rule(["version"], "2.91.0"),
        Rule(["account", "show", "id"], SUBSCRIPTION),
        Rule(["account", "show", "tenantId"], TENANT),
        Rule(["account", "show", "name"], "Lunifico Development"),
        Rule(["list-flexconsumption-locations"], "eastus2\nwesteurope\nswedencentral"),
        Rule(["list-flexconsumption-runtimes"], "3.11\n3.12\n3.13"),
        Rule(["provider", "list"], "Microsoft.Quantum\nMicrosoft.Blockchain"),
        Rule(["rest", "post", "nameAvailable || valid"], "True"),
        Rule(["federated-credential", "list"]),
        Rule(["rest", "get", "--query"]),
        Rule(["rest", "get"], json.dumps({"value": [{"actions": ["*"], "notActions": []}]})),
        Rule(["ad", "sp", "show", "appRoles"], json.dumps(GRAPH_ROLES)),
        Rule(["ad", "signed-in-user", "show"], PERSON),
        Rule(["ad", "user", "show"], PERSON),
        Rule(["ad", "sp", "list"], PRINCIPAL),
        Rule(["functionapp", "function", "list"], listed),
        Rule(["storage", "blob", "list"], "0"),
    ]


def _deployed() -> list[Rule]:
    """The environment is there; what is asked of Graph about assignments and credentials is empty."""
    outputs = {name: {"type": "String", "value": value} for name, value in OUTPUTS.items()}
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
    return [
        Rule(["group", "exists"], "true"),
        Rule(["group", "show"], "Succeeded"),
        Rule(["deployment", "group", "list", "--output", "json"], json.dumps(outputs)),
        Rule(
            ["resource", "list", "Microsoft.KeyVault/vaults"],
            f"{group}/providers/Microsoft.KeyVault/vaults/kvinteractlunificodev",
        ),
        Rule(["resource", "list", "[].name"], "\n".join(["stinteractlunificodev", "kvinteractlunificodev"])),
        Rule(["resource", "show"], "https://kvinteractlunificodev.vault.azure.net/secrets/session-key/1"),
        Rule(["ad", "app", "list", "[].appId"], APP),
        Rule(["ad", "app", "list"], "80000000-0000-4000-8000-000000000008"),
    ]


def _empty() -> list[Rule]:
    """Nothing is there; a registration appears once it was made, which the second look shows."""
    return [
        Rule(["group", "exists"], "false"),
        Rule(["deployment", "group", "list"], "", 3, "ResourceGroupNotFound"),
        Rule(["resource", "list"], "", 3, "ResourceGroupNotFound"),
        Rule(["ad", "app", "list", "[].appId"], "", once=True),
        Rule(["ad", "app", "list", "[].appId"], APP),
        Rule(["ad", "sp", "show"], "", 3, "does not exist"),
    ]


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
