"""The settings of a deployment: the only place that reads environment variables.

All settings stand in one table, `SETTINGS`, from which `local.settings.example.json` is checked. Whatever is missing or
wrong is collected, so that the health page can name all of it at once; a finding never holds a value.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

VERSION = "0.1.0"
STORAGE = "AzureWebJobsStorage"
SECRET_PREFIX = "INTERACT_SECRET_"
SESSION_KEY_BYTES = 32
MICROSOFT_BOT_KEYS = "https://login.botframework.com/v1/.well-known/keys"
MICROSOFT_BOT_HOSTS = "smba.trafficmanager.net,.botframework.com"
DEVELOPMENT_STORAGE = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
    "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
    "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;"
)
"""Azurite's published account, which the Functions host also calls UseDevelopmentStorage=true; our SDKs do not."""
EXAMPLE_KEY = base64.b64encode(b"for development only: not secret").decode()


@dataclass(frozen=True)
class Setting:
    """One setting: what it means, whether it is a secret, its default, and an example for development."""

    name: str
    meaning: str
    secret: bool = False
    default: str = ""
    example: str | None = None


@dataclass(frozen=True)
class SettingFinding:
    """A setting that is missing or wrong: its name, what is wrong, and how to mend it; never its value."""

    name: str
    problem: str
    remedy: str


