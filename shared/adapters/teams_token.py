"""The bot's own access tokens, by client credentials: with a secret, or with an assertion of the managed identity."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from shared.adapters.failures import bounded, of_connection, of_status
from shared.adapters.http_session import HttpSession
from shared.adapters.storage_account import CredentialSource
from shared.adapters.token_cache import AccessToken, TokenCache
from shared.domain.errors import NotSent, PortError
from shared.ports import Clock

SCOPE = "https://api.botframework.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
ASSERTION_SCOPE = "api://AzureADTokenExchange/.default"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
REFUSED_PAUSE = 30.0
"""Seconds; wrong credentials do not mend themselves, but what waits for them must not be lost."""

logger = logging.getLogger(__name__)


class FederatedAssertion:
    """What the managed identity says of us, in place of a client secret."""

    def __init__(self, credential: CredentialSource) -> None:
        self._credential = credential

    async def __call__(self) -> str:
        return (await self._credential().get_token(ASSERTION_SCOPE)).token


class BotToken:
    """For one `scope`; `secret` is the client secret, or what gives an assertion."""

    def __init__(
        self,
        http: HttpSession,
        clock: Clock,
        token_url: str,
        client_id: str,
        secret: str | Callable[[], Awaitable[str]],
        scope: str = SCOPE,
    ) -> None:
        self._http = http
        self._clock = clock
        self._token_url = token_url
        self._client_id = client_id
        self._secret = secret
        self._scope = scope
        self._tokens = TokenCache(clock)

    async def get(self) -> str:
        """A valid token; raises NotSent where none can be had, as nothing can be sent without one."""
        try:
            return await self._tokens.get(self._client_id, self._issue)
        except NotSent:
            raise
        except PortError as error:
            logger.error("the bot gets no token: %s", error)  # noqa: TRY400 - the caller is told, this is for operators
            raise NotSent("the bot gets no token", REFUSED_PAUSE) from error

    def forget(self) -> None:
        self._tokens.forget(self._client_id)

    async def _issue(self) -> AccessToken:
        what = "getting the bot's token"

        async def call() -> AccessToken:
            async with self._http.open().post(self._token_url, data=await self._form()) as response:
                if response.status != 200:
                    raise of_status(response.status, response.headers, what)
                document: dict[str, Any] = await response.json()
            life = timedelta(seconds=float(document["expires_in"]))
            return AccessToken(str(document["access_token"]), self._clock.now() + life)

        return await bounded(call, lambda error: of_connection(error, what), repeatable=True)

    async def _form(self) -> dict[str, str]:
        form = {"grant_type": "client_credentials", "client_id": self._client_id, "scope": self._scope}
        if isinstance(self._secret, str):
            return {**form, "client_secret": self._secret}
        return {**form, "client_assertion_type": ASSERTION_TYPE, "client_assertion": await self._secret()}
