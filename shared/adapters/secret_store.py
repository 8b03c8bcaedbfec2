"""Secrets by reference: `env:NAME` from the settings, `keyvault:name` from Azure Key Vault."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from shared.adapters.failures import bounded, of_connection, of_status
from shared.adapters.http_session import HttpSession
from shared.adapters.storage_account import CredentialSource
from shared.adapters.timed_cache import TimedCache
from shared.domain.errors import Rejected
from shared.domain.secret_owners import SecretOwners

CACHE_SECONDS = 300.0
CACHED_SECRETS = 1_000
API_VERSION = "7.4"
SCOPE = "https://vault.azure.net/.default"


class SecretStore:
    """No value is ever part of an error. `home_tenant`: whose secrets without a tenant's id in their names are."""

    def __init__(
        self,
        environment: Mapping[str, str],
        http: HttpSession,
        home_tenant: str,
        vault_url: str = "",
        credential: CredentialSource | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._environment = environment
        self._owners = SecretOwners(home_tenant)
        self._http = http
        self._vault_url = vault_url.rstrip("/")
        self._credential = credential
        self._values: TimedCache[str, str] = TimedCache(CACHE_SECONDS, CACHED_SECRETS, monotonic)

    def refusal(self, tenant_id: str, reference: str) -> str:
        return self._owners.refusal(tenant_id, reference)

    async def get(self, tenant_id: str, reference: str) -> str:
        # Before anything is read: what a tenant may not name it does not learn of.
        refusal = self.refusal(tenant_id, reference)
        if refusal:
            raise Rejected(refusal, "secret_foreign")
        place, _, name = reference.partition(":")
        if place == "env":
            if not self._environment.get(name):
                raise Rejected(f"the setting {name} is missing or empty", "secret_missing")
            return self._environment[name]
        if place == "keyvault" and name:
            return await self._values.get(name, lambda: self._read(name))
        raise Rejected("a secret is named env:NAME or keyvault:name", "secret_reference")

    async def put(self, name: str, value: str) -> str:
        if not self._vault_url or self._credential is None:
            why = "this deployment has no key vault: put the secret into a setting INTERACT_SECRET_… and name it env:…"
            raise Rejected(why, "secrets_read_only")
        # A value that other processes have read stays for CACHE_SECONDS; who changes a secret gives it a new name.
        await self._call(f"writing the secret {name}", "put", name, {"value": value})
        return f"keyvault:{name}"

    async def _read(self, name: str) -> str:
        document = await self._call(f"reading the secret {name}", "get", name)
        return str(document["value"])

    async def _call(self, what: str, method: str, name: str, body: Mapping[str, str] | None = None) -> dict[str, Any]:
        async def call() -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {await self._token()}"}
            url = f"{self._vault_url}/secrets/{quote(name, safe='')}?api-version={API_VERSION}"
            async with self._http.open().request(method, url, headers=headers, json=body) as response:
                if response.status != 200:
                    raise of_status(response.status, response.headers, what)
                document: dict[str, Any] = await response.json()
                return document

        return await bounded(call, lambda error: of_connection(error, what), repeatable=True)

    async def _token(self) -> str:
        if not self._vault_url or self._credential is None:
            raise Rejected("there is no key vault in the settings", "secret_missing")
        return (await self._credential().get_token(SCOPE)).token
