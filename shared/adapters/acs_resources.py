"""Each tenant's resource of Azure Communication Services: where it is, and the SDK's client for identities."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from shared.adapters.failures import ATTEMPTS, CALL, CONNECT, bounded, of_azure
from shared.adapters.http_session import HttpSession
from shared.adapters.storage_account import CredentialSource
from shared.domain.errors import Rejected
from shared.domain.tenants import Tenant
from shared.ports import Secrets

if TYPE_CHECKING:
    from azure.communication.identity.aio import CommunicationIdentityClient
    from azure.core.pipeline.transport import AioHttpTransport

Result = TypeVar("Result")

DEPLOYMENT = "env:"
"""References to settings of the deployment, which no tenant's administrator can write."""


@dataclass(frozen=True)
class AcsResource:
    """`connection_string` holds the access key, unless the app's managed identity enters; endpoints end without slash.

    `browser_endpoint` is where widgets reach the resource: the same, unless a gateway stands before it.
    """

    connection_string: str
    endpoint: str
    browser_endpoint: str
    by_identity: bool = False


class AcsResources:
    """One client for each connection string; all of them share one session's connections."""

    def __init__(
        self,
        secrets: Secrets,
        http: HttpSession,
        browser_endpoint: str | None = None,
        credential: CredentialSource | None = None,
    ) -> None:
        self._secrets = secrets
        self._http = http
        self._browser_endpoint = browser_endpoint
        self._credential = credential
        self._transport: AioHttpTransport | None = None
        self._identity_clients: dict[str, CommunicationIdentityClient] = {}

    async def of(self, tenant: Tenant) -> AcsResource:
        """The tenant's resource; raises Rejected where none is set or the secret is no connection string."""
        if not tenant.acs_secret:
            raise Rejected(f"tenant {tenant.id} has no ACS connection string", "acs_missing")
        connection_string = await self._secrets.get(tenant.id, tenant.acs_secret)
        pairs = (pair.partition("=") for pair in connection_string.split(";"))
        values = {name.strip().lower(): value.strip() for name, _, value in pairs}
        # The identity goes where the deployment says; typed by an administrator, an endpoint could be anybody's.
        may_enter = self._credential is not None and tenant.acs_secret.startswith(DEPLOYMENT)
        has_key = bool(values.get("accesskey"))
        if not values.get("endpoint") or not (has_key or may_enter):
            raise Rejected(f"the secret {tenant.acs_secret} is no ACS connection string", "acs_connection_string")
        endpoint = values["endpoint"].rstrip("/")
        return AcsResource(connection_string, endpoint, self._browser_endpoint or endpoint, by_identity=not has_key)

    async def identity_client(self, tenant: Tenant) -> CommunicationIdentityClient:
        resource = await self.of(tenant)
        if resource.connection_string not in self._identity_clients:
            self._identity_clients[resource.connection_string] = self._open_identity_client(resource)
        return self._identity_clients[resource.connection_string]

    def transport(self) -> AioHttpTransport:
        """Lent connections: closing a client leaves them open. Call it inside the running loop."""
        from azure.core.pipeline.transport import AioHttpTransport

        if self._transport is None:
            self._transport = AioHttpTransport(
                session=self._http.open(), session_owner=False, connection_timeout=CONNECT, read_timeout=CALL
            )
        return self._transport

    def _open_identity_client(self, resource: AcsResource) -> CommunicationIdentityClient:
        from azure.communication.identity.aio import CommunicationIdentityClient

        if resource.by_identity and self._credential is not None:
            return CommunicationIdentityClient(
                resource.endpoint, self._credential(), transport=self.transport(), retry_total=0
            )
        return CommunicationIdentityClient.from_connection_string(
            resource.connection_string, transport=self.transport(), retry_total=0
        )


async def call_acs(what: str, call: Callable[[], Awaitable[Result]], *, repeatable: bool) -> Result:
    """Make one call of an SDK whose own retries are off; what cannot be repeated is tried once."""
    attempts = ATTEMPTS if repeatable else 1
    return await bounded(call, lambda error: of_azure(error, what), repeatable=repeatable, attempts=attempts)
