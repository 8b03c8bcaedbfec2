"""Registration, trust, administrators, consent and policy: made once, and left alone when they are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from shared import bootstrap
from tests.cli.folders import empty_office
from tests.cli.terminal import Terminal
from tests.functions.office import Office
from tests.functions.world import World
from tests.infra.fake_azure import APP, OUTPUTS, PERSON, PRINCIPAL, FakeAzure, Rule, changes, file_of


@pytest.fixture
def azure(tmp_path: Path) -> FakeAzure:
    return FakeAzure(tmp_path / "azure")


class TestRegistration:
    def test_it_is_made_once(self, azure: FakeAzure) -> None:
        azure.has_resources = False
        ended = azure.run("deploy.sh", "dev", "--only", "registration")
        assert ended.code == 0, ended.said
        assert len(ended.of("ad", "app", "create")) == 1
        assert ended.of("ad", "sp", "create") == [["ad", "sp", "create", "--id", APP, "--output", "none"]]

    def test_it_has_the_roles_of_administrators(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "registration")
        roles = file_of(ended.of("ad", "app", "update")[0], "--app-roles")
        assert isinstance(roles, list)
        assert [role["displayName"] for role in roles] == [
            "Tenant Administrator",
            "Organization Unit Administrator",
            "Workflow Administrator",
            "Reader",
        ]
        assert len({role["id"] for role in roles}) == len(roles)

    def test_administrators_can_sign_in_by_device_code_and_by_the_azure_cli(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "registration")
        patches = ended.of("rest", "--method", "patch")
        assert all(f"applications(appId='{APP}')" in " ".join(one) for one in patches)
        first, second = (file_of(one, "--body") for one in patches)
        assert isinstance(first, dict)
        assert isinstance(second, dict)
        assert first["isFallbackPublicClient"] is True
        permissions = first["api"]["oauth2PermissionScopes"]
        assert permissions == second["api"]["oauth2PermissionScopes"]
        (azure_cli,) = second["api"]["preAuthorizedApplications"]
        assert azure_cli["delegatedPermissionIds"] == [one["id"] for one in permissions]
        assert first["api"]["requestedAccessTokenVersion"] == 2

    def test_it_asks_graph_for_what_was_chosen_only(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "registration")
        assert file_of(ended.of("ad", "app", "update")[-1], "--required-resource-accesses") == []
        ended = azure.run("deploy.sh", "dev", "--only", "registration", "--graph", "presence,meetings")
        asked = file_of(ended.of("ad", "app", "update")[-1], "--required-resource-accesses")
        assert isinstance(asked, list)
        assert len(asked[0]["resourceAccess"]) == 3

    def test_an_unknown_feature_is_refused_with_the_known_ones(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "registration", "--graph", "everything")
        assert ended.code == 1
        assert "known: presence, registration, groupChat, meetings, guests" in ended.said

    def test_two_of_the_same_name_are_not_guessed_between(self, azure: FakeAzure) -> None:
        azure.before = [Rule(["ad", "app", "list"], f"{APP}\nother")]
        ended = azure.run("deploy.sh", "dev", "--only", "registration")
        assert ended.code == 1
        assert f"--bot-app-id {APP}" in ended.said

    def test_without_the_right_to_make_one_somebody_else_is_named(self, azure: FakeAzure) -> None:
        azure.has_resources = False
        azure.before = [Rule(["ad", "app", "create"], code=1, err="Insufficient privileges")]
        ended = azure.run("deploy.sh", "dev", "--only", "registration")
        assert ended.code == 1
        assert "have an Application Developer run" in ended.said


class TestProvisioning:
    def test_the_registration_trusts_the_identity(self, azure: FakeAzure) -> None:
        ended = azure.run("provision.sh", "dev")
        assert ended.code == 0, ended.said
        credential = file_of(ended.of("ad", "app", "federated-credential", "create")[0], "--parameters")
        assert credential == {
            "name": "interact-dev",
            "issuer": "https://login.microsoftonline.com/20000000-0000-4000-8000-000000000002/v2.0",
            "subject": PRINCIPAL,
            "audiences": ["api://AzureADTokenExchange"],
        }

    def test_what_is_there_is_left_alone(self, azure: FakeAzure) -> None:
        azure.before = [
            Rule(["federated-credential", "list"], PRINCIPAL),
            Rule(["rest", "get", "--query"], "assignment"),
        ]
        ended = azure.run("deploy.sh", "dev", "--only", "provision")
        assert ended.code == 0, ended.said
        assert changes(ended.commands) == []

    def test_a_new_identity_takes_the_old_one_s_place(self, azure: FakeAzure) -> None:
        azure.before = [Rule(["federated-credential", "list"], "the identity before")]
        ended = azure.run("deploy.sh", "dev", "--only", "provision")
        assert len(ended.of("ad", "app", "federated-credential", "update")) == 1

    def test_whoever_deploys_is_the_first_administrator(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "provision")
        (assigned,) = [command for command in ended.of("rest") if "post" in command]
        body = json.loads(assigned[assigned.index("--body") + 1])
        assert (body["principalId"], body["resourceId"]) == (PERSON, PRINCIPAL)

    def test_consent_is_asked_for_where_there_is_something_to_agree_to(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "provision", "--graph", "presence")
        assert f"adminconsent?client_id={APP}" in ended.said
        ended = azure.run("deploy.sh", "dev", "--only", "provision")
        assert "adminconsent" not in ended.said
        assert "nobody has to consent" in ended.said

    @pytest.mark.parametrize(
        ("options", "who"),
        [
            (("--o365-user", "meetings@lunifico.example"), "meetings@lunifico.example"),
            (("--graph", "presence,meetings"), "<the O365 user>"),
        ],
    )
    def test_the_policy_is_printed_where_meetings_are_made(
        self, azure: FakeAzure, options: tuple[str, str], who: str
    ) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "provision", *options)
        assert f'New-CsApplicationAccessPolicy -Identity Interact -AppIds "{APP}"' in ended.said
        assert f'-Identity "{who}"' in ended.said

    def test_for_chat_alone_no_teams_administrator_has_to_run_anything(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "provision", "--graph", "presence")
        assert "CsApplicationAccessPolicy" not in ended.said

    def test_the_first_tenant_is_a_folder_that_can_be_applied(self, azure: FakeAzure, tmp_path: Path) -> None:
        ended, folder = azure.run("provision.sh", "dev"), azure.directory / "company"
        assert f"interact config apply {folder}" in ended.said
        tenant = yaml.safe_load((folder / "tenant.yaml").read_text())
        assert (tenant["acsSecret"], tenant["acsResourceId"]) == (OUTPUTS["acsSecret"], OUTPUTS["acsResourceId"])
        office = Office(World())
        office.use()
        with Terminal(tmp_path / "settings") as terminal:
            terminal.sign_in("carla")
            planned = terminal.run("config", "plan", str(folder))
        bootstrap.use(None)
        assert planned.code == 0, planned

    def test_without_acs_the_first_tenant_keeps_its_messages_itself(self, azure: FakeAzure, tmp_path: Path) -> None:
        outputs = {**OUTPUTS, "acsResourceId": "", "acsSecret": "", "topicName": "", "topicResourceGroup": ""}
        answer = json.dumps({name: {"value": value} for name, value in outputs.items()})
        azure.before = [Rule(["deployment", "group", "list", "--output", "json"], answer)]
        azure.run("provision.sh", "dev")
        assert yaml.safe_load((azure.directory / "company" / "tenant.yaml").read_text())["messaging"] == "native"
        empty_office()
        with Terminal(tmp_path / "settings") as terminal:
            terminal.sign_in("carla")
            applied = terminal.run("config", "apply", str(azure.directory / "company"), "--yes")
        bootstrap.use(None)
        assert applied.code == 0, applied

    def test_what_was_made_of_it_is_never_written_over(self, azure: FakeAzure, tmp_path: Path) -> None:
        company = tmp_path / "company"
        for _ in range(2):
            azure.run("provision.sh", "dev", INTERACT_COMPANY=str(company))
            (company / "tenant.yaml").write_text("name: Completed\n")
        assert (company / "organizationUnits" / "lunifico.yaml").exists()
        azure.run("provision.sh", "dev", INTERACT_COMPANY=str(company))
        assert (company / "tenant.yaml").read_text() == "name: Completed\n"

    def test_a_plan_changes_nothing(self, azure: FakeAzure) -> None:
        ended = azure.run("provision.sh", "dev", "--plan")
        assert ended.code == 0, ended.said
        assert changes(ended.commands) == []