SETTINGS = (
    Setting(
        STORAGE,
        "connection string of the storage account with the queues, and the tables unless INTERACT_TABLES is set; "
        "with a managed identity the settings below take its place",
        secret=True,
        example=DEVELOPMENT_STORAGE,
    ),
    Setting(f"{STORAGE}__accountName", "name of the storage account that the managed identity enters"),
    Setting(f"{STORAGE}__queueServiceUri", "URL of the queues that the managed identity enters"),
    Setting(f"{STORAGE}__tableServiceUri", "URL of the tables that the managed identity enters"),
    Setting("AZURE_CLIENT_ID", "client id of the user-assigned managed identity; empty for the system-assigned one"),
    Setting("INTERACT_TABLES", "connection string of another storage account for the tables", secret=True),
    Setting(
        "INTERACT_SESSION_KEY",
        f"at least {SESSION_KEY_BYTES} random bytes in base64, from which session tokens and session ids are derived",
        secret=True,
        example=EXAMPLE_KEY,
    ),
    Setting(
        "INTERACT_SESSION_KEY_PREVIOUS",
        "the session key before a rotation; its session tokens stay valid until they expire",
        secret=True,
    ),
    Setting(
        "INTERACT_PUBLIC_URL",
        "base URL under which browsers reach this app, for snippets",
        example="http://localhost:7071",
    ),
    Setting(
        "INTERACT_BOT_APP_ID",
        "application (client) id of the bot's app registration",
        example="11111111-1111-4111-8111-111111111111",
    ),
    Setting(
        "INTERACT_BOT_TENANT_ID",
        "directory (tenant) id of the bot's app registration",
        example="22222222-2222-4222-8222-222222222222",
    ),
    Setting(
        "INTERACT_BOT_SECRET",
        "client secret of the bot; empty where its app registration trusts the managed identity",
        secret=True,
        example="local-desk-secret",
    ),
    Setting(
        "INTERACT_BOT_TOKEN_URL",
        "where the bot gets its tokens; empty for the tenant's endpoint of Microsoft Entra ID",
        example="http://localhost:7073/22222222-2222-4222-8222-222222222222/oauth2/v2.0/token",
    ),
    Setting(
        "INTERACT_BOT_KEYS_URL",
        "where the keys are that sign activities",
        default=MICROSOFT_BOT_KEYS,
        example="http://localhost:7073/keys",
    ),
    Setting(
        "INTERACT_BOT_SERVICE_HOSTS",
        "hosts that the bot may answer to, separated by commas; one with a leading dot stands for all below it",
        default=MICROSOFT_BOT_HOSTS,
        example="localhost",
    ),
    Setting(
        "INTERACT_SIGNALR_CONNECTION_STRING",
        "connection string of Azure SignalR Service in serverless mode; without it widgets poll",
        secret=True,
    ),
    Setting("INTERACT_KEY_VAULT_URL", "URL of the key vault that tenants' references `keyvault:name` mean"),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class StorageSettings:
    """A storage account: a connection string, or the endpoints that a managed identity enters."""

    connection_string: str = field(default="", repr=False)
    queue_url: str = ""
    table_url: str = ""


@dataclass(frozen=True)
class BotSettings:
    """The bot's registration and where it talks to; an empty `secret` means the managed identity."""

    app_id: str
    tenant_id: str
    secret: str = field(repr=False)
    token_url: str
    keys_url: str
    service_hosts: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """All settings, read and checked. `secrets` maps names that start with INTERACT_SECRET_ to their values."""

    queues: StorageSettings
    tables: StorageSettings
    managed_identity: str | None
    session_key: bytes = field(repr=False)
    session_key_previous: bytes | None = field(repr=False)
    public_url: str
    bot: BotSettings
    signalr: str | None = field(repr=False)
    key_vault_url: str | None
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Reading:
    """What the environment says; `settings` can be used only where there are no findings."""

    settings: Settings
    findings: tuple[SettingFinding, ...]


def read(environment: Mapping[str, str] | None = None) -> Reading:
    """Read and check everything; `environment` stands in for os.environ in tests."""
    reader = _Reader(os.environ if environment is None else environment)
    settings = Settings(
        queues=reader.storage(),
        tables=reader.tables(),
        managed_identity=reader.text("AZURE_CLIENT_ID") or None,
        session_key=reader.key("INTERACT_SESSION_KEY") or b"",
        session_key_previous=reader.key("INTERACT_SESSION_KEY_PREVIOUS", required=False),
        public_url=reader.url("INTERACT_PUBLIC_URL").rstrip("/"),
        bot=reader.bot(),
        signalr=reader.connection_string("INTERACT_SIGNALR_CONNECTION_STRING", ("endpoint", "accesskey")),
        key_vault_url=reader.url("INTERACT_KEY_VAULT_URL", required=False) or None,
        secrets=reader.secrets(),
    )
    return Reading(settings, tuple(reader.findings))


def example() -> dict[str, object]:
    """The content of local.settings.example.json, with which the app runs against the stand-ins."""
    values = {"FUNCTIONS_WORKER_RUNTIME": "python"}
    values.update({setting.name: setting.example for setting in SETTINGS if setting.example is not None})
    return {"IsEncrypted": False, "Values": values}


class _Reader:
    """Reads settings one by one and notes what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.findings: list[SettingFinding] = []

    def text(self, name: str) -> str:
        return self._environment.get(name, "").strip() or BY_NAME[name].default

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            self._find(name, "is missing", f"set it: {BY_NAME[name].meaning}")
        return value

    def url(self, name: str, *, required: bool = True) -> str:
        value = self.required(name) if required else self.text(name)
        if value and not _is_url(value):
            self._find(name, "is no usable URL", "write https://host; http is taken for localhost only")
        return value

    def key(self, name: str, *, required: bool = True) -> bytes | None:
        value = self.required(name) if required else self.text(name)
        if not value:
            return None
        try:
            key = base64.b64decode(value, validate=True)
        except binascii.Error:
            key = b""
        if len(key) < SESSION_KEY_BYTES:
            remedy = f"generate {SESSION_KEY_BYTES} random bytes: openssl rand -base64 {SESSION_KEY_BYTES}"
            self._find(name, f"is not at least {SESSION_KEY_BYTES} bytes in base64", remedy)
        return key

    def storage(self) -> StorageSettings:
        text = self.text(STORAGE)
        if text:
            return self._storage_by_string(STORAGE, text)
        account = self.text(f"{STORAGE}__accountName")
        names = {service: f"{STORAGE}__{service}ServiceUri" for service in ("queue", "table")}
        urls = {service: self.url(name, required=False) for service, name in names.items()}
        if account:
            urls = {service: url or f"https://{account}.{service}.core.windows.net" for service, url in urls.items()}
        is_table_needed = not self.text("INTERACT_TABLES")
        if not any(urls.values()):
            remedy = f"set its connection string, or {STORAGE}__accountName for a managed identity"
            self._find(STORAGE, "is missing", remedy)
        elif not urls["queue"] or (is_table_needed and not urls["table"]):
            missing = "queue" if not urls["queue"] else "table"
            self._find(names[missing], "is missing", f"set the URL of the {missing}s beside the other one")
        return StorageSettings(queue_url=urls["queue"], table_url=urls["table"])

    def tables(self) -> StorageSettings:
        text = self.text("INTERACT_TABLES")
        if not text:
            return _without_findings(self._environment).storage()
        return self._storage_by_string("INTERACT_TABLES", text)

    def connection_string(self, name: str, parts: tuple[str, ...]) -> str | None:
        text = self.text(name)
        if text:
            self._check_connection_string(name, text, lambda found: all(found.get(part) for part in parts))
        return text or None

    def bot(self) -> BotSettings:
        tenant_id = self.required("INTERACT_BOT_TENANT_ID")
        hosts = tuple(host.strip().lower() for host in self.text("INTERACT_BOT_SERVICE_HOSTS").split(","))
        if not all(hosts):
            remedy = "separate host names by single commas"
            self._find("INTERACT_BOT_SERVICE_HOSTS", "names an empty host, which would allow any", remedy)
        return BotSettings(
            app_id=self.required("INTERACT_BOT_APP_ID"),
            tenant_id=tenant_id,
            secret=self.text("INTERACT_BOT_SECRET"),
            token_url=self.url("INTERACT_BOT_TOKEN_URL", required=False) or _token_url(tenant_id),
            keys_url=self.url("INTERACT_BOT_KEYS_URL"),
            service_hosts=hosts,
        )

    def secrets(self) -> Mapping[str, str]:
        found = self._environment.items()
        return {name: value for name, value in found if name.startswith(SECRET_PREFIX) and value}

    def _storage_by_string(self, name: str, text: str) -> StorageSettings:
        if _parts(text).get("usedevelopmentstorage", "").lower() == "true":
            text = DEVELOPMENT_STORAGE
        self._check_connection_string(name, text, _is_storage)
        return StorageSettings(connection_string=text)

    def _check_connection_string(self, name: str, text: str, check: Callable[[Mapping[str, str]], bool]) -> None:
        if not check(_parts(text)):
            self._find(name, "is no usable connection string", "copy it again from the resource's access keys")

    def _find(self, name: str, problem: str, remedy: str) -> None:
        self.findings.append(SettingFinding(name, problem, remedy))


def _without_findings(environment: Mapping[str, str]) -> _Reader:
    """For a setting that another reader has complained about already."""
    return _Reader(environment)


def _parts(connection_string: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in connection_string.split(";") if part.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _is_storage(parts: Mapping[str, str]) -> bool:
    return bool(parts.get("accountname") and (parts.get("accountkey") or parts.get("sharedaccesssignature")))


def _is_url(value: str) -> bool:
    try:
        url = urlsplit(value)
        is_local = url.hostname in ("localhost", "127.0.0.1")
        return bool(url.hostname) and (url.scheme == "https" or (url.scheme == "http" and is_local)) and url.port != 0
    except ValueError:
        return False


def _token_url(tenant_id: str) -> str:
    return f"https://login.microsoftonline.com/{tenant_id}/oauth2/v2.0/token"
