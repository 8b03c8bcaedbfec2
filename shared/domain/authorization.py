"""How a tenant's web site proves who a visitor is: the mode, where tokens come from, and what signs them.

`signedToken`: the site's server signs a token of at most ten minutes itself. `oidc`: an identity provider issues it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from shared.domain.bounds import out_of_bounds
from shared.domain.errors import Finding

LONGEST_TEXT = 500
LONGEST_KEYS = 10_000
BOUNDS = {"clock_tolerance": (0, 120)}
SECRET_REFERENCE = re.compile(r"(env:INTERACT_SECRET_|keyvault:)[A-Za-z0-9_-]+\Z")
ENTRA_TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
ENTRA = "https://login.microsoftonline.com"
KEYS_URL = re.compile(r"https://[A-Za-z0-9._:\[\]-]+(/[^\s#\\]*)?\Z", re.ASCII)
PUBLIC_KEY = re.compile(r"-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----")


class AuthorizationMode(StrEnum):
    NONE = "none"
    SIGNED_TOKEN = "signedToken"
    OIDC = "oidc"


class KeySource(StrEnum):
    """Where the key is with which signatures are checked; named after its setting."""

    PUBLIC_KEY = "public_key"
    KEYS_URL = "keys_url"
    SECRET = "secret"


PUBLIC_KEY_ALGORITHMS = ("RS256", "ES256")
ALGORITHMS = {
    KeySource.PUBLIC_KEY: PUBLIC_KEY_ALGORITHMS,
    KeySource.KEYS_URL: PUBLIC_KEY_ALGORITHMS,
    KeySource.SECRET: ("HS256",),
}
"""What a token may be signed with: decided by the tenant's setting, never by the token."""
KEY_SOURCES = {
    AuthorizationMode.SIGNED_TOKEN: tuple(KeySource),
    AuthorizationMode.OIDC: (KeySource.KEYS_URL,),
}


@dataclass(frozen=True)
class SiteTokenSettings:
    """What a site's tokens have to be like; one of `public_key`, `keys_url` and `secret` says what signs them.

    `public_key`: PEM, also several one after the other while keys change. `secret`, `previous_secret`: where they are,
    never secrets. `entra_tenant_id` stands for issuer and keys of a Microsoft Entra tenant. `clock_tolerance`: seconds.
    """

    issuer: str = ""
    audience: str = ""
    public_key: str = ""
    keys_url: str = ""
    secret: str = ""
    previous_secret: str = ""
    scope: str = ""
    entra_tenant_id: str = ""
    clock_tolerance: int = 60

    @property
    def trusted_issuer(self) -> str:
        return f"{ENTRA}/{self.entra_tenant_id}/v2.0" if self.entra_tenant_id else self.issuer

    @property
    def keys_address(self) -> str:
        return f"{ENTRA}/{self.entra_tenant_id}/discovery/v2.0/keys" if self.entra_tenant_id else self.keys_url

    @property
    def key_source(self) -> KeySource | None:
        """None where no setting says what signs the tokens, or more than one does."""
        named = {
            KeySource.PUBLIC_KEY: self.public_key,
            KeySource.KEYS_URL: self.keys_address,
            KeySource.SECRET: self.secret,
        }
        present = [source for source, value in named.items() if value]
        return present[0] if len(present) == 1 else None


def check_authorization(mode: AuthorizationMode, settings: SiteTokenSettings) -> tuple[Finding, ...]:
    """All rules that the authorization of a tenant breaks; of what no mode uses yet, only what must not be stored."""
    if mode is AuthorizationMode.NONE:
        return tuple(_check_secrets(settings))
    return (
        *_check_texts(settings),
        *(_check_entra(mode, settings) if settings.entra_tenant_id else ()),
        *_check_secrets(settings),
        *_check_keys(mode, settings),
        *_check_rest(mode, settings),
    )


