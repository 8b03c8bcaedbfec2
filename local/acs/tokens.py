"""Users' access tokens: JSON Web Tokens with the claims Azure writes, signed by the stand-in's own key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jwt

from local.acs.errors import bad_request, unauthorized

SCOPES = frozenset({"chat", "chat.join", "chat.join.limited", "voip", "voip.join"})
DEFAULT_MINUTES = 1440
MINUTES_ALLOWED = range(60, 1441)  # documented: one hour to one day
_ALGORITHM = "HS256"


@dataclass(frozen=True)
class TokenClaims:
    user_id: str
    scopes: frozenset[str]
    generation: int


@dataclass(frozen=True)
class TokenIssuer:
    """Signs and reads the tokens of one resource."""

    signing_key: str
    immutable_resource_id: str

    def issue(self, user_id: str, generation: int, scopes: Sequence[str], minutes: int, now: int) -> tuple[str, int]:
        """A token and the milliseconds at which it expires; raises 400 for scopes or minutes that Azure refuses.

        `now` is in milliseconds. A token of an older `generation` than its identity's is revoked.
        """
        if not scopes or not SCOPES.issuperset(scopes):
            raise bad_request(f"Scopes must be one or more of {', '.join(sorted(SCOPES))}.")
        if minutes not in MINUTES_ALLOWED:
            raise bad_request("expiresInMinutes must be between 60 and 1440.")
        issued = now // 1000
        expires = issued + minutes * 60
        claims = {
            "skypeid": user_id.removeprefix("8:"),
            "scp": 1792,
            "csi": str(issued),
            "iat": issued,
            "exp": expires,
            "rgn": "local",
            "acsScope": ",".join(scopes),
            "resourceId": self.immutable_resource_id,
            "generation": generation,
        }
        return jwt.encode(claims, self.signing_key, _ALGORITHM), expires * 1000

    def read(self, token: str) -> TokenClaims:
        """The claims of a token that is ours and has not expired; raises 401 otherwise."""
        required = ["exp", "iat", "skypeid", "acsScope", "generation"]
        try:
            claims = jwt.decode(token, self.signing_key, [_ALGORITHM], options={"require": required})
        except jwt.ExpiredSignatureError as error:
            raise unauthorized("The access token has expired.") from error
        except jwt.PyJWTError as error:
            raise unauthorized("The access token is not valid for this resource.") from error
        return TokenClaims(
            user_id=f"8:{claims['skypeid']}",
            scopes=frozenset(claims["acsScope"].split(",")),
            generation=claims["generation"],
        )
