"""What a site's token says about itself, read more strictly than by any library, before anything is believed.

Compact JWS only. A name that is there twice makes a token unreadable, at whatever depth: two readers could each take
another one of them (RFC 8259, section 4).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from shared.domain.errors import Refused
from shared.domain.refusals import SiteTokenCode

LONGEST_TOKEN = 8_192
"""Characters; as the widget API takes. Those of Microsoft Entra with many groups have some 4,000."""
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\Z")
TYPES = frozenset({"jwt", "at+jwt"})
"""What `typ` may be; other kinds of JWT (logout, events, proof of possession) mean something else (RFC 8725, 3.11)."""


@dataclass(frozen=True)
class TokenParts:
    """Nothing of it is proven. Only `alg` and `kid` of the header are of use: keys that it brings along are not."""

    algorithm: str
    key_id: str | None
    claims: Mapping[str, Any]


def read_token(token: str) -> TokenParts:
    """Raises Refused (malformed); no explanation quotes the token."""
    if len(token) > LONGEST_TOKEN:
        raise _malformed(f"has {len(token)} characters; at most {LONGEST_TOKEN} are read")
    if not COMPACT.match(token):
        raise _malformed("is no JWT of three parts")
    header, claims = (_object(part) for part in token.split(".")[:2])
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or not isinstance(key_id, str | None):
        raise _malformed("has no `alg`, or one or a `kid` that is no text")
    if "crit" in header or "b64" in header:
        raise _malformed("demands extensions (`crit`, `b64`), of which none is known here")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in TYPES:
        raise _malformed(f"is of the type {str(kind)[:40]!r}, not a JWT that vouches for somebody")
    return TokenParts(algorithm, key_id, claims)


def _object(part: str) -> Mapping[str, Any]:
    try:
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8")
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _malformed("is not made of JSON that has one meaning") from None
    if not isinstance(value, dict):
        raise _malformed("is not made of JSON objects")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _malformed(explanation: str) -> Refused:
    return Refused(SiteTokenCode.MALFORMED, f"the site token {explanation}")
