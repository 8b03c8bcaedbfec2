"""Push to widgets by Azure SignalR Service in serverless mode: its REST API and its clients' tokens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from shared.adapters.http_session import HttpSession
from shared.domain.availability import ContactState
from shared.ports import Clock, RealtimeAccess

HUB = "interact"
NUDGE, PRESENCE = "nudge", "presence"
"""What is invoked on widgets."""
ACCESS_LIFE = timedelta(hours=1)
"""As long as the visitor's messaging token; the widget gets both anew together."""
CALL_LIFE = timedelta(minutes=5)
PATIENCE = 2.0
"""Seconds; a nudge that comes late is worth nothing, and the widget looks by itself."""

logger = logging.getLogger(__name__)


class SignalR:
    """A session's widget is the SignalR user of its session id; those who watch a contact are one user together.

    The connection string holds endpoint and key.
    """

    def __init__(self, connection_string: str, http: HttpSession, clock: Clock) -> None:
        parts = _parts(connection_string)
        if not parts.get("endpoint") or not parts.get("accesskey"):
            raise ValueError("the SignalR connection string needs Endpoint and AccessKey")
        port = f":{parts['port']}" if parts.get("port") else ""
        self._endpoint = f"{parts['endpoint'].rstrip('/')}{port}"
        self._key = parts["accesskey"]
        self._http = http
        self._clock = clock

    async def access(self, session_id: str) -> RealtimeAccess | None:
        return self._access(session_id)

    async def nudge(self, session_id: str, state: str) -> None:
        await self._invoke(session_id, NUDGE, {"sessionId": session_id, "state": state})

    async def show_typing(self, session_id: str) -> None:
        await self._invoke(session_id, NUDGE, {"sessionId": session_id, "typing": True})

    async def presence_access(self, key: str) -> RealtimeAccess | None:
        return self._access(_watcher(key))

    async def publish_presence(self, key: str, state: ContactState) -> None:
        await self._invoke(_watcher(key), PRESENCE, {"state": state.value})

    def _access(self, user_id: str) -> RealtimeAccess:
        url = f"{self._endpoint}/client/?hub={HUB}"
        return RealtimeAccess(url, self._token(url, ACCESS_LIFE, {"nameid": user_id}))

    async def _invoke(self, user_id: str, target: str, argument: Mapping[str, Any]) -> None:
        """Have all connections of a user invoke `target`, best effort."""
        import aiohttp

        url = f"{self._endpoint}/api/v1/hubs/{HUB}/users/{quote(user_id, safe='')}"
        headers = {"Authorization": f"Bearer {self._token(url, CALL_LIFE, {})}"}
        body = {"target": target, "arguments": [argument]}
        try:
            async with (
                asyncio.timeout(PATIENCE),
                self._http.open().post(url, json=body, headers=headers) as response,
            ):
                if response.status >= 300:
                    logger.warning("SignalR answered a %s with %s", target, response.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            # Widgets look by themselves.
            logger.warning("SignalR was not reached: %s", type(error).__name__)

    def _token(self, audience: str, life: timedelta, claims: Mapping[str, Any]) -> str:
        import jwt

        now = self._clock.now()
        times = {"iat": now, "nbf": now - timedelta(seconds=5), "exp": now + life}
        return jwt.encode({"aud": audience, **times, **claims}, self._key, algorithm="HS256")


def _watcher(key: str) -> str:
    """Session ids are hexadecimal digits, so that this is none of them."""
    return f"presence-{key}"


def _parts(connection_string: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in connection_string.split(";") if pair.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
