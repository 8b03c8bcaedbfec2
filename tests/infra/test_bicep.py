"""The Bicep files: their types hold, and their names are those of the code."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from azure.eventgrid import SystemEventNames

from functions.chat import MESSAGE_RECEIVED
from shared.adapters import tables
from shared.adapters.queue_timers import PRESENCE_QUEUE, QUEUE_NAME
from shared.domain.secret_owners import OF_THE_DEPLOYMENT
from shared.settings.table import BY_NAME, SECRET_PREFIX
from tests.functions.test_engine import HTTP
from tests.infra.bicep_text import BICEP, INFRA, MODULES, ROOT, keys, parameters, texts, values

CHECK = ROOT.parent / "shared" / "tools" / "bicepcheck" / "check"
UNTYPED = {
    "diagnostics.bicep": "Microsoft.Insights",
    "frontDoor.bicep": "Microsoft.Cdn",
    "privateDns.bicep": "Microsoft.Network",
    "workbook.bicep": "Microsoft.Insights",
}
"""Resources whose published types the checker does not have; checked by hand against them (docs/deploy.md)."""

NOT_IN_AZURE = {
    "INTERACT_ADMIN_KEYS_URL": "the tenant's own",
    "INTERACT_ADMIN_ISSUER": "the tenant's own",
    "INTERACT_SITE_KEY_HOSTS": "keys of sites are public; extraSettings for those inside a network",
    "INTERACT_HCAPTCHA_VERIFY_URL": "its default is right",
    "INTERACT_TURNSTILE_VERIFY_URL": "its default is right",
    "INTERACT_TRUSTED_PROXIES": "no proxy stands before the app; extraSettings where one does",
    "INTERACT_LIMIT_FACTOR": "for load tests only",
    "INTERACT_CONFIG_CACHE_SECONDS": "its default is right",
    "INTERACT_ACS_BROWSER_ENDPOINT": "browsers reach ACS at its endpoint; extraSettings for gateways",
    "AzureWebJobsStorage": "the identity takes its place",
    "AzureWebJobsStorage__accountName": "the URLs say it, also in other clouds",
    "INTERACT_PRESENCE_SECONDS": "its default is right; extraSettings for other costs",
    "INTERACT_TABLES": "tables and queues are in one account",
    "INTERACT_SESSION_KEYS_BEFORE": "extraSettings for those who promise erasure (docs/sessions.md)",
    "INTERACT_BOT_SECRET": "the registration trusts the identity",
    "INTERACT_BOT_TOKEN_URL": "its default is right; extraSettings for other clouds",
    "INTERACT_BOT_KEYS_URL": "its default is right; extraSettings for other clouds",
    "INTERACT_BOT_SERVICE_HOSTS": "its default is right; extraSettings for other clouds",
}
"""Settings that the deployment leaves alone, and why."""


def check(*paths: Path) -> list[str]:
    """Findings of the type checker that may lie beside the checkout."""
    ended = subprocess.run([CHECK, *paths], capture_output=True, text=True, check=False)
    assert ended.stdout, ended.stderr
    return ended.stdout.splitlines()[:-1]


@pytest.fixture
def checker(capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether types can be checked here; says it on the terminal where not."""
    if not CHECK.is_file():
        with capsys.disabled():
            print(f"\nWARNING: Bicep types were NOT checked: {CHECK} is not there")
    return CHECK.is_file()


class TestTypes:
    def test_every_resource_fits_the_published_types(self, checker: bool) -> None:
        assert not checker or check(BICEP) == []

    def test_elsewhere_nothing_but_types_is_unknown(self, checker: bool) -> None:
        findings = [line.split(":", 3) for line in check(INFRA / "untyped")] if checker else []
        unknown = {(Path(file).name, rule.strip()) for file, _, rule, _ in findings}
        assert not checker or unknown == {*((file, "type") for file in UNTYPED), ("diagnostics.bicep", "preview")}
        assert all(UNTYPED[Path(file).name] in told for file, _, _, told in findings), findings

    def test_every_module_is_used(self) -> None:
        sources = "".join(file.read_text() for file in (BICEP / "main.bicep", BICEP / "events.bicep"))
        used = {Path(path).name for path in re.findall(r"^module \w+ '([^']+)'", sources, re.MULTILINE)}
        assert used == {file.name for folder in (MODULES, INFRA / "untyped") for file in folder.glob("*.bicep")}


