"""The history in dicts, and what stands for addresses in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from shared.domain.errors import InvalidRequest
from shared.domain.history import HistoryEntry, normalized_address
from shared.ports import HistoryPage, HistorySelection


class MemoryHistory:
    """`entries` by session id; `found` maps (tenant id, digest) to session ids."""

    def __init__(self) -> None:
        self.entries: dict[str, HistoryEntry] = {}
        self.found: dict[tuple[str, str], set[str]] = {}

    async def record(self, entry: HistoryEntry, digest: str = "") -> None:
        self.entries[entry.session_id] = entry
        if digest:
            self.found.setdefault((entry.tenant_id, digest), set()).add(entry.session_id)

    async def list(self, tenant_id: str, selection: HistorySelection) -> HistoryPage:
        after = selection.after or "0"
        if not (after.isascii() and after.isdecimal() and len(after) < 10):
            raise InvalidRequest("is not the `next` of a page", "after")
        found = [
            entry
            for entry in self.entries.values()
            if entry.tenant_id == tenant_id
            and selection.start <= entry.ended_at < selection.end
            and selection.contact in (None, entry.contact)
            and selection.outcome in (None, entry.outcome)
            and selection.agent_id in ("", entry.agent.id if entry.agent else "")
        ]
        found.sort(key=lambda entry: (-entry.ended_at.timestamp(), entry.session_id))
        begin, end = int(after), int(after) + selection.top
        return HistoryPage(tuple(found[begin:end]), str(end) if end < len(found) else None)

    async def sessions_of(self, tenant_id: str, digest: str, count: int) -> Sequence[str]:
        return sorted(self.found.get((tenant_id, digest), ()))[:count]

    async def forget(self, tenant_id: str, digest: str, session_id: str) -> bool:
        known = self.found.get((tenant_id, digest), set())
        was_there = session_id in known
        known.discard(session_id)
        return was_there


class MemoryDigests:
    """Without a secret: nobody looks into these rows."""

    def of_address(self, tenant_id: str, address: str) -> tuple[str, ...]:
        plain = normalized_address(address)
        return (hashlib.sha256(f"{tenant_id} {plain}".encode()).hexdigest(),) if plain else ()
