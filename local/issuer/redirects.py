"""Where an answer may be sent: to this machine only, as RFC 8252 has it for programs."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_allowed(address: str) -> bool:
    """Whether an address is one of this machine, with any port and path, and without a fragment."""
    try:
        parts = urlsplit(address)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_plain = is_port and not parts.username and not parts.fragment and "\\" not in address
    return is_plain and parts.scheme in ("http", "https") and parts.hostname in LOOPBACK


def with_query(address: str, added: Mapping[str, str]) -> str:
    """The address with more in its query."""
    parts = urlsplit(address)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *added.items()]
    return parts._replace(query=urlencode(query)).geturl()
