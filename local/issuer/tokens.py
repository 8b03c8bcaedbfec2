"""Access, id and refresh tokens, with the claims of version 2 of Microsoft Entra ID."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import jwt

from local.issuer.errors import OAuthError
from local.issuer.keys import SigningKeys
from local.issuer.options import Application, IssuerOptions
from local.issuer.subjects import Subject

OPENID, OFFLINE = "openid", "offline_access"
OWN_SCOPES = (OPENID, "profile", "email", OFFLINE)
REFRESH_ALGORITHM = "HS256"
EARLIER = 300
"""Seconds that tokens count before they are made, as Entra's do, for clocks that go slow."""


@dataclass(frozen=True)
class Grant:
    """What somebody has allowed an application."""

    application: Application
    subject: Subject
    scopes: tuple[str, ...]
    nonce: str = ""


def scopes_of(application: Application, text: str) -> tuple[str, ...]:
    """The scopes of a request; raises OAuthError for those of another application."""
    asked = tuple(dict.fromkeys(text.split()))
    permissions = {application.permission, ".default"}
    prefixes = {f"{application.id}/", f"api://{application.id}/"}
    own = {f"{prefix}{permission}" for prefix in prefixes for permission in permissions}
    strange = [one for one in asked if one not in OWN_SCOPES and one not in own]
    if strange:
        raise OAuthError(
            "invalid_scope", f"AADSTS70011: '{strange[0]}' is no scope of {application.name} ({application.id})"
        )
    return asked


class Tokens:
    """Refresh tokens are signed, not stored, so they survive a restart; a used one still counts, as with Entra."""

    def __init__(self, options: IssuerOptions, keys: SigningKeys) -> None:
        self._options = options
        self._keys = keys

    def response(self, grant: Grant) -> dict[str, Any]:
        """The answer of the token endpoint."""
        lifetime = self._options.access_token_lifetime
        answer: dict[str, Any] = {
            "token_type": "Bearer",
            "scope": " ".join(grant.scopes),
            "expires_in": lifetime,
            "access_token": self.access_token(grant.application, grant.subject),
        }
        if OPENID in grant.scopes:
            answer["id_token"] = self._id_token(grant)
        if OFFLINE in grant.scopes:
            answer["refresh_token"] = self._refresh_token(grant)
        return answer

    def access_token(self, application: Application, subject: Subject) -> str:
        claims = {**self._times(), **subject.claims, "sub": subject.id, "aud": application.id}
        own = {"azp": application.id, "azpacr": "0", "scp": application.permission, "uti": secrets.token_urlsafe(16)}
        return self._keys.sign({**claims, **own, "iss": self._options.issuer, "ver": "2.0"})

    def refreshed(self, application: Application, refresh_token: str, scope: str) -> Grant:
        """What a refresh token stands for, maybe with fewer scopes; raises OAuthError."""
        try:
            claims = jwt.decode(
                refresh_token,
                self._keys.refresh_key,
                algorithms=[REFRESH_ALGORITHM],
                audience=self._options.issuer,
                # The issuer's own clock decides, below.
                options={"verify_exp": False, "require": ["sub", "client", "scopes", "until", "claims"]},
            )
        except jwt.PyJWTError as error:
            raise OAuthError("invalid_grant", "AADSTS9002313: the refresh token is none of this issuer") from error
        if claims["client"] != application.id:
            raise OAuthError("invalid_grant", "AADSTS700005: the refresh token was issued to another application")
        if self._options.now() > claims["until"]:
            raise OAuthError("invalid_grant", "AADSTS700082: the refresh token has expired")
        granted = tuple(claims["scopes"])
        asked = scopes_of(application, scope) or granted
        if not set(asked) <= set(granted):
            raise OAuthError("invalid_scope", "AADSTS65001: more is asked for than was granted")
        return Grant(application, Subject(claims["sub"], claims["claims"]), asked)

    def _id_token(self, grant: Grant) -> str:
        claims = {**self._times(), **grant.subject.claims, "sub": grant.subject.id, "aud": grant.application.id}
        nonce = {"nonce": grant.nonce} if grant.nonce else {}
        return self._keys.sign({**claims, **nonce, "iss": self._options.issuer, "ver": "2.0"})

    def _refresh_token(self, grant: Grant) -> str:
        claims = {
            "aud": self._options.issuer,
            "client": grant.application.id,
            "sub": grant.subject.id,
            "claims": dict(grant.subject.claims),
            "scopes": list(grant.scopes),
            "until": int(self._options.now()) + self._options.refresh_token_lifetime,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode(claims, self._keys.refresh_key, algorithm=REFRESH_ALGORITHM)

    def _times(self) -> dict[str, int]:
        now = int(self._options.now())
        return {"iat": now, "nbf": now - EARLIER, "exp": now + self._options.access_token_lifetime}
