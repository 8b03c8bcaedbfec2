"""The rules for what a site's token says, after its signature was found good: whom it vouches for, and how long.

Claims are what somebody has sent: every one may be of any type. An explanation quotes at most the names of issuer and
audience, which are no text of a person.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from shared.domain.characters import is_plain, plain
from shared.domain.errors import Refused
from shared.domain.parameters import Customer, Proof
from shared.domain.refusals import SiteTokenCode

LONGEST_LIFE = 600
"""Seconds; what a site signs itself is fetched when a chat begins, so ten minutes are plenty."""
LONGEST_ID = 255
"""Characters of `sub` and `jti`; OpenID Connect Core, section 2."""
LONGEST_NAME = 100
LONGEST_EMAIL = 254
SHOWN = 100
EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\Z")


@dataclass(frozen=True)
class VerifiedCustomer:
    """Whom a good token vouches for; `token_id` and `expires` say which token it was and until when it is good."""

    subject: str
    display_name: str | None = None
    email: str | None = None
    token_id: str | None = None
    expires: float = 0.0


def verified_customer(
    claims: Mapping[str, Any], mode: AuthorizationMode, settings: SiteTokenSettings, now: datetime
) -> VerifiedCustomer:
    """Whom these claims vouch for; raises Refused with the first rule that says no."""
    subject, token_id = _id(claims, "sub"), _id(claims, "jti") if "jti" in claims else None
    _check_parties(claims, settings)
    expires = _check_times(claims, mode, settings, now.timestamp())
    if settings.scope and settings.scope not in _scopes(claims):
        raise Refused(SiteTokenCode.SCOPE, f"the site token has not the scope {settings.scope!r}")
    return VerifiedCustomer(subject, _name(claims.get("name")), _email(claims), token_id, expires)


def as_vouched(form: Customer, known: VerifiedCustomer, issuer: str) -> Customer:
    """The customer of the form, whose name and e-mail address give way to those that the token vouches for."""
    proof = Proof(issuer, known.subject, known.display_name is not None, known.email is not None)
    return Customer(known.display_name or form.display_name, known.email or form.email, proof)


def issuer_name(issuer: str) -> str:
    """How people call an issuer: the host where it is a URL."""
    try:
        return urlsplit(issuer).hostname or issuer
    except ValueError:
        return issuer


def _id(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_ID:
        raise Refused(SiteTokenCode.INCOMPLETE, f"`{name}` has to be a text of 1 to {LONGEST_ID} characters")
    return value


def _check_parties(claims: Mapping[str, Any], settings: SiteTokenSettings) -> None:
    for name in ("iss", "aud"):
        if name not in claims:
            raise Refused(SiteTokenCode.INCOMPLETE, f"the site token has no `{name}`")
    issuer, audience = claims["iss"], claims["aud"]
    if issuer != settings.trusted_issuer:
        raise Refused(SiteTokenCode.ISSUER, f"`iss` is {_shown(issuer)}, not {settings.trusted_issuer!r}")
    if settings.audience not in (audience if isinstance(audience, list) else [audience]):
        raise Refused(SiteTokenCode.AUDIENCE, f"`aud` is {_shown(audience)}, without {settings.audience!r}")


def _check_times(claims: Mapping[str, Any], mode: AuthorizationMode, settings: SiteTokenSettings, now: float) -> float:
    tolerance = settings.clock_tolerance
    expires = _time(claims, "exp")
    if expires is None:
        raise Refused(SiteTokenCode.INCOMPLETE, "the site token has no `exp`")
    if expires <= now - tolerance:
        raise Refused(SiteTokenCode.EXPIRED, f"the site token is over for {now - expires:.0f} s")
    issued = _time(claims, "iat")
    for start in (issued, _time(claims, "nbf")):
        if start is not None and start > now + tolerance:
            raise Refused(
                SiteTokenCode.NOT_YET_VALID, f"the site token begins in {start - now:.0f} s; check the clocks"
            )
    # Without `iat` a token could have been made long ago for a time to come; what is left must be short in any case.
    life = max(expires - now - tolerance, expires - issued if issued is not None else 0)
    if mode is AuthorizationMode.SIGNED_TOKEN and life > LONGEST_LIFE:
        raise Refused(
            SiteTokenCode.LIFETIME, f"a token that a site signs may live {LONGEST_LIFE} s; this one {life:.0f}"
        )
    return expires


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    if name not in claims:
        return None
    value = claims[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0 <= value <= 2**53:
        raise Refused(SiteTokenCode.INCOMPLETE, f"`{name}` has to be a time in seconds since 1970")
    return float(value)


def _scopes(claims: Mapping[str, Any]) -> list[Any]:
    found: list[Any] = []
    for name in ("scope", "scp"):
        value = claims.get(name)
        found += value.split(" ") if isinstance(value, str) else value if isinstance(value, list) else []
    return found


def _name(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return plain(value).strip()[:LONGEST_NAME].strip() or None


def _email(claims: Mapping[str, Any]) -> str | None:
    """None also where the issuer says that it has not verified the address."""
    value = claims.get("email")
    if not isinstance(value, str) or claims.get("email_verified", True) not in (True, "true"):
        return None
    return value if is_plain(value) and len(value) <= LONGEST_EMAIL and EMAIL.match(value) else None


def _shown(value: Any) -> str:
    return repr(value)[:SHOWN]
