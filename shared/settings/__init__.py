"""The settings of a deployment: the only place that reads environment variables.

All of them stand in one table (`settings.table`), from which `local.settings.example.json` is checked. Whatever is
missing or wrong is collected, so that the health page can name all of it at once; a finding never holds a value.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from shared.settings.model import BotSettings, Reading, SettingFinding, Settings, SignInSettings, StorageSettings
from shared.settings.reader import Reader, is_push
from shared.settings.table import (
    CONFIG_CACHE,
    LIMIT_FACTOR,
    LIMIT_FACTOR_BOUNDS,
    LONGEST_CONFIG_CACHE,
    MOST_PROXIES,
    PRESENCE,
    PRESENCE_BOUNDS,
    PROXIES,
)

VERSION = "0.1.0"

__all__ = [
    "VERSION",
    "BotSettings",
    "Reading",
    "SettingFinding",
    "Settings",
    "SignInSettings",
    "StorageSettings",
    "read",
]


def read(environment: Mapping[str, str] | None = None) -> Reading:
    """Read and check everything; `environment` stands in for os.environ in tests."""
    reader = Reader(os.environ if environment is None else environment)
    settings = Settings(
        queues=reader.storage(),
        tables=reader.tables(),
        managed_identity=reader.text("AZURE_CLIENT_ID") or None,
        session_key=reader.key("INTERACT_SESSION_KEY") or b"",
        session_key_previous=reader.key("INTERACT_SESSION_KEY_PREVIOUS", required=False),
        session_keys_before=reader.keys("INTERACT_SESSION_KEYS_BEFORE"),
        public_url=reader.url("INTERACT_PUBLIC_URL").rstrip("/"),
        bot=reader.bot(),
        signalr=reader.connection_string("INTERACT_SIGNALR_CONNECTION_STRING", is_push),
        key_vault_url=reader.url("INTERACT_KEY_VAULT_URL", required=False) or None,
        acs_browser_endpoint=reader.url("INTERACT_ACS_BROWSER_ENDPOINT", required=False).rstrip("/") or None,
        sign_in=reader.sign_in(),
        config_cache_seconds=reader.number(CONFIG_CACHE, 0, LONGEST_CONFIG_CACHE),
        graph_url=reader.url("INTERACT_GRAPH_URL", required=False).rstrip("/") or None,
        presence_seconds=reader.number(PRESENCE, *PRESENCE_BOUNDS),
        site_key_hosts=reader.hosts("INTERACT_SITE_KEY_HOSTS"),
        trusted_proxies=int(reader.number(PROXIES, 0, MOST_PROXIES)),
        limit_factor=reader.number(LIMIT_FACTOR, *LIMIT_FACTOR_BOUNDS),
        turnstile_verify_url=reader.url("INTERACT_TURNSTILE_VERIFY_URL"),
        hcaptcha_verify_url=reader.url("INTERACT_HCAPTCHA_VERIFY_URL"),
        secrets=reader.secrets(),
    )
    return Reading(settings, tuple(reader.findings))
