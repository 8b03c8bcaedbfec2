"""Keys that sites sign with: read from PEM, JSON Web Keys and secrets, and none that is too weak.

PyJWT refuses to mix up kinds of keys, but takes keys of any length; what is too short is refused here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.domain.authorization import PUBLIC_KEY, PUBLIC_KEY_ALGORITHMS, AuthorizationMode
from shared.domain.errors import Finding, Refused
from shared.domain.refusals import SiteTokenCode
from shared.domain.tenants import Tenant

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

RSA_BITS = (2_048, 8_192)
"""RFC 7518, section 3.3; above, checking a signature would cost more than it is worth."""
SECRET_BYTES = 32
"""As many as SHA-256 has (RFC 7518, section 3.2)."""
MOST_KEYS = 100


@dataclass(frozen=True)
class SiteKey:
    """A key with the one algorithm that it is for."""

    algorithm: str
    key: RSAPublicKey | EllipticCurvePublicKey | bytes


def keys_of_pem(text: str) -> Sequence[SiteKey]:
    """All public keys of a PEM text; raises Refused where one cannot be used."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        found = [load_pem_public_key(each.group().encode()) for each in PUBLIC_KEY.finditer(text)]
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unusable("the public key cannot be read") from error
    if not found:
        raise _unusable("there is no public key in the setting")
    return [_public(key) for key in found]


def key_of_secret(secret: str) -> SiteKey:
    """The text itself is the key, nothing of it is decoded; raises Refused where it is too short."""
    key = secret.encode()
    if len(key) < SECRET_BYTES:
        raise _unusable(f"the secret has {len(key)} bytes; {SECRET_BYTES} are needed: generate one")
    return SiteKey("HS256", key)


def keys_of_set(document: bytes) -> Mapping[str, SiteKey]:
    """The usable keys of a JSON Web Key Set by `kid`; ValueError where it is no such set.

    What is of another kind, for another purpose, too weak or without a `kid` is passed over: others may need it.
    """
    found: dict[str, SiteKey] = {}
    for entry in _entries(document)[:MOST_KEYS]:
        key = _of_entry(entry) if isinstance(entry, dict) else None
        if key is not None:
            found.setdefault(entry["kid"], key)
    return found


def key_findings(tenant: Tenant) -> tuple[Finding, ...]:
    """Public keys of a tenant that could not be used, so that they are not saved."""
    text = tenant.site_tokens.public_key
    if tenant.authorization is AuthorizationMode.NONE or not PUBLIC_KEY.search(text):
        return ()
    try:
        keys_of_pem(text)
    except Refused as error:
        return (Finding(error.code, "site_tokens.public_key", str(error)),)
    return ()


def _entries(document: bytes) -> list[Any]:
    try:
        entries = json.loads(document)["keys"]
    except (LookupError, TypeError, RecursionError):
        entries = None
    if isinstance(entries, list):
        return entries
    raise ValueError("no JSON Web Key Set")


def _of_entry(entry: dict[str, Any]) -> SiteKey | None:
    import jwt

    algorithm = {"RSA": "RS256", "EC": "ES256"}.get(str(entry.get("kty")))
    is_for_us = entry.get("use", "sig") == "sig" and entry.get("alg", algorithm) == algorithm
    if algorithm is None or not is_for_us or not isinstance(entry.get("kid"), str):
        return None
    try:
        return _public(jwt.PyJWK(entry, algorithm=algorithm).key)
    except (jwt.PyJWTError, ValueError, TypeError, Refused):
        return None


def _public(key: object) -> SiteKey:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    least, most = RSA_BITS
    if isinstance(key, RSAPublicKey):
        if not least <= key.key_size <= most:
            raise _unusable(f"an RSA key needs {least} to {most} bits; this one has {key.key_size}")
        return SiteKey("RS256", key)
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return SiteKey("ES256", key)
    raise _unusable(f"a public key has to be RSA or on the curve P-256, for {' or '.join(PUBLIC_KEY_ALGORITHMS)}")


def _unusable(explanation: str) -> Refused:
    return Refused(SiteTokenCode.KEY_UNUSABLE, explanation)
