"""Checks the tokens of publishers and clients."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import jwt
from starlette.requests import HTTPConnection

from local.entra import SIGNALR_AUDIENCE, EntraRefusedError, is_entra
from local.signalr.options import SignalROptions

ALGORITHM = "HS256"
# Azure reads the user id from either claim: the first is written by publishers, the second by Microsoft's own SDKs.
USER_CLAIMS = ("nameid", "asrs.s.uid")


class TokenRefusedError(Exception):
    """The token is missing, expired, signed for another URL or with another key, or its holder has no role (403)."""

    def __init__(self, reason: str, status: int = 401) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class ClientClaims:
    """Who connects, and until when (seconds since 1970)."""

    user_id: str
    expires: float


def require_publisher(connection: HTTPConnection, options: SignalROptions) -> None:
    """Accept a REST request with a token for exactly its URL, or one of Entra; raises TokenRefusedError."""
    if is_entra(_bearer(connection)):
        require_identity(connection, options)
        return
    if not options.local_auth:
        raise TokenRefusedError("access keys are disabled")
    path = connection.scope["raw_path"].decode("ascii")
    _decode(_bearer(connection), options.access_key, f"{_origin(connection)}{path}")


def require_identity(connection: HTTPConnection, options: SignalROptions) -> None:
    """Accept an identity that has the role; raises TokenRefusedError."""
    if options.entra is None:
        raise TokenRefusedError("Entra tokens are not accepted here")
    try:
        options.entra.require(connection.headers.get("authorization", ""), SIGNALR_AUDIENCE)
    except EntraRefusedError as error:
        raise TokenRefusedError(str(error), error.status) from error


def client_token(connection: HTTPConnection, access_key: str, hub: str, user_id: str, minutes: int) -> str:
    """The token with which a client may connect to `hub` as `user_id`."""
    claims = {"aud": f"{_origin(connection)}/client/?hub={hub}", "exp": time.time() + minutes * 60, "nameid": user_id}
    return jwt.encode(claims, access_key, ALGORITHM)


def require_client(connection: HTTPConnection, access_key: str, hub: str) -> ClientClaims:
    """Accept a client of `hub`, whose token may also be in the query as browsers' WebSockets have no headers."""
    token = connection.query_params.get("access_token") or _bearer(connection)
    claims = _decode(token, access_key, f"{_origin(connection)}/client/?hub={hub}")
    user_id = next((str(claims[name]) for name in USER_CLAIMS if name in claims), "")
    return ClientClaims(user_id, float(claims["exp"]))


def _origin(connection: HTTPConnection) -> str:
    scheme = {"ws": "http", "wss": "https"}.get(connection.url.scheme, connection.url.scheme)
    return f"{scheme}://{connection.url.netloc}"


def _bearer(connection: HTTPConnection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _decode(token: str, access_key: str, audience: str) -> dict[str, Any]:
    if not token:
        raise TokenRefusedError("no bearer token")
    try:
        claims: dict[str, Any] = jwt.decode(
            token, access_key, algorithms=[ALGORITHM], audience=audience, options={"require": ["exp", "aud"]}
        )
    except jwt.PyJWTError as error:
        raise TokenRefusedError(f"{error} (audience must be {audience})") from error
    return claims
