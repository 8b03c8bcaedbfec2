"""What a page's origin gets from a domain template, by which row, and which rows nearly match it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.domain_templates import DEFAULT_PORTS, DomainRow, DomainTemplate, Origin, parse_origin, row_origin

LONGEST_PAGE = 2_000
ADDRESS = re.compile(r"\s*(https?://[^\s/?#\\]+)", re.IGNORECASE)
OPAQUE = {
    "null": "the browser names no origin for a sandboxed frame, a file or a data URL",
    "file:": "a page that is opened as a file has no origin; browsers send `null`",
    "data:": "a data URL has no origin; browsers send `null`",
    "about:": "a blank page of its own has no origin; browsers send `null`",
    "blob:": "a page of a sandboxed frame has no origin; browsers send `null`",
}


@dataclass(frozen=True)
class Page:
    """What somebody has named as a page: its origin, or why it has none."""

    said: str
    origin: Origin | None
    problem: str = ""


class Difference(StrEnum):
    """What sets a row apart from an origin that it nearly matches."""

    PROTOCOL = "protocol"
    PORT = "port"
    WWW = "www"
    SUBDOMAIN = "subdomain"
    SPELLING = "spelling"
    UNUSABLE = "unusable"


@dataclass(frozen=True)
class NearMiss:
    """A row of a template, numbered from 0, that nearly matches."""

    number: int
    row: DomainRow
    difference: Difference
    explanation: str


@dataclass(frozen=True)
class Elsewhere:
    """Another template that may be selected for the contact, with the row that is the origin."""

    template: DomainTemplate
    number: int


def read_page(text: str) -> Page:
    """A page's origin from its address, of which the path is passed over, or from an `Origin` header; total."""
    said = text.strip()[:LONGEST_PAGE]
    for start, why in OPAQUE.items():
        if said.lower() == start or (start.endswith(":") and said.lower().startswith(start)):
            return Page(said, None, why)
    found = ADDRESS.match(said)
    origin = parse_origin(found[1]) if found else None
    if origin is None:
        return Page(said, None, "this is no address of a page: write it such as https://www.example.com")
    return Page(said, origin)


def matching_row(template: DomainTemplate, origin: Origin) -> int | None:
    """The number of the row that equals the origin, from 0."""
    return next((number for number, row in enumerate(template.domains) if row_origin(row) == origin), None)


def near_misses(template: DomainTemplate, origin: Origin) -> tuple[NearMiss, ...]:
    """Rows that somebody may have meant for this origin, and that do not equal it."""
    return tuple(_near_misses(template, origin))


def elsewhere(templates: Iterable[DomainTemplate], origin: Origin, chosen: str | None) -> tuple[Elsewhere, ...]:
    """Other templates that allow the origin."""
    numbered = ((one, matching_row(one, origin)) for one in templates if one.id != chosen)
    return tuple(Elsewhere(template, number) for template, number in numbered if number is not None)


def readable_host(host: str) -> str:
    """A host as people write it: an internationalized name with its own letters."""
    if "xn--" not in host:
        return host
    import idna  # 9 ms, needed only for internationalized names

    try:
        return str(idna.decode(host))
    except (idna.IDNAError, UnicodeError):
        return host


def _near_misses(template: DomainTemplate, origin: Origin) -> Iterator[NearMiss]:
    for number, row in enumerate(template.domains):
        meant = row_origin(row)
        if meant == origin:
            continue
        if meant is None:
            if origin.host.endswith(row.domain.strip().lower().lstrip("*").split("/")[0] or "\0"):
                why = "the row can match no page: it has a wildcard, a path or another part too many"
                yield NearMiss(number, row, Difference.UNUSABLE, why)
            continue
        found = _difference(meant, origin)
        if found is not None:
            yield NearMiss(number, row, *found)


def _difference(meant: Origin, origin: Origin) -> tuple[Difference, str] | None:
    if meant.host == origin.host:
        if meant.scheme != origin.scheme:
            return Difference.PROTOCOL, f"the row is for {meant.scheme}, the page is served by {origin.scheme}"
        usual = DEFAULT_PORTS[origin.scheme]
        hint = f"; leave it empty for port {usual}" if origin.port == usual else ""
        return Difference.PORT, f"the row is for port {meant.port}, the page is on port {origin.port}{hint}"
    if meant.host.removeprefix("www.") == origin.host.removeprefix("www."):
        return Difference.WWW, f"the row is {meant.host}, the page is {origin.host}: add a row for each"
    if origin.host.endswith(f".{meant.host}") or meant.host.endswith(f".{origin.host}"):
        return Difference.SUBDOMAIN, f"{meant.host} does not stand for {origin.host}: add a row for each"
    theirs, ours = readable_host(origin.host), readable_host(meant.host)
    if _without_marks(theirs) == _without_marks(ours):
        return Difference.SPELLING, f"{ours} ({meant.host}) and {theirs} ({origin.host}) are two names"
    return None


def _without_marks(host: str) -> str:
    """Letters without their accents; German umlauts also as they are written without."""
    plain = host.replace("ä", "a").replace("ö", "o").replace("ü", "u").replace("ß", "ss")
    letters = unicodedata.normalize("NFKD", plain)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return bare.replace("ae", "a").replace("oe", "o").replace("ue", "u")
