"""Checks the tokens of publishers and clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jwt
from starlette.requests import HTTPConnection

ALGORITHM = "HS256"
# Azure reads the user id from either claim: the first is written by publishers, the second by Microsoft's own SDKs.
USER_CLAIMS = ("nameid", "asrs.s.uid")


class TokenRefusedError(Exception):
    """The token is missing, expired, or signed for another URL or with another key."""


@dataclass(frozen=True)
class ClientClaims:
    """Who connects, and until when (seconds since 1970)."""

    user_id: str
    expires: float


def require_publisher(connection: HTTPConnection, access_key: str) -> None:
    """Accept a REST request only with a token for exactly its URL; raises TokenRefusedError."""
    path = connection.scope["raw_path"].decode("ascii")
    _decode(_bearer(connection), access_key, f"{_origin(connection)}{path}")


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
