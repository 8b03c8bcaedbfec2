"""The table of all settings: what each means, which are secrets, their defaults, and examples for development."""

from __future__ import annotations

import base64
from dataclasses import dataclass

STORAGE = "AzureWebJobsStorage"
CONFIG_CACHE = "INTERACT_CONFIG_CACHE_SECONDS"
LONGEST_CONFIG_CACHE = 30
PRESENCE = "INTERACT_PRESENCE_SECONDS"
PRESENCE_BOUNDS = (1, 60)
PROXIES = "INTERACT_TRUSTED_PROXIES"
MOST_PROXIES = 5
LIMIT_FACTOR = "INTERACT_LIMIT_FACTOR"
LIMIT_FACTOR_BOUNDS = (0.001, 1_000_000)
SECRET_PREFIX = "INTERACT_SECRET_"
SESSION_KEY_BYTES = 32
MICROSOFT_BOT_KEYS = "https://login.botframework.com/v1/.well-known/keys"
MICROSOFT_BOT_HOSTS = "smba.trafficmanager.net"
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
        "INTERACT_SESSION_KEYS_BEFORE",
        "session keys of earlier rotations, separated by commas; customers are still found by their addresses with "
        "them, and nothing else is done with them",
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
        "directory (tenant) id of the bot's app registration; this tenant's are all secrets that have no tenant's id "
        "in their names",
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
        "connection string of Azure SignalR Service in serverless mode, with `AuthType=azure.msi` in place of the key "
        "where the managed identity enters it; without it widgets poll",
        secret=True,
    ),
    Setting("INTERACT_KEY_VAULT_URL", "URL of the key vault that tenants' references `keyvault:name` mean"),
    Setting(
        "INTERACT_ACS_BROWSER_ENDPOINT",
        "URL under which browsers reach ACS where that is not the endpoint itself, for instance through a gateway",
    ),
    Setting(
        "INTERACT_ADMIN_AUDIENCE",
        "application (client) id for which access tokens of administrators are issued; empty switches the management "
        "API off",
    ),
    Setting(
        "INTERACT_ADMIN_ISSUER",
        "issuer of administrators' access tokens; empty for the tenant of the bot's app registration in Microsoft "
        "Entra ID",
    ),
    Setting(
        "INTERACT_ADMIN_KEYS_URL",
        "where the keys are that sign administrators' access tokens; empty for those of the same tenant",
    ),
    Setting(
        CONFIG_CACHE,
        f"seconds for which a process keeps what it has read of the configuration, 0 to {LONGEST_CONFIG_CACHE}; "
        "so late a change takes effect",
        default=str(LONGEST_CONFIG_CACHE),
    ),
    Setting(
        "INTERACT_SITE_KEY_HOSTS",
        "hosts, separated by commas, from which tenants may get the keys of site tokens though their addresses are not "
        "public; empty for none",
    ),
    Setting(
        "INTERACT_GRAPH_URL",
        "base URL of Microsoft Graph, https://graph.microsoft.com/v1.0, where presence in Teams counts; empty where "
        "it is not asked for, so that duty and conversations alone decide",
        example="http://localhost:7073/graph/v1.0",
    ),
    Setting(
        PRESENCE,
        f"seconds between two looks at the presence of contacts that visitors watch, {PRESENCE_BOUNDS[0]} to "
        f"{PRESENCE_BOUNDS[1]}; so late, and a second more, a change in Teams is seen",
        default="1",
    ),
    Setting(
        PROXIES,
        f"how many proxies of yours stand before the app, each of which appends to X-Forwarded-For, 0 to {MOST_PROXIES}"
        "; a caller's address is read that far from the end",
        default="0",
    ),
    Setting(
        LIMIT_FACTOR,
        "multiplies the rate limits of the widget API; for load tests only",
        default="1",
    ),
    Setting(
        "INTERACT_TURNSTILE_VERIFY_URL",
        "where tokens of Cloudflare Turnstile are verified",
        default="https://challenges.cloudflare.com/turnstile/v0/siteverify",
    ),
    Setting(
        "INTERACT_HCAPTCHA_VERIFY_URL",
        "where tokens of hCaptcha are verified",
        default="https://api.hcaptcha.com/siteverify",
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def example() -> dict[str, object]:
    """The content of local.settings.example.json, with which the app runs against Azurite and a desk."""
    values = {"FUNCTIONS_WORKER_RUNTIME": "python"}
    values.update({setting.name: setting.example for setting in SETTINGS if setting.example is not None})
    return {"IsEncrypted": False, "Values": values}
