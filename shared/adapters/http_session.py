"""One HTTP session for all adapters of a process that speak plain HTTP or lend their connections to an SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.adapters.failures import CALL, CONNECT

if TYPE_CHECKING:
    import aiohttp

CONNECTIONS = 100
"""In all; the default of aiohttp, which is plenty for one instance."""


class HttpSession:
    """Opened at first use inside the running loop."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> aiohttp.ClientSession:
        """The session; call it inside the running loop."""
        if self._session is None:
            self._session = _create()
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()


def _create() -> aiohttp.ClientSession:
    import ssl

    import aiohttp

    # A context of its own: aiohttp's default reads the trusted authorities when it is imported, too early for
    # development, where SSL_CERT_FILE names those of the stand-ins.
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, ssl=ssl.create_default_context())
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=CALL, sock_connect=CONNECT),
    )
