"""The real ACS adapters against the stand-in, over TLS as in production."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from local.acs.app import create_app
from local.acs.certificates import Certificates
from local.acs.options import AcsOptions, connection_string
from local.serving import serving
from shared.adapters.acs_chat import AcsMessaging
from shared.adapters.acs_identity import AcsIdentity
from shared.adapters.acs_relays import AcsRelays, RelayStore
from shared.adapters.acs_resources import AcsResources
from shared.adapters.http_session import HttpSession
from shared.adapters.memory import MemorySecrets
from shared.adapters.storage_account import CredentialSource
from shared.adapters.system import SystemClock
from tests.ports.samples import TENANT


class MemoryRelayStore:
    """`pools` by tenant and endpoint."""

    def __init__(self) -> None:
        self.pools: dict[tuple[str, str], tuple[str, ...]] = {}

    async def load(self, tenant_id: str, endpoint: str) -> tuple[str, ...] | None:
        return self.pools.get((tenant_id, endpoint))

    async def remember(self, tenant_id: str, endpoint: str, relay_ids: tuple[str, ...]) -> tuple[str, ...]:
        return self.pools.setdefault((tenant_id, endpoint), relay_ids)


@dataclass(frozen=True)
class Host:
    """The adapters of one host."""

    http: HttpSession
    identity: AcsIdentity
    messaging: AcsMessaging


@dataclass(frozen=True)
class Acs:
    """A running stand-in."""

    url: str
    http: HttpSession

    def host(
        self,
        store: RelayStore,
        http: HttpSession | None = None,
        credential: CredentialSource | None = None,
        home: str = TENANT.id,
        other: str = "",
    ) -> Host:
        """Another host of the same deployment; hosts share nothing but the store. With a credential it has no key.

        `other` is the address of one more resource, which the secret env:OTHER leads to.
        """
        session = http or self.http
        known = connection_string(self.url) if credential is None else f"endpoint={self.url}/"
        places = {"env:ACS": known, "keyvault:acs": f"endpoint={self.url}/", "env:OTHER": connection_string(other)}
        secrets = MemorySecrets(places, home)
        resources = AcsResources(secrets, session, credential=credential)
        relays = AcsRelays(resources, store, SystemClock())
        return Host(session, AcsIdentity(resources), AcsMessaging(resources, relays))

    async def counts(self) -> dict[str, int]:
        """Requests by operation since the last reset."""
        async with self.http.open().get(f"{self.url}/_standin/log") as response:
            document: dict[str, Any] = await response.json()
        return dict(document["operations"])

    async def reset_counts(self) -> None:
        async with self.http.open().post(f"{self.url}/_standin/reset-counts") as response:
            assert response.status == 204

    async def fail(self, **faults: Any) -> None:
        """Replace the faults; without any, all is well again."""
        async with self.http.open().put(f"{self.url}/_standin/faults", json=faults) as response:
            assert response.status == 200, await response.text()

    async def display_names(self, thread_id: str) -> list[str]:
        async with self.http.open().get(f"{self.url}/_standin/threads/{thread_id}") as response:
            document: dict[str, Any] = await response.json()
        texts = [message for message in document["messages"] if message["type"] in ("text", "html")]
        return [message["sender_display_name"] for message in texts]


@contextlib.asynccontextmanager
async def running_acs(certificates: Certificates, options: AcsOptions) -> AsyncIterator[Acs]:
    http = HttpSession()
    async with serving(create_app(options), tls=certificates.server) as server:
        try:
            yield Acs(server.url, http)
        finally:
            await http.close()
