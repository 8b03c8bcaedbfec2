"""Who is calling: the resource's owner by HMAC or Entra ID, or one user by access token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from starlette.requests import Request

from local.acs.errors import AcsError, forbidden, unauthorized
from local.acs.options import AcsOptions
from local.acs.state import State
from local.acs.tokens import TokenIssuer
from local.entra import ACS_AUDIENCE, EntraRefusedError

HMAC_SCHEME = "HMAC-SHA256 "
BEARER_SCHEME = "Bearer "
DATE_SKEW_SECONDS = 300
_SIGNED_HEADERS = "x-ms-date;host;x-ms-content-sha256"


@dataclass(frozen=True)
class User:
    """A user with the scopes of the token that was presented."""

    id: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class Authentication:
    """Checks the `Authorization` header; each check raises 401."""

    options: AcsOptions
    issuer: TokenIssuer
    state: State

    def require_owner(self, request: Request, body: bytes) -> None:
        """Pass only a request signed with the access key, or one of an identity that has the role."""
        authorization = request.headers.get("authorization", "")
        if authorization.startswith(HMAC_SCHEME) and self.options.local_auth:
            self._verify_signature(request, body, authorization.removeprefix(HMAC_SCHEME))
        elif authorization.startswith(BEARER_SCHEME):
            self._verify_entra_token(authorization.removeprefix(BEARER_SCHEME))
        else:
            raise unauthorized("The request has no usable Authorization header.")

    def require_user(self, request: Request) -> User:
        """The user whose valid, unrevoked access token came with the request."""
        authorization = request.headers.get("authorization", "")
        if not authorization.startswith(BEARER_SCHEME):
            raise unauthorized("The request has no bearer token.")
        claims = self.issuer.read(authorization.removeprefix(BEARER_SCHEME))
        identity = self.state.identities.get(claims.user_id)
        if identity is None or claims.generation != identity.generation:
            raise unauthorized("The access token has been revoked.")
        return User(claims.user_id, claims.scopes)

    def _verify_entra_token(self, token: str) -> None:
        known = self.options.entra_token
        if known is not None and hmac.compare_digest(token.encode(), known.encode()):
            return
        if self.options.entra is None:
            raise unauthorized("The Entra ID token is not accepted for this resource.")
        try:
            self.options.entra.require(f"{BEARER_SCHEME}{token}", ACS_AUDIENCE)
        except EntraRefusedError as error:
            if error.status == 403:
                raise forbidden("The identity has no role that allows this operation.") from error
            raise unauthorized("The Entra ID token is not accepted for this resource.") from error

    def _verify_signature(self, request: Request, body: bytes, authorization: str) -> None:
        match = re.fullmatch(r"SignedHeaders=([^&]*)&Signature=(.+)", authorization)
        if match is None or match[1] != _SIGNED_HEADERS:
            raise _denied()
        date = request.headers.get("x-ms-date", "")
        if not _is_recent(date):
            raise _denied()
        content_hash = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if not hmac.compare_digest(request.headers.get("x-ms-content-sha256", ""), content_hash):
            raise _denied()
        key = base64.b64decode(self.options.access_key)
        signed_values = f"{date};{request.headers.get('host', '')};{content_hash}"
        expected = (_signature(key, f"{request.method}\n{target}\n{signed_values}") for target in _targets(request))
        if not any(hmac.compare_digest(match[2], signature) for signature in expected):
            raise _denied()


def _denied() -> AcsError:
    return AcsError(401, "Denied", "Denied by the resource provider.")


def _is_recent(date: str) -> bool:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return abs((datetime.now(UTC) - moment).total_seconds()) <= DATE_SKEW_SECONDS


def _targets(request: Request) -> Iterator[str]:
    """The forms of path and query that clients sign: as sent, with plain colons (aiohttp), and decoded throughout."""
    path = request.scope["raw_path"].decode("ascii")
    query = request.scope["query_string"].decode("ascii")
    sent = f"{path}?{query}" if query else path
    yield sent
    yield re.sub("%3a", ":", sent, flags=re.IGNORECASE)
    yield unquote(sent)


def _signature(key: bytes, text: str) -> str:
    return base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
