"""infra/deploy.sh against a stand-in for the Azure CLI: its order, its repetitions, and what it says to faults."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.infra.fake_azure import SUBSCRIPTION, FakeAzure, Rule, changes


@pytest.fixture
def azure(tmp_path: Path) -> FakeAzure:
    return FakeAzure(tmp_path / "azure")


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


class TestSmoke:
    def test_the_deployment_is_looked_at_from_outside(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "smoke")
        assert ended.code == 0, ended.said
        assert "interact smoke https://func-interact-lunifico-dev.azurewebsites.net" in ended.said

    def test_one_that_does_not_work_ends_the_step(self, azure: FakeAzure) -> None:
        ended = azure.run("deploy.sh", "dev", "--only", "smoke", INTERACT_ENDS_WITH="1")
        assert ended.code == 1
        assert "infra/deploy.sh dev --only smoke" in ended.said

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


def test_a_wrong_subscription_is_noticed_before_anything_else(azure: FakeAzure) -> None:
    ended = azure.run("deploy.sh", "dev", "--subscription", "Lunifico Production")
    assert ended.code == 1
    assert "az account set --subscription 'Lunifico Production'" in ended.said
    assert azure.run("deploy.sh", "dev", "--plan", "--subscription", SUBSCRIPTION).code == 0
