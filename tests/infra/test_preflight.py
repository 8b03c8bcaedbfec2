"""The preflight: each thing that can stand in the way is found before anything is made, and comes with its fix."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.infra.bicep_text import BICEP
from tests.infra.fake_azure import SUBSCRIPTION, FakeAzure, Rule, changes

MINE = "evgt-interact-lunifico-dev\trg-interact-lunifico-dev\tSystemAssigned"
ACS = Rule(["resource", "list", "Microsoft.Communication/communicationServices"], "/subscriptions/s/acs")
EXISTING = {"acsMode": "existing", "existingAcsName": "acs-lunifico", "existingAcsResourceGroup": "rg-acs"}


@pytest.fixture
def azure(tmp_path: Path) -> FakeAzure:
    return FakeAzure(tmp_path / "azure")


@dataclass(frozen=True)
class Case:
    """A subscription in which one thing is wrong, what is told of it, and the fix."""

    rules: tuple[Rule, ...]
    cause: str
    fix: str
    parameters: Mapping[str, object] = field(default_factory=dict)


CASES = {
    "an old Azure CLI": Case((Rule(["version"], "2.60.0"),), "Azure CLI 2.60.0 is too old", "az upgrade"),
    "an expired sign-in": Case(
        (Rule(["get-access-token"], code=1, err="AADSTS700082"),), "not signed in to Azure, or no longer", "az login"
    ),
    "a provider that is not registered": Case(
        (Rule(["provider", "list"], "Microsoft.App\nMicrosoft.Quantum"),),
        "the resource provider Microsoft.App is not registered",
        "az provider register --namespace Microsoft.App --wait",
    ),
    "a region without Flex Consumption": Case(
        (Rule(["list-flexconsumption-locations"], "eastus\nNorth Europe"),), "westeurope has no Flex", "eastus North"
    ),
    "a region without this Python": Case(
        (Rule(["list-flexconsumption-runtimes"], "3.11\n3.12"),), "has no Python 3.13", "set pythonVersion in"
    ),
    "rights that are missing": Case(
        (Rule(["rest", "get"], json.dumps({"value": [{"actions": ["*/read"]}]})),),
        f"you lack rights at /subscriptions/{SUBSCRIPTION}/resourceGroups/rg-interact-lunifico-dev",
        "Contributor and Role Based Access Control Administrator",
    ),
    "a group that is being deleted": Case(
        (Rule(["group", "show"], "Deleting"),), "is being deleted", "az group wait --name rg-interact-lunifico-dev"
    ),
    "an earlier deployment that still runs": Case(
        (Rule(["deployment", "group", "list", "tsv"], "interact-main"),),
        "an earlier deployment is still running",
        "az deployment group wait --resource-group rg-interact-lunifico-dev --name interact-main --created",
    ),
    "a name that somebody has": Case(
        (Rule(["rest", "post", "nameAvailable || valid"], "False"),),
        "the name func-interact-lunifico-dev is taken",
        "another --name than lunifico",
    ),
    "the name of a deleted vault": Case(
        (
            Rule(["resource", "list", "[].name"], "stinteractlunificodev"),
            Rule(["rest", "post", "nameAvailable || valid"], "False"),
            Rule(["keyvault", "list-deleted"], "kvinteractlunificodev"),
        ),
        "the key vault kvinteractlunificodev was deleted and can be recovered",
        "az keyvault recover --name kvinteractlunificodev",
    ),
    "a name that does not fit": Case((), "the name 'Lunifico_AG' does not fit", "--name", {"name": "Lunifico_AG"}),
    "an ACS name with an underscore": Case(
        (ACS, Rule(["system-topic", "list"], MINE)),
        "has an underscore in its name",
        "make one without underscores",
        {**EXISTING, "existingAcsName": "acs_lunifico"},
    ),
    "an ACS resource that is not there": Case(
        (Rule(["resource", "list", "Microsoft.Communication/communicationServices"]),),
        "there is no ACS resource 'acs-lunifico' in rg-acs",
        "set existingAcsName",
        EXISTING,
    ),
    "a system topic that is there already": Case(
        (ACS, Rule(["system-topic", "list"], "theirs\trg-acs\tSystemAssigned")),
        "has the system topic 'theirs' already",
        "set existingSystemTopicName to 'theirs' and existingSystemTopicResourceGroup to 'rg-acs'",
        EXISTING,
    ),
    "a system topic without an identity": Case(
        (ACS, Rule(["system-topic", "list"], "theirs\trg-acs\tNone")),
        "could not write dead letters",
        "az eventgrid system-topic update --resource-group rg-acs --name theirs --identity systemassigned",
        {**EXISTING, "existingSystemTopicName": "theirs"},
    ),
    "a system topic that is none of this resource": Case(
        (ACS, Rule(["system-topic", "list"])),
        "'acs-lunifico' has no system topic, so 'theirs' is none of it",
        "remove existingSystemTopicName",
        {**EXISTING, "existingSystemTopicName": "theirs"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_names_the_cause_and_the_fix(azure: FakeAzure, name: str) -> None:
    case = CASES[name]
    azure.before, azure.parameters = list(case.rules), case.parameters
    ended = azure.run("deploy.sh", "dev")
    assert ended.code == 1
    assert case.cause in ended.said
    assert case.fix in ended.said
    assert ended.of("group", "create") == []
    assert "--from preflight" in ended.said


def test_all_faults_are_told_at_once(azure: FakeAzure) -> None:
    azure.before = [Rule(["version"], "2.60.0"), Rule(["provider", "list"], "Microsoft.App\nMicrosoft.Web")]
    ended = azure.run("deploy.sh", "dev")
    assert "3 things stand in the way" in ended.said


def test_providers_are_asked_for_what_is_used_only(azure: FakeAzure) -> None:
    azure.before = [Rule(["provider", "list"], "Microsoft.Cdn\nMicrosoft.Network")]
    assert azure.run("deploy.sh", "dev", "--only", "preflight").code == 0
    azure.parameters = {"vnetEnabled": True, "frontDoorEnabled": True}
    assert "2 things stand in the way" in azure.run("deploy.sh", "dev", "--only", "preflight").said


def test_its_own_names_and_topic_do_not_stand_in_the_way_of_another_run(azure: FakeAzure) -> None:
    azure.parameters = EXISTING
    azure.before = [
        ACS,
        Rule(["system-topic", "list"], MINE),
        Rule(["rest", "post", "nameAvailable || valid"], "False"),
    ]
    names = ["stinteractlunificodev", "kvinteractlunificodev", "func-interact-lunifico-dev"]
    names += ["bot-interact-lunifico-dev", "sigr-interact-lunifico-dev"]
    azure.before.append(Rule(["resource", "list", "[].name"], "\n".join(names)))
    ended = azure.run("deploy.sh", "dev", "--only", "preflight")
    assert ended.code == 0, ended.said


def test_a_new_acs_resource_comes_with_a_warning(azure: FakeAzure) -> None:
    assert "takes no new customers for ACS Chat" in azure.run("deploy.sh", "dev", "--only", "preflight").said


def test_more_instances_than_the_quota_come_with_a_warning(azure: FakeAzure) -> None:
    azure.parameters = {"maximumInstanceCount": 1000}
    assert "1000 instances of 2048 MB" in azure.run("deploy.sh", "dev", "--only", "preflight").said


def test_without_the_group_rights_are_asked_for_at_the_subscription(azure: FakeAzure) -> None:
    azure.has_resources = False
    azure.before = [Rule(["rest", "get"], json.dumps({"value": []}))]
    ended = azure.run("deploy.sh", "dev")
    assert "you lack rights at /subscriptions/10000000-0000-4000-8000-000000000001:" in ended.said


def test_an_acs_resource_belongs_to_no_region_so_the_app_may_be_in_any(azure: FakeAzure) -> None:
    azure.before, azure.parameters = [ACS, Rule(["system-topic", "list"], MINE)], EXISTING
    ended = azure.run("deploy.sh", "dev", "--plan", "--location", "swedencentral")
    assert ended.code == 0, ended.said
    for module in ("acs", "topic"):
        assert "\n  location: 'global'\n" in (BICEP / "modules" / f"{module}.bicep").read_text("utf-8")


@pytest.mark.parametrize("step", ["main", "code", "events", "provision", "smoke"])
def test_a_sign_in_that_expired_in_between_is_noticed_wherever_one_goes_on(azure: FakeAzure, step: str) -> None:
    azure.before = [Rule(["get-access-token"], code=1, err="AADSTS700082")]
    ended = azure.run("deploy.sh", "dev", "--from", step)
    assert ended.code == 1
    assert "not signed in to Azure, or no longer" in ended.said
    assert "az login" in ended.said
    assert changes(ended.commands) == []


@pytest.mark.parametrize("step", ["main", "code", "provision"])
def test_going_on_in_another_subscription_is_noticed_before_anything_is_changed(azure: FakeAzure, step: str) -> None:
    ended = azure.run("deploy.sh", "dev", "--from", step, "--subscription", "Lunifico Production")
    assert ended.code == 1
    assert "az account set --subscription 'Lunifico Production'" in ended.said
    assert f"infra/deploy.sh dev --from {step}" in ended.said
    assert changes(ended.commands) == []