class TestParameters:
    @pytest.mark.parametrize("environment", ["dev", "prod"])
    def test_an_environment_gives_what_main_needs_and_nothing_else(self, environment: str) -> None:
        main = parameters(BICEP / "main.bicep")
        given = values(BICEP / f"{environment}.bicepparam", {})
        assert set(given) <= set(main)
        assert {name for name, one in main.items() if one.default is None} <= set(given)
        assert given["environmentName"] == environment

    def test_values_have_the_parameters_types(self) -> None:
        kinds = {"string": str, "int": int, "bool": bool, "array": list, "object": dict}
        for name, value in values(BICEP / "prod.bicepparam", {}).items():
            assert isinstance(value, kinds[parameters(BICEP / "main.bicep")[name].type]), name

    @pytest.mark.parametrize("file", ["main.bicep", "events.bicep"])
    def test_every_parameter_is_described(self, file: str) -> None:
        assert [name for name, one in parameters(BICEP / file).items() if not one.description] == []

    def test_keys_are_secure_parameters_and_come_from_the_environment(self) -> None:
        for file in (BICEP / "main.bicep", MODULES / "keyvault.bicep"):
            assert parameters(file)["newSessionKey"].is_secure
        assert values(BICEP / "prod.bicepparam", {"INTERACT_NEW_SESSION_KEY": "k"})["newSessionKey"] == "k"

    def test_presences_are_asked_for_where_their_permission_is(self) -> None:
        features = {"INTERACT_GRAPH_FEATURES": "presence,meetings"}
        assert values(BICEP / "prod.bicepparam", features)["graphFeatures"] == "presence,meetings"
        assert "hasPresence: contains(split(graphFeatures, ','), 'presence')" in (BICEP / "main.bicep").read_text()
        assert "export INTERACT_GRAPH_FEATURES=$2" in (INFRA / "deploy.sh").read_text()

    def test_always_ready_names_are_functions_in_small_letters(self) -> None:
        for instance in values(BICEP / "prod.bicepparam", {})["alwaysReady"]:
            assert instance["name"] in {"http", "function:on_chat_event", "function:on_call_event"}


class TestSettings:
    APP = MODULES / "functionapp.bicep"

    def test_every_setting_of_the_deployment_is_known_to_the_app(self) -> None:
        given = [
            key
            for name in ("appSettings", "rotationSettings", "pushSettings", "presenceSettings")
            for key in keys(self.APP, name)
        ]
        assert set(given) <= set(BY_NAME)

    def test_every_setting_of_the_app_is_set_or_left_out_for_a_reason(self) -> None:
        given = {
            key
            for name in ("appSettings", "rotationSettings", "pushSettings", "presenceSettings")
            for key in keys(self.APP, name)
        }
        assert given | set(NOT_IN_AZURE) == set(BY_NAME)
        assert given & set(NOT_IN_AZURE) == set()

    def test_the_host_s_settings_are_those_of_a_user_assigned_identity(self) -> None:
        assert keys(self.APP, "hostSettings") == [
            "AzureWebJobsStorage__credential",
            "AzureWebJobsStorage__clientId",
            "AzureWebJobsStorage__blobServiceUri",
            "APPLICATIONINSIGHTS_CONNECTION_STRING",
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        ]

    def test_secrets_are_references_to_the_vault_or_have_an_identity_in_their_place(self) -> None:
        lines = self.APP.read_text().splitlines()
        secrets = [setting.name for setting in BY_NAME.values() if setting.secret]
        given = [line for line in lines if line.strip().split(":")[0] in secrets]
        assert len(given) == 3
        assert all("@Microsoft.KeyVault(SecretUri=" in line or "AuthType=azure.msi;" in line for line in given)

    def test_the_platform_answers_no_preflight(self) -> None:
        assert "cors: { allowedOrigins: [] }" in self.APP.read_text()

    def test_of_tenants_secrets_there_is_the_way_to_acs_only_which_is_none(self) -> None:
        named = [
            line.strip()
            for file in INFRA.rglob("*.bicep*")
            for line in file.read_text().splitlines()
            if f"{SECRET_PREFIX}ACS:" in line or (SECRET_PREFIX in line and "acsSecret" not in line)
        ]
        assert named == ["INTERACT_SECRET_ACS: 'endpoint=https://${acsHost}/'"]

    def test_what_the_deployment_keeps_in_the_vault_for_itself_no_tenant_may_name(self) -> None:
        names = re.findall(r"^  name: '([\w-]+)'", (MODULES / "keyvault.bicep").read_text(), re.MULTILINE)
        names += re.findall(r"az keyvault secret set .*--name ([\w-]+)", (ROOT / "docs" / "sessions.md").read_text())
        assert names == ["session-key", "session-keys-before"]
        assert all(f"keyvault:{name}".startswith(OF_THE_DEPLOYMENT) for name in names)

    def test_signalr_has_no_key_and_acs_only_where_it_is_asked_for(self) -> None:
        assert "disableLocalAuth: true" in (MODULES / "signalr.bicep").read_text()
        assert "disableLocalAuth: !byKey" in (MODULES / "acs.bicep").read_text()
        reading = [file.name for file in INFRA.rglob("*.bicep") if "listKeys()" in file.read_text()]
        assert sorted(reading) == ["acs.bicep", "existingAcs.bicep"]
        for name in reading:
            assert "secrets@2024-11-01' = if (byKey) {" in (MODULES / name).read_text()


