"""Reads tests/vectors/site_tokens.json: each case becomes a tenant, a token, and a world of names and hosts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from shared.domain.tenants import Tenant
from tests.ports.issuer import EC, ED25519, P384, RSA, SECOND_RSA, SHORT_RSA, encoded, jwk, part, pem, token
from tests.ports.issuer import STRANGER as STRANGER_KEY
from tests.ports.samples import TENANT

VECTORS = Path(__file__).parents[1] / "vectors" / "site_tokens.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))["cases"]

ISSUER, AUDIENCE = "https://www.lunifico.example", "interact"
GOOD = {"subject": "4711", "display_name": "Carla Customer", "email": "carla@lunifico.example", "token_id": None}
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "4711", "name": "Carla Customer", "email": "carla@lunifico.example"}
SITE = SiteTokenSettings(issuer=ISSUER, audience=AUDIENCE)
SECRETS = {"keyvault:site": "s" * 32, "keyvault:site-before": "p" * 32, "keyvault:short": "s" * 31}
BROKEN = "-----BEGIN PUBLIC KEY-----\nTHIS+IS+NO+KEY==\n-----END PUBLIC KEY-----\n"
TOLD_BY_CASE = "https://localhost/keys"

SIGNED_TOKEN = {
    "rs256": replace(SITE, public_key=pem(RSA)),
    "es256": replace(SITE, public_key=pem(EC)),
    "hs256": replace(SITE, secret="keyvault:site", previous_secret="keyvault:site-before"),
    "two keys": replace(SITE, public_key=pem(RSA) + pem(SECOND_RSA)),
    "jwks": replace(SITE, keys_url=TOLD_BY_CASE),
    "keys at": replace(SITE, keys_url=TOLD_BY_CASE),
    "short rsa": replace(SITE, public_key=pem(SHORT_RSA)),
    "p384": replace(SITE, public_key=pem(P384)),
    "ed25519": replace(SITE, public_key=pem(ED25519)),
    "broken key": replace(SITE, public_key=BROKEN),
    "short secret": replace(SITE, secret="keyvault:short"),
    "no secret": replace(SITE, secret="keyvault:nowhere"),
    "no key": SITE,
    "two sources": replace(SITE, public_key=pem(RSA), secret="keyvault:site"),
}
OIDC = {
    "oidc": replace(SITE, keys_url=TOLD_BY_CASE, scope="chat"),
    "oidc with secret": replace(SITE, secret="keyvault:site"),
}
SIGNS = {"es256": ("ES256", "ec"), "hs256": ("HS256", "secret"), "short secret": ("HS256", "secret")}
SIGNS["no secret"] = SIGNS["hs256"]


def tenant_of(case: dict[str, Any], keys_host: str) -> Tenant:
    name = case.get("tenant", "rs256")
    mode = AuthorizationMode.OIDC if name in OIDC else AuthorizationMode.SIGNED_TOKEN
    settings = {**SIGNED_TOKEN, **OIDC}[name]
    if settings.keys_url:
        settings = replace(settings, keys_url=case.get("keys_url", f"{keys_host}{case.get('path', '/keys')}"))
    return replace(TENANT, authorization=mode, site_tokens=settings)


def token_of(case: dict[str, Any], now: float, strangers_keys: str) -> str:
    if "token" in case:
        return str(case["token"])
    if "token_of" in case:
        return str(case["token_of"]) * int(case["times"])
    algorithm, signed = SIGNS.get(case.get("tenant", "rs256"), ("RS256", "rsa"))
    signed = case.get("signed", signed)
    algorithm = "ES256" if signed == "ec" else algorithm
    header: Any = case.get("header_text") or _header(case, algorithm, strangers_keys)
    made = token(header, _claims(case, now), signed)
    return _changed(made, case["change"]) if "change" in case else made


def _header(case: dict[str, Any], algorithm: str, strangers_keys: str) -> dict[str, Any]:
    stands_for: dict[str, Any] = {"$stranger": jwk(STRANGER_KEY, "rsa-1"), "$stranger keys": strangers_keys}
    header = {"alg": algorithm, "typ": "JWT", **case.get("header", {})}
    return {
        name: stands_for.get(value, value) if isinstance(value, str) else value
        for name, value in header.items()
        if value is not None
    }


def _claims(case: dict[str, Any], now: float) -> Any:
    claims: dict[str, Any] = {**CLAIMS, "iat": "+0", "exp": "+300", **case.get("claims", {})}
    claims = {name: _moment(value, now) for name, value in claims.items() if name not in case.get("without", ())}
    if "nested" in case:
        return f'{{"sub": "4711", "x": {"[" * case["nested"]}'
    if "padding" in case:
        claims["padding"] = "x" * case["padding"]
    if "payload_text" in case:
        within = token({"alg": "RS256", "typ": "JWT"}, claims, "rsa")
        return str(case["payload_text"]).replace("{exp}", str(int(now) + 300)).replace("{token}", within)
    return claims


def _moment(value: Any, now: float) -> Any:
    """Seconds from now, where a value is written with a sign."""
    is_relative = isinstance(value, str) and value[:1] in ("+", "-") and value[1:].replace(".", "", 1).isdigit()
    return now + float(value) if is_relative else value


def _changed(made: str, change: str) -> str:
    header, claims, signature = made.split(".")
    match change:
        case "claims":
            return f"{header}.{part({**CLAIMS, 'sub': '4712', 'exp': 4_000_000_000})}.{signature}"
        case "cut":
            return f"{header}.{claims}.{signature[:-4]}"
        case "zeros":
            return f"{header}.{claims}.{encoded(bytes(64))}"
        case "last bits":
            # 256 bytes leave two bits of the last letter unused.
            letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            return f"{made[:-1]}{letters[letters.index(made[-1]) ^ 1]}"
    raise AssertionError(change)


def addresses_of(case: dict[str, Any]) -> Sequence[str] | None:
    """Where names lead; None: as on this machine."""
    found = case.get("resolves", "really")
    return None if found == "really" else ["127.0.0.1" if one == "$server" else one for one in found]


def inner_hosts_of(case: dict[str, Any]) -> tuple[str, ...]:
    """The hosts that the operator allows: that of the keys, where a case is not about it."""
    if "keys_url" not in case:
        return ("localhost",)
    return ("another.example",) if case.get("resolves") == ["$server"] else ()
