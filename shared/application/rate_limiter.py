"""Counts calls in this process's memory: bounded, and without an address that anybody could read."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Hashable
from datetime import date
from heapq import heappop, heappush, heapreplace
from typing import Generic, TypeVar

from shared.domain.errors import RateLimited
from shared.domain.rate_limits import ANYTHING_OF_VISITOR, CALLS_OF_SESSION, Bucket, Purpose, Rate, full_at, take
from shared.domain.tenants import Tenant
from shared.ports import Clock, Ids

VISITORS = 40_000
CONTACTS = 2_000
TENANTS = 1_000
SESSIONS = 20_000
"""Buckets kept of each kind, some 420 bytes each (a visitor has up to three). The one that is full again first goes
first: most are by then, so nothing is forgotten with them. Whoever wants a used-up limit forgotten has to use up as
many others for longer, which is more than the one is worth."""

Key = TypeVar("Key", bound=Hashable)


class RateLimiter:
    """One for a process. `factor` multiplies every rate, for load tests."""

    def __init__(self, clock: Clock, ids: Ids, factor: float = 1.0) -> None:
        self._clock = clock
        self._ids = ids
        self._factor = factor
        self._day: date | None = None
        self._salt = b""
        self._visitors: _Buckets[tuple[bytes, str, str]] = _Buckets(VISITORS)
        self._contacts: _Buckets[tuple[str, str, str]] = _Buckets(CONTACTS)
        self._tenants: _Buckets[tuple[str, str]] = _Buckets(TENANTS)
        self._sessions: _Buckets[str] = _Buckets(SESSIONS)

    @property
    def size(self) -> int:
        """How many buckets are kept."""
        return sum(len(room) for room in (self._visitors, self._contacts, self._tenants, self._sessions))

    def admit_visitor(self, network: str | None) -> None:
        """Count any call of a visitor, before anything is read for it; raises RateLimited.

        `network` None: nothing is known of where the caller is, so that only contacts and tenants can be protected.
        """
        if network is not None:
            key = (self._digest(network), "", "anything")
            self._spend(self._visitors, key, ANYTHING_OF_VISITOR, "calls of one visitor")

    def admit(self, purpose: Purpose, network: str | None, tenant: Tenant, contact_key: str) -> None:
        """Count a call for the visitor, the contact and the tenant; raises RateLimited."""
        limits, name = tenant.rate_limits, purpose.value
        if network is not None:
            visitor = (self._digest(network), tenant.id, name)
            self._spend(self._visitors, visitor, limits.of_visitor(purpose), f"{name}s of one visitor")
        contact = (tenant.id, contact_key, name)
        self._spend(self._contacts, contact, limits.of_contact(purpose), f"{name}s of one contact")
        self._spend(self._tenants, (tenant.id, name), limits.of_tenant(purpose), f"{name}s of the tenant")

    def admit_session(self, session_id: str) -> None:
        """Count a call of one session, however many tabs make it; raises RateLimited."""
        self._spend(self._sessions, session_id, CALLS_OF_SESSION, "calls of one session")

    def used_up(self, purpose: Purpose, tenant: Tenant, contact_key: str) -> str:
        """Which limit would turn the next such call away in this process, "" for none; nothing is counted."""
        limits, name, now = tenant.rate_limits, purpose.value, self._clock.now().timestamp()
        contact, whole = self._contacts.get((tenant.id, contact_key, name)), self._tenants.get((tenant.id, name))
        if take(contact, limits.of_contact(purpose).times(self._factor), now)[1]:
            return f"{name}s of one contact"
        return f"{name}s of the tenant" if take(whole, limits.of_tenant(purpose).times(self._factor), now)[1] else ""

    def _spend(self, room: _Buckets[Key], key: Key, rate: Rate, what: str) -> None:
        allowed = rate.times(self._factor)
        bucket, wait = take(room.get(key), allowed, self._clock.now().timestamp())
        room.put(key, bucket, full_at(bucket, allowed))
        if wait:
            raise RateLimited(f"{what}: more than {allowed.requests:g} in {allowed.seconds:g} s", wait)

    def _digest(self, network: str) -> bytes:
        """What stands for a network today in this process; tomorrow nobody can tell that it was the same."""
        today = self._clock.now().date()
        if today != self._day:
            self._day, self._salt = today, self._ids.new().encode()
            self._visitors.clear()
        return hmac.new(self._salt, network.encode(), hashlib.sha256).digest()[:16]


class _Buckets(Generic[Key]):
    """At most `capacity` buckets."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._buckets: dict[Key, tuple[Bucket, float]] = {}
        self._by_fullness: list[tuple[float, int, Key]] = []
        self._made = 0

    def __len__(self) -> int:
        return len(self._buckets)

    def get(self, key: Key) -> Bucket | None:
        return self._buckets[key][0] if key in self._buckets else None

    def put(self, key: Key, bucket: Bucket, full: float) -> None:
        is_new = key not in self._buckets
        if is_new and len(self._buckets) >= self._capacity:
            self._forget_fullest()
        self._buckets[key] = (bucket, full)
        if is_new:
            self._made += 1
            heappush(self._by_fullness, (full, self._made, key))

    def clear(self) -> None:
        self._buckets.clear()
        self._by_fullness.clear()

    def _forget_fullest(self) -> None:
        """The heap knows each bucket as it was at first, or when it came up here: a later time is put right now."""
        while True:
            known, number, key = self._by_fullness[0]
            full = self._buckets[key][1]
            if full <= known:
                break
            heapreplace(self._by_fullness, (full, number, key))
        heappop(self._by_fullness)
        del self._buckets[key]
