"""Proof that an activity comes from the Bot Connector: its signed token, for our bot and for this activity."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.adapters.failures import bounded, of_connection, of_status
from shared.adapters.http_session import HttpSession
from shared.domain.errors import OutcomeUnknown, Unauthenticated

if TYPE_CHECKING:
    from jwt.algorithms import AllowedPublicKeys

ISSUER = "https://api.botframework.com"
ALGORITHM = "RS256"
LEEWAY = 300
"""Seconds by which clocks may differ; Microsoft's own libraries allow as much."""
KEYS_LIFE = 24 * 3600.0
REFETCH_PAUSE = 60.0
"""Seconds between looks for an unknown key, so that forged tokens cannot make us ask all the time."""
LONGEST_TOKEN = 8_192
"""Characters; the connector's have some 1,000."""
LOOPBACK = frozenset({"localhost", "127.0.0.1"})
SERVICE_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?:/[a-z0-9._~/-]*)?\Z", re.IGNORECASE
)
"""Nothing that two readers of URLs could understand differently: no user, query, blank, backslash or other script."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Key:
    """`endorsements` are the channels that it may sign for; none means that it does not say."""

    key: AllowedPublicKeys
    endorsements: frozenset[str]


class ConnectorAuthentication:
    """`service_hosts` are the hosts that the bot may answer to; one with a leading dot stands for all below it."""

    def __init__(
        self,
        http: HttpSession,
        bot_id: str,
        keys_url: str,
        service_hosts: Sequence[str],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._bot_id = bot_id
        self._keys_url = keys_url
        self._service_hosts = tuple(service_hosts)
        self._monotonic = monotonic
        self._keys: dict[str, _Key] = {}
        self._fetched_at = float("-inf")
        self._lock = asyncio.Lock()

    async def check(self, authorization: str, activity: Mapping[str, Any]) -> None:
        """Raises Unauthenticated, or NotSent or OutcomeUnknown where the connector's keys cannot be had."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("bot_token_missing", "there is no bearer token")
        key = await self._key(_key_id(token))
        claims = _claims(token, key, self._bot_id)
        self._check_service_url(str(activity.get("serviceUrl", "")), str(claims.get("serviceurl", "")))
        channel = str(activity.get("channelId", ""))
        if key.endorsements and channel not in key.endorsements:
            raise Unauthenticated("bot_channel", f"the key is not endorsed for the channel {channel[:40]!r}")

    def _check_service_url(self, url: str, claimed: str) -> None:
        if not url or url.rstrip("/") != claimed.rstrip("/"):
            raise Unauthenticated("bot_service_url", "the token was issued for another serviceUrl")
        parts = SERVICE_URL.match(url)
        if parts is None:
            raise Unauthenticated("bot_service_url", "the serviceUrl is no plain URL of scheme, host and path")
        scheme, host, port = parts["scheme"].lower(), parts["host"].lower(), parts["port"]
        allowed = any(host == one or (one.startswith(".") and host.endswith(one)) for one in self._service_hosts)
        if not allowed:
            raise Unauthenticated("bot_service_host", f"the host {host[:100]!r} is not in the list of service hosts")
        if host not in LOOPBACK and (scheme != "https" or port not in (None, "443")):
            raise Unauthenticated("bot_service_url", "the serviceUrl is not https on its own port")

    async def _key(self, key_id: str) -> _Key:
        async with self._lock:
            age = self._monotonic() - self._fetched_at
            if age > KEYS_LIFE or (key_id not in self._keys and age > REFETCH_PAUSE):
                self._keys = await self._fetch()
                self._fetched_at = self._monotonic()
        if key_id not in self._keys:
            raise Unauthenticated("bot_key_unknown", "the token is signed with a key that the connector does not have")
        return self._keys[key_id]

    async def _fetch(self) -> dict[str, _Key]:
        what = "getting the connector's keys"

        async def call() -> dict[str, _Key]:
            async with self._http.open().get(self._keys_url) as response:
                if response.status != 200:
                    raise of_status(response.status, response.headers, what)
                content = await response.read()
            return dict(_keys(_documents(content, what)))

        return await bounded(call, lambda error: of_connection(error, what), repeatable=True)


def _documents(content: bytes, what: str) -> list[Mapping[str, Any]]:
    """The keys in a set; raises OutcomeUnknown for an answer that is none, such as a proxy's page."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise OutcomeUnknown(f"{what} was answered with something else than a set of keys")
    return [key for key in keys if isinstance(key, dict)]


def _keys(documents: Sequence[Mapping[str, Any]]) -> list[tuple[str, _Key]]:
    import jwt

    found = []
    for document in documents:
        try:
            key = jwt.PyJWK(dict(document), algorithm=ALGORITHM).key
        except jwt.PyJWTError as error:
            logger.warning("a key of the connector cannot be used: %s", type(error).__name__)
            continue
        found.append((str(document.get("kid", "")), _Key(key, frozenset(document.get("endorsements") or ()))))
    return found


def _key_id(token: str) -> str:
    import jwt

    if len(token) > LONGEST_TOKEN:
        raise Unauthenticated("bot_token_invalid", "the token is longer than any of the connector's")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise Unauthenticated("bot_token_invalid", f"the token is no JWT ({type(error).__name__})") from error
    if header.get("alg") != ALGORITHM:
        raise Unauthenticated("bot_token_invalid", f"the token is not signed with {ALGORITHM}")
    return str(header.get("kid", ""))


def _claims(token: str, key: _Key, audience: str) -> dict[str, Any]:
    import jwt

    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud"]},
        )
    except jwt.PyJWTError as error:
        raise Unauthenticated("bot_token_invalid", f"the token is not valid ({type(error).__name__})") from error
    return claims
