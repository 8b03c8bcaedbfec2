"""Rows of domain templates that look right and would match no page, or the wrong one. Each finding says the fix."""

from __future__ import annotations

from collections.abc import Iterator

from shared.domain.domain_templates import DEFAULT_PORTS, DomainRow, DomainTemplate, canonical_host, row_origin
from shared.domain.errors import Finding

MOST_ROWS = 500
"""Of one template: each is compared whenever a widget opens."""
OTHER_PORT = {"https": 80, "http": 443}
"""The default port of the other protocol, with which no page is served; the guide's own example has such a row."""


def check_domains(template: DomainTemplate) -> tuple[Finding, ...]:
    """All findings of a template's rows; fields are named `domains.0.port`."""
    findings: list[Finding] = []
    if len(template.domains) > MOST_ROWS:
        findings.append(Finding("too_many", "domains", f"name at most {MOST_ROWS} domains in a template"))
    for index, row in enumerate(template.domains):
        findings += _check_row(row, f"domains.{index}")
    return (*findings, *_repeated(template))


def _check_row(row: DomainRow, place: str) -> Iterator[Finding]:
    protocol, domain = row.protocol.lower().removesuffix("://"), row.domain.strip()
    if protocol not in DEFAULT_PORTS:
        yield Finding("protocol_unknown", f"{place}.protocol", "must be https or http")
    shape = _shape(domain)
    if shape is not None:
        yield Finding("domain_invalid", f"{place}.domain", shape)
    if row.port is not None and not 1 <= row.port <= 65_535:
        yield Finding("port_invalid", f"{place}.port", "must be from 1 to 65535; leave it empty for the usual one")
    elif row.port is not None and OTHER_PORT.get(protocol) == row.port:
        usual = DEFAULT_PORTS[protocol]
        why = f"no page of {protocol} is on port {row.port}, and a browser names none; leave it empty for port {usual}"
        yield Finding("port_of_other_protocol", f"{place}.port", why)


def _shape(domain: str) -> str | None:
    """What is wrong with a domain, and the fix; None where it can be the host of a page."""
    if not domain:
        return "name a domain such as www.example.com"
    if "*" in domain:
        return "wildcards match nothing: add a row for each domain"
    if "://" in domain:
        return "leave out the protocol; it has a field of its own"
    if any(mark in domain for mark in "/\\?#"):
        return "leave out the path: a browser tells the domain of a page only"
    if "@" in domain:
        return "leave out what stands before @"
    if not domain.startswith("[") and ":" in domain:
        return "leave out the port; it has a field of its own"
    if domain.endswith("."):
        return "leave out the dot at the end"
    return None if canonical_host(domain) and _decodes(domain) else "is no domain; write it such as www.example.com"


def _decodes(domain: str) -> bool:
    """Whether names in their ASCII form (xn--…) stand for something: no browser sends others."""
    if "xn--" not in domain.lower():
        return True
    import idna  # 9 ms, needed only for internationalized names

    try:
        idna.decode(domain.lower())
    except (idna.IDNAError, UnicodeError):
        return False
    return True


def _repeated(template: DomainTemplate) -> Iterator[Finding]:
    seen: dict[object, int] = {}
    for index, row in enumerate(template.domains):
        origin = row_origin(row)
        if origin is None:
            continue
        first = seen.setdefault(origin, index)
        if first != index:
            why = f"is the same as row {first + 1}, {origin}; remove one"
            yield Finding("domain_repeated", f"domains.{index}.domain", why)