def _check_texts(settings: SiteTokenSettings) -> Iterator[Finding]:
    if not settings.trusted_issuer:
        yield _finding("missing", "issuer", "say who issues the tokens; it has to equal their claim `iss`")
    if not settings.audience:
        yield _finding("missing", "audience", "say whom the tokens are for; it has to be in their claim `aud`")
    for field in ("issuer", "audience", "scope"):
        text = getattr(settings, field)
        if len(text) > LONGEST_TEXT or text != text.strip():
            yield _finding("text", field, f"must have at most {LONGEST_TEXT} characters and no blanks around it")


def _check_entra(mode: AuthorizationMode, settings: SiteTokenSettings) -> Iterator[Finding]:
    if not ENTRA_TENANT.match(settings.entra_tenant_id):
        yield _finding(
            "entra_tenant", "entra_tenant_id", "must be the tenant's id, not its domain: Entra admin center, Overview"
        )
    if mode is not AuthorizationMode.OIDC:
        yield _finding("entra_mode", "entra_tenant_id", "Entra's tokens live longer than ten minutes: choose oidc")
    for field in ("issuer", "keys_url"):
        if getattr(settings, field):
            yield _finding("entra_derived", field, "leave it empty: entra_tenant_id stands for it")


def _check_keys(mode: AuthorizationMode, settings: SiteTokenSettings) -> Iterator[Finding]:
    allowed = KEY_SOURCES[mode]
    source = settings.key_source
    names = ", ".join(allowed)
    if source is None:
        yield _finding("key_source", allowed[0], f"set exactly one of these, which says what signs the tokens: {names}")
    elif source not in allowed:
        yield _finding("key_source", source, f"{mode} does not take it; set instead: {names}")
    if settings.keys_url and not is_keys_url(settings.keys_url):
        yield _finding("keys_url", "keys_url", "must be the https URL of a JSON Web Key Set, without user and fragment")
    if settings.public_key and "PRIVATE KEY" not in settings.public_key:
        yield from _check_public_key(settings.public_key)


def _check_secrets(settings: SiteTokenSettings) -> Iterator[Finding]:
    if "PRIVATE KEY" in settings.public_key:
        yield _finding(
            "private_key",
            "public_key",
            "this is the private key: replace it, it is not secret any more; give the public",
        )
    for field in ("secret", "previous_secret"):
        reference = getattr(settings, field)
        if reference and not SECRET_REFERENCE.match(reference):
            yield _finding(
                "secret_reference",
                field,
                "name where the secret is, keyvault:NAME or env:INTERACT_SECRET_NAME; never write the secret itself",
            )


def _check_public_key(text: str) -> Iterator[Finding]:
    if len(text) > LONGEST_KEYS:
        yield _finding("public_key", "public_key", f"must have at most {LONGEST_KEYS} characters")
    elif PUBLIC_KEY.sub("", text).strip() or not PUBLIC_KEY.search(text):
        yield _finding("public_key", "public_key", "must be PEM text that begins with -----BEGIN PUBLIC KEY-----")


def _check_rest(mode: AuthorizationMode, settings: SiteTokenSettings) -> Iterator[Finding]:
    if settings.scope and (mode is not AuthorizationMode.OIDC or " " in settings.scope):
        yield _finding("scope", "scope", "one scope, and of the tokens of oidc only: else leave it empty")
    yield from out_of_bounds(settings, BOUNDS, "site_tokens.")


def is_keys_url(url: str) -> bool:
    """Whether keys may be fetched from there: https, a host, and nothing that could be read as another one."""
    if len(url) > LONGEST_TEXT or not url.isascii() or not url.isprintable() or not KEYS_URL.match(url):
        return False
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and _is_host(parts.hostname or "")
    except ValueError:
        return False


def _is_host(name: str) -> bool:
    """A name, or an address in its usual form: systems read 2130706433 and 127.1 as addresses too."""
    if ":" in name or name.rpartition(".")[2][:1].isdigit():
        return str(ip_address(name)) == name
    return not name.endswith(".")


def _finding(rule: str, field: str, explanation: str) -> Finding:
    return Finding(f"site_token_{rule}", f"site_tokens.{field}", explanation)
