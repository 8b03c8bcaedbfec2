"""The two ways to sign in: a device code in any browser, or whoever is signed in to the Azure CLI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cli.errors import NotSignedIn
from cli.issuer import TIMEOUT, Granted, Issuer, Place
from cli.session import StoredSession

if TYPE_CHECKING:
    import httpx

    from cli.surroundings import Surroundings

DEVICE_CODE, AZURE_CLI = "device-code", "azure-cli"


def http_of(around: Surroundings) -> httpx.Client:
    """A client that follows no redirect: tokens go where they were meant to go."""
    import httpx

    return httpx.Client(transport=around.transport, timeout=TIMEOUT)


def sign_in(
    around: Surroundings, url: str, place: Place, way: str, show: Callable[[Mapping[str, Any]], None]
) -> StoredSession:
    """Tokens for a deployment; raises NotSignedIn."""
    if way == AZURE_CLI:
        granted = _by_azure_cli(around, place.scope)
    else:
        with http_of(around) as http:
            issuer = Issuer(place.issuer, place.client, place.scope, http, around.now)
            granted = issuer.by_device_code(show, around.pause)
    return StoredSession(
        url=url,
        way=way,
        access_token=granted.access_token,
        expires=granted.expires,
        refresh_token=granted.refresh_token,
        issuer=place.issuer,
        client=place.client,
        scope=place.scope,
    )


def renew(around: Surroundings, stored: StoredSession) -> Granted:
    """New tokens in the way of the session; raises NotSignedIn."""
    if stored.way == AZURE_CLI:
        return _by_azure_cli(around, stored.scope)
    if not stored.refresh_token:
        raise NotSignedIn("the sign-in is over", "interact login")
    with http_of(around) as http:
        issuer = Issuer(stored.issuer, stored.client, stored.scope, http, around.now)
        return issuer.by_refresh_token(stored.refresh_token)


def _by_azure_cli(around: Surroundings, scope: str) -> Granted:
    from azure.core.exceptions import ClientAuthenticationError

    try:
        token = around.azure_cli_token(scope)
    except ClientAuthenticationError as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise NotSignedIn(f"the Azure CLI gives no token: {first}", "az login, or interact login without it") from error
    return Granted(token[0], "", token[1])
