"""Fetches a small document from a URL that an administrator has written, and never from inside a network.

The guard sits where a socket is made, with the very address that it is going to connect to: whatever a name resolves
to, now or a moment later, and however an address is written in a URL, no other connection comes about.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from shared.adapters.http_bodies import bounded_body
from shared.domain.authorization import is_keys_url
from shared.domain.errors import NotSent, Refused
from shared.domain.public_addresses import is_public
from shared.domain.refusals import SiteTokenCode

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import AbstractResolver

TOTAL = 5.0
"""Seconds for everything; somebody waits for a chat to begin."""
CONNECT = 3.0
LARGEST = 256 * 1024
"""Bytes. A set of keys has some 2,000; Microsoft Entra's has 20,000."""
RETRY_AFTER = 5.0


class GuardedHttps:
    """`inner_hosts` may have addresses that are not public. `resolver` stands in for the system's."""

    def __init__(self, inner_hosts: Collection[str] = (), resolver: AbstractResolver | None = None) -> None:
        self._inner_hosts = frozenset(host.lower() for host in inner_hosts)
        self._resolver = resolver

    async def get(self, url: str) -> bytes:
        """The body of a 200. Raises Refused where the URL leads to no public address; NotSent for all else."""
        import aiohttp

        if not is_keys_url(url):
            raise Refused(SiteTokenCode.KEY_UNUSABLE, "keys are fetched from https URLs only")
        guard = _Guard(self._inner_hosts)
        try:
            async with asyncio.timeout(TOTAL):
                return await self._get(url, guard)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            if guard.refused:
                raise Refused(
                    SiteTokenCode.KEY_UNUSABLE,
                    f"the host of the keys has the address {guard.refused}, which is not public; an operator can allow "
                    "the host by INTERACT_SITE_KEY_HOSTS",
                ) from error
            raise NotSent(f"the keys could not be fetched: {type(error).__name__}", RETRY_AFTER) from error

    async def _get(self, url: str, guard: _Guard) -> bytes:
        import aiohttp
        from yarl import URL

        # Read by what also connects: two readers of URLs could find different hosts in one.
        address = URL(url)
        guard.host = (address.host or "").lower()
        connector = aiohttp.TCPConnector(
            # A context of its own: aiohttp's default is made too early for SSL_CERT_FILE (see http_session).
            ssl=ssl.create_default_context(),
            resolver=self._resolver,
            socket_factory=guard.socket,
            force_close=True,
        )
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=TOTAL, sock_connect=CONNECT),
            auto_decompress=False,
            trust_env=False,
        )
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        async with session, session.get(address, headers=headers, allow_redirects=False) as response:
            if response.status != 200:
                raise NotSent(f"the host of the keys answered {response.status}", RETRY_AFTER)
            return await _body(response)


class _Guard:
    """Makes sockets for one fetch; `refused` is the address that it would not connect to."""

    def __init__(self, inner_hosts: Collection[str]) -> None:
        self._inner_hosts = inner_hosts
        self.host = ""
        self.refused = ""

    def socket(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, place = address
        if self.host not in self._inner_hosts and not is_public(str(place[0])):
            self.refused = str(place[0])
            raise OSError("not a public address")
        return socket.socket(family, kind, protocol)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise NotSent("the host of the keys compresses unasked", RETRY_AFTER)
    return await bounded_body(response, LARGEST, "getting the keys of an issuer")
