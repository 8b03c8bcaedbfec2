"""Domain templates (CORS): which origins a widget may be used from, matched exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_IPV6 = re.compile(r"\[([0-9a-fA-F:.]+)\]\Z")
_ORIGIN = re.compile(r"(https?)://([^\s/?#@\\%]+)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Origin:
    """A web origin in its one canonical form: lower-case scheme, ASCII host, explicit port (RFC 6454)."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        suffix = "" if DEFAULT_PORTS[self.scheme] == self.port else f":{self.port}"
        return f"{self.scheme}://{self.host}{suffix}"


@dataclass(frozen=True)
class DomainRow:
    """One row of a template, as the guide's table has it: protocol, domain, port (None = the protocol's default)."""

    protocol: str
    domain: str
    port: int | None = None


@dataclass(frozen=True)
class DomainTemplate:
    """A named list of origins, owned by an organization unit."""

    id: str
    name: str
    organization_unit_id: str
    domains: tuple[DomainRow, ...] = ()


def parse_origin(header: str | None) -> Origin | None:
    """Read an `Origin` header; None where it is not exactly one http(s) origin as a browser writes it."""
    if not header or len(header) > 300:
        return None
    match = _ORIGIN.match(header)
    if match is None:
        return None
    try:
        port = urlsplit(header).port
    except ValueError:
        return None
    scheme, authority = match.group(1).lower(), match.group(2)
    host = authority if authority.startswith("[") else authority.rsplit(":", 1)[0]
    if authority.startswith("["):
        host = authority[: authority.find("]") + 1]
        if not re.fullmatch(r"\[[0-9a-fA-F:.]+\](?::\d+)?", authority):
            return None
    elif not re.fullmatch(r"[^:]+(?::\d{1,5})?", authority):
        return None
    canonical = canonical_host(host)
    if canonical is None or port == 0:
        return None
    return Origin(scheme, canonical, port or DEFAULT_PORTS[scheme])


def canonical_host(host: str) -> str | None:
    """A host name in lower-case ASCII, an IPv6 address in its shortest form; None for anything else.

    Empty labels and trailing dots are something else, too.
    """
    if host.startswith("["):
        address = _IPV6.match(host)
        try:
            return f"[{IPv6Address(address.group(1))}]" if address else None
        except AddressValueError:
            return None
    if not host.isascii():
        import idna  # 9 ms, needed only for internationalized names

        try:
            host = idna.encode(host, uts46=True, transitional=False).decode("ascii")
        except idna.IDNAError:
            return None
    host = host.lower()
    if len(host) > 253 or not all(_LABEL.match(label) for label in host.split(".")):
        return None
    return host


def row_origin(row: DomainRow) -> Origin | None:
    """The origin that a row stands for; None where the row can never match anything."""
    scheme = row.protocol.lower().removesuffix("://")
    if scheme not in DEFAULT_PORTS:
        return None
    host = canonical_host(row.domain.strip())
    port = DEFAULT_PORTS[scheme] if row.port is None else row.port
    if host is None or not 1 <= port <= 65535:
        return None
    return Origin(scheme, host, port)


def allows(template: DomainTemplate, origin: Origin) -> bool:
    """Whether one row equals the origin in scheme, host and port; no suffix, prefix or wildcard counts."""
    return any(row_origin(row) == origin for row in template.domains)
