"""Session tokens (JWT, HS256) and session ids, both from keys that are derived from one secret setting.

Each purpose has a key of its own, so that nothing which is made for one can be used for another.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

from shared.domain.errors import Unauthenticated
from shared.ports import SessionClaims

ALGORITHM = "HS256"
AUDIENCE = "interact-session"
LONGEST_TOKEN = 2048
"""Characters; ours have some 400."""
REQUIRED = ["aud", "exp", "sub", "tenant", "contact", "origin"]


class JwtSessionTokens:
    """Tokens of the `previous` key, before a rotation, stay good until they expire; ids come from `key` only."""

    def __init__(self, key: bytes, previous: bytes | None = None) -> None:
        self._signing_key = derived_key(key, b"session token")
        self._id_key = derived_key(key, b"session id")
        self._verifying_keys = [self._signing_key]
        if previous is not None:
            self._verifying_keys.append(derived_key(previous, b"session token"))

    def issue(self, claims: SessionClaims, expires: datetime) -> str:
        import jwt

        payload = {
            "aud": AUDIENCE,
            "exp": int(expires.timestamp()),
            "sub": claims.session_id,
            "tenant": claims.tenant_id,
            "contact": claims.contact_key,
            "origin": claims.origin,
        }
        return jwt.encode(payload, self._signing_key, algorithm=ALGORITHM)

    def verify(self, token: str, now: datetime) -> SessionClaims:
        payload = self._payload(token)
        texts = [payload[name] for name in REQUIRED if name != "exp"]
        if not isinstance(payload["exp"], int) or not all(isinstance(text, str) for text in texts):
            raise Unauthenticated("session_token_invalid", "the session token holds something that ours do not")
        if payload["exp"] <= now.timestamp():
            raise Unauthenticated("session_token_expired", "the session token is over")
        return SessionClaims(payload["sub"], payload["tenant"], payload["contact"], payload["origin"])

    def session_id(self, tenant_id: str, contact_key: str, origin: str, idempotency_key: str) -> str:
        # Lengths before the parts, so that no two different lists of parts are written alike.
        parts = [part.encode() for part in (tenant_id, contact_key, origin, idempotency_key)]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(self._id_key, message, hashlib.sha256).hexdigest()

    def _payload(self, token: str) -> dict[str, Any]:
        import jwt

        if len(token) > LONGEST_TOKEN:
            raise Unauthenticated("session_token_invalid", "the session token is longer than any of ours")
        for key in self._verifying_keys:
            try:
                # Whether it is over is asked of the application's clock, not of the library's.
                payload = jwt.decode(
                    token,
                    key,
                    algorithms=[ALGORITHM],
                    audience=AUDIENCE,
                    options={"require": REQUIRED, "verify_exp": False},
                )
            except jwt.InvalidSignatureError:
                continue
            except (jwt.PyJWTError, ValueError, RecursionError) as error:
                # Headers of thousands of brackets, or of half a character, are no errors of PyJWT.
                raise Unauthenticated("session_token_invalid", f"the session token: {type(error).__name__}") from error
            return payload
        raise Unauthenticated("session_token_invalid", "the session token was not issued here")


def derived_key(secret: bytes, purpose: bytes) -> bytes:
    """A key for one purpose, from a secret that has several."""
    return hmac.new(secret, b"interact " + purpose, hashlib.sha256).digest()
