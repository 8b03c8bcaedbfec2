"""Settings: everything that is missing or wrong at once, by name, with a remedy and without a value."""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.settings import VERSION, read
from shared.settings.table import DEVELOPMENT_STORAGE, SETTINGS, STORAGE, example

ROOT = Path(__file__).parents[2]
GOOD: dict[str, str] = {
    "AzureWebJobsStorage": DEVELOPMENT_STORAGE,
    "INTERACT_SESSION_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "INTERACT_PUBLIC_URL": "https://interact.lunifico.example/",
    "INTERACT_BOT_APP_ID": "bot",
    "INTERACT_BOT_TENANT_ID": "directory",
}


def changed(**changes: str) -> dict[str, str]:
    return {**GOOD, **changes}


def findings(environment: Mapping[str, str]) -> list[str]:
    return sorted(finding.name for finding in read(environment).findings)


def test_what_is_needed_is_enough_and_the_rest_has_defaults() -> None:
    reading = read(GOOD)
    assert reading.findings == ()
    settings = reading.settings
    assert settings.public_url == "https://interact.lunifico.example"
    assert settings.session_key == bytes(32)
    assert settings.tables == settings.queues
    assert settings.bot.token_url == "https://login.microsoftonline.com/directory/oauth2/v2.0/token"
    assert settings.bot.keys_url == "https://login.botframework.com/v1/.well-known/keys"
    assert settings.bot.service_hosts == ("smba.trafficmanager.net",)
    assert (settings.signalr, settings.key_vault_url, settings.managed_identity) == (None, None, None)


def test_no_host_of_site_keys_may_be_inside_unless_it_is_named() -> None:
    assert read(GOOD).settings.site_key_hosts == ()
    for text in ("Login.Intranet, keys.lunifico.example", " login.intranet,keys.lunifico.example "):
        named = read(changed(INTERACT_SITE_KEY_HOSTS=text)).settings.site_key_hosts
        assert named == ("login.intranet", "keys.lunifico.example")
    for text in ("login.intranet,", "*.intranet", "user@intranet", ",", "10.0.0.0/8"):
        assert findings(changed(INTERACT_SITE_KEY_HOSTS=text)) == ["INTERACT_SITE_KEY_HOSTS"]


def test_an_empty_environment_is_told_everything_at_once() -> None:
    assert findings({}) == sorted(GOOD)
    assert all(finding.problem == "is missing" and finding.remedy for finding in read({}).findings)


WRONG = {
    "AzureWebJobsStorage": "AccountName=a",
    "INTERACT_TABLES": "not a connection string",
    "INTERACT_SESSION_KEY": "c2hvcnQ=",
    "INTERACT_SESSION_KEY_PREVIOUS": "not base64: ü",
    "INTERACT_SESSION_KEYS_BEFORE": "c2hvcnQ=",
    "INTERACT_PUBLIC_URL": "http://interact.lunifico.example",
    "INTERACT_BOT_TOKEN_URL": "login.microsoftonline.com",
    "INTERACT_BOT_KEYS_URL": "https://[",
    "INTERACT_BOT_SERVICE_HOSTS": "smba.trafficmanager.net,",
    "INTERACT_SITE_KEY_HOSTS": "https://login.lunifico.example/keys",
    "INTERACT_SIGNALR_CONNECTION_STRING": "Endpoint=https://push.example",
    "INTERACT_KEY_VAULT_URL": "ftp://vault.example",
}


def test_keys_of_earlier_rotations_are_a_list() -> None:
    keys = [bytes([number]) * 32 for number in range(2)]
    text = ", ".join(base64.b64encode(one).decode() for one in keys)
    assert read(changed(INTERACT_SESSION_KEYS_BEFORE=text)).settings.session_keys_before == tuple(keys)
    assert read(GOOD).settings.session_keys_before == ()


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named(name: str) -> None:
    assert findings(changed(**{name: WRONG[name]})) == [name]


def test_no_finding_and_no_print_shows_a_secret() -> None:
    secret = {setting.name: f"hidden-{setting.name}" for setting in SETTINGS if setting.secret}
    reading = read({**GOOD, **secret, "INTERACT_SECRET_ACS": "hidden-acs", "INTERACT_PUBLIC_URL": "hidden-url"})
    assert "hidden" not in str(reading.findings)
    good = read({**GOOD, "INTERACT_BOT_SECRET": "hidden", "INTERACT_SECRET_ACS": "hidden"})
    assert "hidden" not in repr(good.settings)
    assert "AccountKey" not in repr(good.settings)


def test_only_secrets_with_the_prefix_can_be_referred_to() -> None:
    environment = changed(INTERACT_SECRET_ACS="endpoint=…", INTERACT_BOT_SECRET="s", PATH="/bin", INTERACT_SECRET_NO="")
    assert read(environment).settings.secrets == {"INTERACT_SECRET_ACS": "endpoint=…"}


WITHOUT_STORAGE = {name: value for name, value in GOOD.items() if name != STORAGE}


class TestStorage:
    def test_a_managed_identity_needs_the_account_s_name_only(self) -> None:
        reading = read({**WITHOUT_STORAGE, f"{STORAGE}__accountName": "lunifico", "AZURE_CLIENT_ID": "identity"})
        assert reading.findings == ()
        assert reading.settings.tables.table_url == "https://lunifico.table.core.windows.net"
        assert reading.settings.queues.queue_url == "https://lunifico.queue.core.windows.net"
        assert reading.settings.managed_identity == "identity"

    def test_or_both_urls(self) -> None:
        queues, tables = f"{STORAGE}__queueServiceUri", f"{STORAGE}__tableServiceUri"
        urls = {queues: "https://q.example", tables: "https://t.example"}
        assert findings({**WITHOUT_STORAGE, **urls}) == []
        assert findings({**WITHOUT_STORAGE, queues: urls[queues]}) == [tables]
        assert findings({**WITHOUT_STORAGE, tables: urls[tables]}) == [queues]

    def test_the_tables_may_be_elsewhere(self) -> None:
        elsewhere = "AccountName=a;AccountKey=b"
        reading = read(
            {**WITHOUT_STORAGE, f"{STORAGE}__queueServiceUri": "https://q.example", "INTERACT_TABLES": elsewhere}
        )
        assert reading.findings == ()
        assert reading.settings.tables.connection_string == elsewhere

    def test_the_short_name_of_azurite_is_written_out_for_our_sdks(self) -> None:
        reading = read(changed(AzureWebJobsStorage="UseDevelopmentStorage=true"))
        assert reading.settings.tables.connection_string == DEVELOPMENT_STORAGE


def test_the_example_file_is_what_the_table_says() -> None:
    assert json.loads((ROOT / "local.settings.example.json").read_text()) == example()


def test_the_example_is_complete() -> None:
    values = json.loads((ROOT / "local.settings.example.json").read_text())["Values"]
    assert read(values).findings == ()


def test_the_version_is_the_package_s() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
