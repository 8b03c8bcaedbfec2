"""Push to widgets by Azure SignalR Service in serverless mode: its REST API and its clients' tokens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from shared.adapters.failures import bounded, failures_of_calls, of_connection, of_status
from shared.adapters.http_session import HttpSession
from shared.adapters.signalr_access import IDENTITY, AsIdentity, SignalRAccess, SignedByKey, client_url
from shared.adapters.storage_account import CredentialSource
from shared.domain.availability import ContactState
from shared.ports import Clock, RealtimeAccess

HUB = "interact"
NUDGE, PRESENCE = "nudge", "presence"
"""What is invoked on widgets."""
PATIENCE = 2.0
"""Seconds; a nudge that comes late is worth nothing, and the widget looks by itself."""

logger = logging.getLogger(__name__)


class SignalR:
    """A session's widget is the SignalR user of its session id; those who watch a contact are one user together.

    The connection string holds the endpoint, and a key or `AuthType=azure.msi` for the app's managed identity.
    """

    def __init__(
        self, connection_string: str, http: HttpSession, clock: Clock, credential: CredentialSource | None = None
    ) -> None:
        parts = _parts(connection_string)
        if not parts.get("endpoint"):
            raise ValueError("the SignalR connection string needs an Endpoint")
        port = f":{parts['port']}" if parts.get("port") else ""
        self._endpoint = f"{parts['endpoint'].rstrip('/')}{port}"
        self._http = http
        self._access_by: SignalRAccess
        if parts.get("accesskey"):
            self._access_by = SignedByKey(self._endpoint, parts["accesskey"], clock)
        elif parts.get("authtype", "").lower() == IDENTITY and credential is not None:
            self._access_by = AsIdentity(self._endpoint, credential, http)
        else:
            raise ValueError(f"the SignalR connection string needs AccessKey, or AuthType={IDENTITY} and an identity")

    async def access(self, session_id: str) -> RealtimeAccess | None:
        return await self._access(session_id)

    async def nudge(self, session_id: str, state: str) -> None:
        await self._invoke(session_id, NUDGE, {"sessionId": session_id, "state": state})

    async def show_typing(self, session_id: str) -> None:
        await self._invoke(session_id, NUDGE, {"sessionId": session_id, "typing": True})

    async def presence_access(self, key: str) -> RealtimeAccess | None:
        return await self._access(_watcher(key))

    async def publish_presence(self, key: str, state: ContactState, at: datetime) -> None:
        await self._invoke(_watcher(key), PRESENCE, {"state": state.value, "at": _iso(at)})

    async def probe(self) -> None:
        """Ask the service how it is; raises a PortError."""
        what = "asking SignalR"

        async def call() -> None:
            async with self._http.open().head(f"{self._endpoint}/api/v1/health") as response:
                if response.status >= 500:
                    raise of_status(response.status, response.headers, what)

        await bounded(call, lambda error: of_connection(error, what), repeatable=True, attempts=1)

    async def _access(self, user_id: str) -> RealtimeAccess | None:
        """None where the service has to be asked for it and does not answer: widgets without push poll."""
        try:
            async with asyncio.timeout(PATIENCE):
                token = await self._access_by.for_client(HUB, user_id)
        except failures_of_calls() as error:
            logger.warning("SignalR gave no access: %s", type(error).__name__)
            return None
        return RealtimeAccess(client_url(self._endpoint, HUB), token)

    async def _invoke(self, user_id: str, target: str, argument: Mapping[str, Any]) -> None:
        """Have all connections of a user invoke `target`, best effort."""
        url = f"{self._endpoint}/api/v1/hubs/{HUB}/users/{quote(user_id, safe='')}"
        body = {"target": target, "arguments": [argument]}
        try:
            async with asyncio.timeout(PATIENCE):
                status = await self._posted(url, body)
            if status >= 300:
                logger.warning("SignalR answered a %s with %s", target, status)
        except failures_of_calls() as error:
            # Widgets look by themselves.
            logger.warning("SignalR was not reached: %s", type(error).__name__)

    async def _posted(self, url: str, body: Mapping[str, Any]) -> int:
        """The status of a call, which is made again where its connection was lost.

        The service closes a connection that was kept open for long, perhaps in the moment in which it is used again.
        Whatever is invoked here may arrive twice.
        """
        import aiohttp

        headers = {"Authorization": f"Bearer {await self._access_by.for_call(url)}"}

        async def post() -> int:
            async with self._http.open().post(url, json=body, headers=headers) as response:
                return response.status

        try:
            return await post()
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            return await post()


def _watcher(key: str) -> str:
    """Session ids are hexadecimal digits, so that this is none of them."""
    return f"presence-{key}"


def _iso(moment: datetime) -> str:
    """As the widget API writes times: widgets compare the texts."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parts(connection_string: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in connection_string.split(";") if pair.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
