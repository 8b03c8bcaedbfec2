"""Rate limits: how often a visitor, a contact and a tenant may call, and the arithmetic of the buckets that count it.

A bucket is full at first, every call takes one token out, and it fills up again evenly. Each process keeps its own
buckets and stores them nowhere, so the limits are approximate: they hold for each instance.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.bounds import out_of_bounds
from shared.domain.errors import Finding

IPV4_PREFIX = 24
IPV6_PREFIX = 64
"""What one customer of a network provider gets at least; single addresses would be too easy to change."""


@dataclass(frozen=True)
class Rate:
    """`requests` at once, and as many again in the course of `seconds`."""

    requests: float
    seconds: float

    def times(self, factor: float) -> Rate:
        return Rate(max(1.0, self.requests * factor), self.seconds)


class Purpose(StrEnum):
    """`start`: creates something (a session, an offline message); `call`: everything else that a widget asks."""

    START = "start"
    CALL = "call"


@dataclass(frozen=True)
class RateLimits:
    """A tenant's limits: starts of a visitor in ten minutes, everything else in one minute.

    A visitor is all that comes from one network prefix: a household, or a whole office behind one address.
    """

    visitor_starts: int = 10
    contact_starts: int = 120
    tenant_starts: int = 600
    visitor_calls: int = 1_200
    contact_calls: int = 12_000
    tenant_calls: int = 30_000

    def of_visitor(self, purpose: Purpose) -> Rate:
        return Rate(self.visitor_starts, 600) if purpose is Purpose.START else Rate(self.visitor_calls, 60)

    def of_contact(self, purpose: Purpose) -> Rate:
        return Rate(self.contact_starts if purpose is Purpose.START else self.contact_calls, 60)

    def of_tenant(self, purpose: Purpose) -> Rate:
        return Rate(self.tenant_starts if purpose is Purpose.START else self.tenant_calls, 60)


BOUNDS = {
    "visitor_starts": (1, 1_000),
    "contact_starts": (1, 6_000),
    "tenant_starts": (1, 30_000),
    "visitor_calls": (60, 3_000),
    "contact_calls": (60, 60_000),
    "tenant_calls": (60, 300_000),
}
ANYTHING_OF_VISITOR = Rate(3_000, 60)
"""Whatever a visitor calls, of whatever tenant: asked before anything is read, so no tenant can widen it."""
CALLS_OF_SESSION = Rate(300, 60)
"""Calls of one session, however many tabs show it: one tab needs about two in a minute, and thirty more where it reads
its messages here at intervals."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left of a rate at a time (seconds of any clock)."""

    tokens: float
    at: float


def take(bucket: Bucket | None, rate: Rate, now: float) -> tuple[Bucket, float]:
    """The bucket after one call, and 0; or the bucket as it is, and the seconds until a call passes.

    None is a full bucket. A clock that runs backwards fills nothing; a rate that has changed holds at once.
    """
    speed = rate.requests / rate.seconds
    tokens = rate.requests
    if bucket is not None:
        tokens = min(tokens, bucket.tokens + max(0.0, now - bucket.at) * speed)
    # What many small additions lose in rounding must not keep a caller waiting for nothing.
    if tokens >= 1 - 1e-9:
        return Bucket(max(0.0, tokens - 1), now), 0.0
    return Bucket(tokens, now), (1 - tokens) / speed


def full_at(bucket: Bucket, rate: Rate) -> float:
    """When the bucket is full again: from then on it says no more than none would."""
    return bucket.at + (rate.requests - bucket.tokens) * rate.seconds / rate.requests


def check_rate_limits(limits: RateLimits) -> tuple[Finding, ...]:
    """All limits that are out of their bounds."""
    return out_of_bounds(limits, BOUNDS, "rate_limits.")


def visitor_network(forwarded_for: str, trusted_proxies: int) -> str | None:
    """The network prefix of a caller by the X-Forwarded-For header; None where there is no usable address.

    Each proxy appends the address that it was called from, so that everything to the left of what ours have written
    was written by the caller. `trusted_proxies`: how many of ours stand before the platform's front end, which writes
    the last address. A shorter list comes from somebody who went round them: then the last address is the caller's.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",")] if forwarded_for.strip() else []
    if not hops:
        return None
    hop = hops[-1 - trusted_proxies] if len(hops) > trusted_proxies else hops[-1]
    address = _address(hop)
    if address is None:
        return None
    prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((address, prefix), strict=False))


def _address(hop: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as proxies write it: bare, `1.2.3.4:5678` or `[2001:db8::1]:5678`."""
    text = hop
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
