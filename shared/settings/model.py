"""The settings as the rest of the app sees them: typed, checked, and without a way to print a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SettingFinding:
    """A setting that is missing or wrong: its name, what is wrong, and how to mend it; never its value."""

    name: str
    problem: str
    remedy: str


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
class SignInSettings:
    """Whose access tokens make somebody an administrator; without an audience nobody is one."""

    audience: str
    issuer: str
    keys_url: str


@dataclass(frozen=True)
class Settings:
    """All settings, read and checked. `secrets` maps names that start with INTERACT_SECRET_ to their values."""

    queues: StorageSettings
    tables: StorageSettings
    managed_identity: str | None
    session_key: bytes = field(repr=False)
    session_key_previous: bytes | None = field(repr=False)
    session_keys_before: tuple[bytes, ...] = field(repr=False)
    public_url: str
    bot: BotSettings
    signalr: str | None = field(repr=False)
    key_vault_url: str | None
    acs_browser_endpoint: str | None
    config_cache_seconds: float
    sign_in: SignInSettings
    graph_url: str | None
    presence_seconds: float
    site_key_hosts: tuple[str, ...]
    trusted_proxies: int
    limit_factor: float
    turnstile_verify_url: str
    hcaptcha_verify_url: str
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Reading:
    """What the environment says; `settings` can be used only where there are no findings."""

    settings: Settings
    findings: tuple[SettingFinding, ...]
