"""How the app proves itself to Azure SignalR Service: by its access key, or as a managed identity without any key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import quote

from shared.adapters.failures import of_status
from shared.adapters.http_session import HttpSession
from shared.adapters.storage_account import CredentialSource
from shared.ports import Clock

ACCESS_LIFE = timedelta(hours=1)
"""As long as the visitor's messaging token; the widget gets both anew together."""
CALL_LIFE = timedelta(minutes=5)
SCOPE = "https://signalr.azure.com/.default"
API_VERSION = "2023-07-01"
IDENTITY = "azure.msi"
"""What Azure's own connection strings say in `AuthType` where a managed identity takes the place of the key."""


class SignalRAccess(Protocol):
    """Tokens for calls of the REST API and for clients; raises failures of calls."""

    async def for_call(self, url: str) -> str: ...

    async def for_client(self, hub: str, user_id: str) -> str: ...


class SignedByKey:
    """Tokens are signed here, with the access key; nobody is asked."""

    def __init__(self, endpoint: str, key: str, clock: Clock) -> None:
        self._endpoint, self._key, self._clock = endpoint, key, clock

    async def for_call(self, url: str) -> str:
        return self._sign(url, CALL_LIFE, {})

    async def for_client(self, hub: str, user_id: str) -> str:
        return self._sign(client_url(self._endpoint, hub), ACCESS_LIFE, {"nameid": user_id})

    def _sign(self, audience: str, life: timedelta, claims: Mapping[str, Any]) -> str:
        import jwt

        now = self._clock.now()
        times = {"iat": now, "nbf": now - timedelta(seconds=5), "exp": now + life}
        return jwt.encode({"aud": audience, **times, **claims}, self._key, algorithm="HS256")


class AsIdentity:
    """Calls carry the identity's own token, which its credential keeps; the service makes those of clients."""

    def __init__(self, endpoint: str, credential: CredentialSource, http: HttpSession) -> None:
        self._endpoint, self._credential, self._http = endpoint, credential, http

    async def for_call(self, url: str) -> str:
        return (await self._credential().get_token(SCOPE)).token

    async def for_client(self, hub: str, user_id: str) -> str:
        minutes = int(ACCESS_LIFE.total_seconds() // 60)
        query = f"userId={quote(user_id, safe='')}&minutesToExpire={minutes}&api-version={API_VERSION}"
        url = f"{self._endpoint}/api/hubs/{hub}/:generateToken?{query}"
        headers = {"Authorization": f"Bearer {await self.for_call(url)}"}
        async with self._http.open().post(url, headers=headers) as response:
            if response.status != 200:
                raise of_status(response.status, response.headers, "asking SignalR for a client's token")
            document: dict[str, Any] = await response.json()
        return str(document["token"])


def client_url(endpoint: str, hub: str) -> str:
    """Where clients of a hub negotiate; also the audience of their tokens."""
    return f"{endpoint}/client/?hub={hub}"
