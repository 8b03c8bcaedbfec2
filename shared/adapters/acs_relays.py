"""The relay identities of a tenant: they create the threads and speak in them for agents and for the system.

ACS limits how many threads one identity may create (10 in 10 s), so there is a pool of them. All instances share it:
it is written once, conditionally, and whoever comes second takes what is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from typing import TYPE_CHECKING, Protocol

from shared.adapters.acs_identity import create_user, issue_token
from shared.adapters.acs_resources import AcsResources
from shared.adapters.failures import Missing
from shared.adapters.timed_cache import TimedCache
from shared.adapters.token_cache import TokenCache
from shared.domain.errors import NotSent, OutcomeUnknown
from shared.domain.tenants import Tenant
from shared.ports import Clock

if TYPE_CHECKING:
    from azure.communication.chat.aio import CommunicationTokenCredential

POOL_SIZE = 16
SCOPE = "chat"
POOLS_REMEMBERED = 1_000


class RelayStore(Protocol):
    """Where pools are remembered; one for each tenant and ACS resource."""

    async def load(self, tenant_id: str, endpoint: str) -> tuple[str, ...] | None: ...

    async def remember(self, tenant_id: str, endpoint: str, relay_ids: tuple[str, ...]) -> tuple[str, ...]:
        """Write the pool unless there is one; the pool that counts from now on."""
        ...


class RelayUnknown(Missing):
    """The ACS resource does not know the relay: it is another one than the relay was made in."""


class AcsRelays:
    """Pools and tokens are kept in memory: a pool for good, a token until shortly before its end."""

    def __init__(self, resources: AcsResources, store: RelayStore, clock: Clock) -> None:
        self._resources = resources
        self._store = store
        self._pools: TimedCache[tuple[str, str], tuple[str, ...]] = TimedCache(math.inf, POOLS_REMEMBERED)
        self._tokens = TokenCache(clock)

    async def choose(self, tenant: Tenant, session_id: str) -> str:
        """The relay of a session; the same on every host and at every try."""
        pool = await self._pool(tenant)
        digest = hashlib.sha256(session_id.encode()).digest()
        return pool[int.from_bytes(digest[:8], "big") % len(pool)]

    async def contains(self, tenant: Tenant, user_id: str) -> bool:
        return user_id in await self._pool(tenant)

    async def credential(self, tenant: Tenant, endpoint: str, relay_id: str) -> CommunicationTokenCredential:
        """What the SDK's chat clients need to act as this relay; raises NotSent or Rejected where it cannot be had.

        `endpoint` is that of the tenant's resource, which may change, and its relays with it.
        """
        from azure.communication.chat.aio import CommunicationTokenCredential

        key = _token_key(tenant, endpoint, relay_id)
        try:
            token = await self._tokens.get(key, lambda: issue_token(self._resources, tenant, relay_id, [SCOPE]))
        except OutcomeUnknown as error:
            raise NotSent(f"without a token nothing was sent: {error}") from error
        except Missing as error:
            raise RelayUnknown(str(error), error.reason) from error
        return CommunicationTokenCredential(token)

    def forget_token(self, tenant: Tenant, endpoint: str, relay_id: str) -> None:
        self._tokens.forget(_token_key(tenant, endpoint, relay_id))

    async def _pool(self, tenant: Tenant) -> tuple[str, ...]:
        endpoint = (await self._resources.of(tenant)).endpoint

        async def read() -> tuple[str, ...]:
            return await self._store.load(tenant.id, endpoint) or await self._create(tenant, endpoint)

        return await self._pools.get((tenant.id, endpoint), read)

    async def _create(self, tenant: Tenant, endpoint: str) -> tuple[str, ...]:
        created = await asyncio.gather(*(create_user(self._resources, tenant, [SCOPE]) for _ in range(POOL_SIZE)))
        return await self._store.remember(tenant.id, endpoint, tuple(user_id for user_id, _ in created))


def _token_key(tenant: Tenant, endpoint: str, relay_id: str) -> str:
    return f"{tenant.id} {endpoint} {relay_id}"
