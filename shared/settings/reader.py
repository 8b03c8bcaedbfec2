"""Reads settings one by one and notes what is wrong with them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from shared.settings.model import BotSettings, SettingFinding, SignInSettings, StorageSettings
from shared.settings.table import BY_NAME, DEVELOPMENT_STORAGE, SECRET_PREFIX, SESSION_KEY_BYTES, STORAGE

ENTRA = "https://login.microsoftonline.com"


class Reader:
    """`findings` grows with every setting that is read and cannot be used."""

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

    def number(self, name: str, lowest: float, highest: float) -> float:
        try:
            value = float(self.text(name))
        except ValueError:
            value = lowest - 1
        if not lowest <= value <= highest:
            self._find(name, "is no number that can be used", f"write a number from {lowest:g} to {highest:g}")
        return value

    def hosts(self, name: str) -> tuple[str, ...]:
        """Host names separated by commas, in lower case; none where the setting is empty."""
        text = self.text(name).lower()
        found = tuple(host.strip() for host in text.split(",")) if text else ()
        if any(not host or set(host) & set("/*@ ") for host in found):
            self._find(name, "is no list of hosts", "write host names only, separated by single commas")
        return found

    def key(self, name: str, *, required: bool = True) -> bytes | None:
        value = self.required(name) if required else self.text(name)
        return self._key(name, value) if value else None

    def keys(self, name: str) -> tuple[bytes, ...]:
        """Keys separated by commas; none where the setting is empty."""
        text = self.text(name)
        return tuple(self._key(name, one.strip()) for one in text.split(",")) if text else ()

    def _key(self, name: str, value: str) -> bytes:
        try:
            key = base64.b64decode(value, validate=True)
        except ValueError:
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
            return Reader(self._environment).storage()  # which has told already what is wrong
        return self._storage_by_string("INTERACT_TABLES", text)

    def connection_string(self, name: str, check: Callable[[Mapping[str, str]], bool]) -> str | None:
        """`check` is asked of its parts, whose names are in small letters."""
        text = self.text(name)
        if text:
            self._check_connection_string(name, text, check)
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

    def sign_in(self) -> SignInSettings:
        authority = f"{ENTRA}/{self.text('INTERACT_BOT_TENANT_ID')}"
        return SignInSettings(
            audience=self.text("INTERACT_ADMIN_AUDIENCE"),
            issuer=self.text("INTERACT_ADMIN_ISSUER") or f"{authority}/v2.0",
            keys_url=self.url("INTERACT_ADMIN_KEYS_URL", required=False) or f"{authority}/discovery/v2.0/keys",
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


def _parts(connection_string: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in connection_string.split(";") if part.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def is_push(parts: Mapping[str, str]) -> bool:
    """Whether these are the parts of a connection string of SignalR: with a key, or for the managed identity."""
    return bool(parts.get("endpoint") and (parts.get("accesskey") or parts.get("authtype", "").lower() == "azure.msi"))


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
    return f"{ENTRA}/{tenant_id}/oauth2/v2.0/token"
