"""infra/deploy.sh against a stand-in for the Azure CLI: its order, its repetitions, and what it says to faults."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.infra.fake_azure import APP, GROUP, PERSON, PRINCIPAL, SUBSCRIPTION, FakeAzure, Rule

CHANGING = {"create", "update", "delete", "config-zip", "post"}


@pytest.fixture
def azure(tmp_path: Path) -> FakeAzure:
    return FakeAzure(tmp_path / "azure")


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


class TestTheWholeWay:
    def test_a_plan_before_the_first_deployment_goes_through_all_steps(self, azure: FakeAzure) -> None:
        azure.has_resources = False
        ended = azure.run("deploy.sh", "dev", "--plan")
        assert ended.code == 0, ended.said
        assert changes(ended.commands) == []

    def test_its_steps_come_in_the_order_that_azure_needs(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", said="y\n")
        assert ended.code == 0, ended.said
        assert changes(ended.commands) == [
            "ad app update",
            "ad app update",
            "ad app update",
            "group create",
            "deployment group create",
            "functionapp deployment source config-zip",
            "deployment group create",
            "ad app federated-credential create",
            "rest",
        ]
        main, events = ended.of("deployment", "group", "create")
        assert "interact-main" in main
        assert "interact-events" in events
        assert ended.commands.index(ended.of("functionapp", "function", "list")[0]) < ended.commands.index(events)
        assert "no dead letters" in ended.said

    def test_a_plan_of_what_is_there_changes_nothing_either(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--dry-run")
        assert ended.code == 0, ended.said
        assert changes(ended.commands) == []
        assert ended.said.count("would run:") >= 8

    def test_another_environment_has_its_own_group(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "prod", "--plan")
        assert ended.code == 0, ended.said
        assert "Done: prod in rg-interact-lunifico-prod." in ended.said

    def test_name_region_and_group_can_be_chosen(self, azure: FakeAzure) -> None:
        options = ("--name", "contoso", "--location", "swedencentral", "--resource-group", "rg-chat")
        ended = azure.run("deploy.sh", "dev", "--plan", *options)
        assert "Done: dev in rg-chat." in ended.said
        assert "func-interact-contoso-dev" in str(ended.of("rest"))
        assert "swedencentral" in str(ended.of("functionapp", "list-flexconsumption-runtimes"))


class TestWhoIsAsked:
    def test_nothing_is_made_without_a_yes(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--from", "whatif", said="n\n")
        assert ended.code == 1
        assert "you have not agreed" in ended.said
        assert ended.of("deployment", "group", "create") == []

    def test_in_a_pipeline_nobody_is_asked(self, azure: FakeAzure) -> None:
        assert azure.run("deploy.sh", "dev", "--from", "whatif", "--yes").code == 0

    def test_the_options_are_told(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "--help")
        assert ended.code == 0
        assert "--rotate-session-key" in ended.said
        assert "Steps: preflight" in ended.said

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ((), "name the environment first"),
            (("staging",), "name the environment first"),
            (("test",), "test.bicepparam does not exist"),
            (("dev", "--from", "nowhere"), "there is no step nowhere"),
            (("dev", "--only", "main,nowhere"), "there is no step nowhere"),
            (("dev", "--from"), "--from needs a value"),
            (("dev", "--force"), "unknown option: --force"),
        ],
    )
    def test_a_wrong_option_is_explained(self, azure: FakeAzure, arguments: tuple[str, ...], told: str) -> None:
        ended = azure.run("deploy.sh", *arguments)
        assert ended.code == 1
        assert told in ended.said
        assert "Fix:" in ended.said
        assert changes(ended.commands) == []


class TestGoingOn:
    def test_a_failure_says_where_to_go_on(self, azure: FakeAzure) -> None:
        azure.before = [Rule(["deployment", "create", "interact-main"], code=1, err="ERROR: QuotaExceeded")]
        ended = azure.run("deploy.sh", "dev", "--from", "main")
        assert ended.code == 1
        assert "QuotaExceeded" in ended.said
        assert "infra/deploy.sh dev --from main" in ended.said

    def test_it_goes_on_where_it_stopped(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--from", "events")
        assert ended.code == 0, ended.said
        assert ended.of("functionapp", "deployment") == []
        assert len(ended.of("deployment", "group", "create")) == 1

    def test_a_step_that_needs_the_resources_says_so_where_there_are_none(self, azure: FakeAzure) -> None:
        azure.has_resources = False
        ended = azure.run("deploy.sh", "dev", "--from", "code")
        assert ended.code == 1
        assert "infra/deploy.sh dev --from main" in ended.said

    def test_code_waits_for_the_identity_s_rights(self, azure: FakeAzure) -> None:
        azure.before = [Rule(["config-zip"], code=1, err="403 Forbidden", once=True)]
        ended = azure.run("deploy.sh", "dev", "--only", "package,code")
        assert ended.code == 0, ended.said
        assert len(ended.of("functionapp", "deployment")) == 2

    def test_an_app_without_functions_is_not_given_events(self, azure: FakeAzure) -> None:
        azure.before = [Rule(["functionapp", "function", "list"], "func-interact-lunifico-dev/health")]
        ended = azure.run("deploy.sh", "dev", "--from", "functions")
        assert ended.code == 1
        assert "the app lists health, not" in ended.said
        assert ended.of("deployment", "group", "create") == []

    def test_without_acs_there_are_no_events(self, azure: FakeAzure) -> None:
        outputs = {"functionAppName": {"value": "func"}, "topicName": {"value": ""}}
        azure.before = [Rule(["deployment", "group", "list", "--output", "json"], json.dumps(outputs))]
        ended = azure.run("deploy.sh", "dev", "--only", "events")
        assert ended.code == 0, ended.said
        assert ended.of("deployment", "group", "create") == []


class TestSessionKey:
    def test_the_first_deployment_makes_one_that_no_command_line_shows(self, azure: FakeAzure, tmp_path: Path) -> None:
        azure.before = [Rule(["resource", "show"], code=3)]
        spy = tmp_path / "spy"
        ended = azure.run("deploy.sh", "dev", "--only", "main", BASH_ENV=str(_spying(spy)))
        assert ended.code == 0, ended.said
        (key,) = spy.read_text().split()
        assert len(base64.b64decode(key)) == 32
        assert key not in str(ended.commands)
        assert key not in ended.said

    def test_a_key_that_is_there_stays(self, azure: FakeAzure, tmp_path: Path) -> None:
        spy = tmp_path / "spy"
        assert azure.run("deploy.sh", "dev", "--only", "main", BASH_ENV=str(_spying(spy))).code == 0
        assert spy.read_text().split() == []

    def test_a_rotation_names_the_one_before(self, azure: FakeAzure, tmp_path: Path) -> None:
        spy = tmp_path / "spy"
        ended = azure.run("deploy.sh", "dev", "--only", "main", "--rotate-session-key", BASH_ENV=str(_spying(spy)))
        assert ended.code == 0, ended.said
        key, before = spy.read_text().split()
        assert len(base64.b64decode(key)) == 32
        assert before == "https://kvinteractlunificodev.vault.azure.net/secrets/session-key/1"


def _spying(spy: Path) -> Path:
    """A file that bash reads first: it notes what the deployment's environment holds when main.bicep is deployed."""
    script = spy.with_suffix(".sh")
    script.write_text(
        "az() {\n"
        '  if [[ " $* " == *" deployment group create "* ]]; then\n'
        '    printf "%s %s\\n" "${INTERACT_NEW_SESSION_KEY:-}" "${INTERACT_PREVIOUS_SESSION_KEY_URI:-}" '
        f">'{spy}'\n"
        "  fi\n"
        '  command az "$@"\n'
        "}\n"
    )
    return script


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

    def test_consent_and_policy_are_printed(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "provision", "--o365-user", "meetings@lunifico.example")
        assert f"adminconsent?client_id={APP}" in ended.said
        assert f'New-CsApplicationAccessPolicy -Identity Interact -AppIds "{APP}"' in ended.said
        assert '-Identity "meetings@lunifico.example"' in ended.said

    def test_a_plan_changes_nothing(self, azure: FakeAzure) -> None:
        ended = azure.run("provision.sh", "dev", "--plan")
        assert ended.code == 0, ended.said
        assert changes(ended.commands) == []