class TestStorage:
    FILE = MODULES / "storage.bicep"

    def test_its_tables_are_the_app_s(self) -> None:
        names = [value for name, value in vars(tables).items() if name.isupper() and isinstance(value, str)]
        assert sorted(texts(self.FILE, "tables")) == sorted(names)

    def test_its_queues_are_the_app_s(self) -> None:
        names = [(queue, f"{queue}-poison") for queue in (QUEUE_NAME, PRESENCE_QUEUE)]
        assert texts(self.FILE, "queues") == [name for pair in names for name in pair]

    def test_shared_keys_are_off(self) -> None:
        assert "allowSharedKeyAccess: false" in self.FILE.read_text()


class TestEvents:
    TEXT = (MODULES / "subscriptions.bicep").read_text()

    def subscription(self, name: str) -> str:
        found = re.search(rf"name: '\$\{{prefix\}}-{name}'\n(.*?)^\}}", self.TEXT, re.MULTILINE | re.DOTALL)
        assert found is not None
        return found[1]

    def test_chat_gets_one_event_for_each_message(self) -> None:
        chat = self.subscription("chat")
        assert re.findall(r"'(Microsoft\.Communication\.\w+)'", chat) == [MESSAGE_RECEIVED]
        assert "functions/on_chat_event'" in chat
        assert "maxDeliveryAttempts: 30" in chat
        assert "eventTimeToLiveInMinutes: 1440" in chat

    def test_a_ringing_call_is_not_tried_when_it_is_over(self) -> None:
        call = self.subscription("incoming-calls")
        assert re.findall(r"'(Microsoft\.Communication\.\w+)'", call) == ["Microsoft.Communication.IncomingCall"]
        assert "functions/on_call_event'" in call
        assert "maxDeliveryAttempts: 2" in call
        assert "eventTimeToLiveInMinutes: 1\n" in call

    def test_events_keep_event_grid_s_schema_and_none_is_lost(self) -> None:
        subscriptions = self.TEXT.count("eventSubscriptions@")
        assert subscriptions == 3
        assert self.TEXT.count("eventDeliverySchema: 'EventGridSchema'") == subscriptions
        assert self.TEXT.count("deadLetterWithResourceIdentity: deadLetter") == subscriptions

    def test_event_types_are_of_acs(self) -> None:
        known = {member.value for member in SystemEventNames}
        assert set(re.findall(r"'(Microsoft\.Communication\.\w+)'", self.TEXT)) <= known


class TestNames:
    def test_functions_that_are_named_exist(self) -> None:
        known = {*HTTP, "on_chat_event", "on_call_event", "on_session_timer", "on_presence_timer"}
        for file in [*INFRA.rglob("*.bicep"), *INFRA.rglob("*.bicepparam"), INFRA / "untyped" / "workbook.json"]:
            named = re.findall(r"functions/(\w+)'|function:(\w+)'|Name == \\?\"(\w+)|\"(on_\w+)\\?\"", file.read_text())
            assert {name for group in named for name in group if name} <= known, file.name

    def test_the_scripts_use_the_names_of_main(self) -> None:
        main = dict(re.findall(r"^  (\w+): '([^']*)'$", (BICEP / "main.bicep").read_text(), re.MULTILINE))
        scripts = "".join(file.read_text() for file in [INFRA / "common.sh", *(INFRA / "steps").glob("*.sh")])
        for resource in ("storage", "vault", "functionApp", "acs", "topic", "signalr", "bot"):
            in_bash = main[resource].replace("${base}", "$NAME-$ENVIRONMENT")
            in_bash = in_bash.replace("${name}${environmentName}", "$NAME$ENVIRONMENT")
            assert in_bash in scripts, in_bash

    @pytest.mark.parametrize(
        ("resource", "longest"), [("storage", 24), ("vault", 24), ("bot", 42), ("functionApp", 60)]
    )
    def test_the_longest_names_fit(self, resource: str, longest: int) -> None:
        main = dict(re.findall(r"^  (\w+): '([^']*)'$", (BICEP / "main.bicep").read_text(), re.MULTILINE))
        name = main[resource].replace("${base}", "${name}-${environmentName}")
        assert len(name.replace("${name}", "n" * 10).replace("${environmentName}", "prod")) <= longest

    def test_acs_gets_no_underscore(self) -> None:
        main = dict(re.findall(r"^  (\w+): '([^']*)'$", (BICEP / "main.bicep").read_text(), re.MULTILINE))
        assert "_" not in main["acs"]


def test_the_workbook_is_one() -> None:
    workbook = json.loads((INFRA / "untyped" / "workbook.json").read_text())
    queries = [item["content"]["query"] for item in workbook["items"] if item["type"] == 3]
    assert len(queries) >= 10
    assert all(
        item["content"]["crossComponentResources"] == ["{{workspace}}"]
        for item in workbook["items"]
        if item["type"] == 3
    )


def test_the_bot_is_single_tenant_and_has_no_secret() -> None:
    text = (MODULES / "bot.bicep").read_text()
    assert "msaAppType: 'SingleTenant'" in text
    assert "disableLocalAuth: true" in text