class TestSmoke:
    def test_a_storage_key_beside_the_identity_is_found(self, azure: FakeAzure) -> None:
        azure.before = [Rule(["appsettings", "list"], "AzureWebJobsStorage")]
        ended = azure.run("deploy.sh", "dev", "--only", "smoke")
        assert ended.code == 1
        assert "az functionapp config appsettings delete" in ended.said

    def test_dead_letters_are_found(self, azure: FakeAzure) -> None:
        azure.before = [Rule(["storage", "blob", "list"], "1")]
        ended = azure.run("deploy.sh", "dev", "--only", "smoke")
        assert ended.code == 1
        assert "events are in the container dead-letter" in ended.said

    def test_not_being_allowed_to_look_is_said_and_not_passed_over(self, azure: FakeAzure) -> None:
        azure.before = [Rule(["storage", "blob", "list"], code=1, err="AuthorizationPermissionMismatch")]
        ended = azure.run("deploy.sh", "dev", "--only", "smoke")
        assert ended.code == 0
        assert "dead letters were not looked at" in ended.said


class TestDestroying:
    SURE = f"{GROUP}\ndelete all conversations of lunifico dev\n"

    def test_it_asks_twice(self, azure: FakeAzure) -> None:
        ended = azure.run("destroy.sh", "dev", said=self.SURE)
        assert ended.code == 0, ended.said
        assert ended.of("group", "delete") == [["group", "delete", "--name", GROUP, "--yes"]]
        assert ended.of("ad", "app", "delete") == []

    @pytest.mark.parametrize("said", ["", f"{GROUP}\n", f"{GROUP}\nyes\n", "y\ny\n"])
    def test_anything_else_deletes_nothing(self, azure: FakeAzure, said: str) -> None:
        ended = azure.run("destroy.sh", "dev", said=said)
        assert ended.code == 1
        assert "nothing was deleted" in ended.said
        assert changes(ended.commands) == []

    def test_a_plan_deletes_nothing(self, azure: FakeAzure) -> None:
        ended = azure.run("destroy.sh", "dev", "--plan", "--with-registration")
        assert ended.code == 0, ended.said
        assert changes(ended.commands) == []

    def test_the_registration_goes_where_that_is_wanted(self, azure: FakeAzure) -> None:
        ended = azure.run("destroy.sh", "dev", "--with-registration", said=self.SURE)
        assert ended.of("ad", "app", "delete") == [["ad", "app", "delete", "--id", APP]]

    def test_subscriptions_on_somebody_else_s_topic_are_taken_back(self, azure: FakeAzure) -> None:
        outputs = {"functionAppName": "f", "topicName": "shared-topic", "topicResourceGroup": "rg-shared"}
        answer = json.dumps({name: {"value": value} for name, value in outputs.items()})
        azure.before = [Rule(["deployment", "group", "list", "--output", "json"], answer)]
        ended = azure.run("destroy.sh", "dev", said=self.SURE)
        deleted = ended.of("eventgrid", "system-topic", "event-subscription", "delete")
        assert [command[command.index("--name") + 1] for command in deleted] == [
            "func-interact-lunifico-dev-chat",
            "func-interact-lunifico-dev-incoming-calls",
            "func-interact-lunifico-dev-calls",
        ]

    def test_a_group_that_is_not_there_is_not_deleted(self, azure: FakeAzure) -> None:
        azure.has_resources = False
        ended = azure.run("destroy.sh", "dev", said=self.SURE)
        assert ended.code == 1
        assert "there is no resource group" in ended.said


def test_a_wrong_subscription_is_noticed_before_anything_else(azure: FakeAzure) -> None:
    ended = azure.run("deploy.sh", "dev", "--subscription", "Lunifico Production")
    assert ended.code == 1
    assert "az account set --subscription 'Lunifico Production'" in ended.said
    assert azure.run("deploy.sh", "dev", "--plan", "--subscription", SUBSCRIPTION).code == 0
