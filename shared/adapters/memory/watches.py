"""Who is watched, in dicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.availability import ContactState
from shared.domain.errors import VersionConflict
from shared.domain.sessions import ContactReference
from shared.ports import Chain, Watched, Watching

Key = tuple[str, ContactReference]


class MemoryWatchStore:
    """`until` and `told` (state, when, version) by (tenant id, contact), `chains` by tenant id."""

    def __init__(self) -> None:
        self.until: dict[Key, datetime] = {}
        self.told: dict[Key, tuple[ContactState | None, datetime, str]] = {}
        self.chains: dict[str, Chain] = {}

    async def read(self, tenant_id: str) -> Watching:
        contacts = [
            Watched(contact, until, *self.told.get((of_tenant, contact), (None, None, None)))
            for (of_tenant, contact), until in self.until.items()
            if of_tenant == tenant_id
        ]
        return Watching(contacts, self.chains.get(tenant_id))

    async def watch(self, tenant_id: str, contact: ContactReference, until: datetime) -> None:
        self.until[tenant_id, contact] = until

    async def forget(self, tenant_id: str, contact: ContactReference) -> None:
        self.until.pop((tenant_id, contact), None)
        self.told.pop((tenant_id, contact), None)

    async def tell(self, tenant_id: str, watched: Watched, state: ContactState | None, at: datetime) -> Watched:
        key = (tenant_id, watched.contact)
        noted = self.told.get(key, (None, None, None))[2]
        if noted != watched.version:
            raise VersionConflict(f"{watched.contact.key} of tenant {tenant_id} was told by another host")
        version = str(int(noted or "0") + 1)
        self.told[key] = (state, at, version)
        return replace(watched, told=state, told_at=at, version=version)

    async def move(self, tenant_id: str, chain: Chain | None, turn: int, due: datetime | None) -> None:
        stored = self.chains.get(tenant_id)
        if (stored.version if stored else None) != (chain.version if chain else None):
            raise VersionConflict(f"the chain of tenant {tenant_id} is not at this version")
        version = str(int(stored.version if stored else "0") + 1)
        self.chains[tenant_id] = Chain(turn, due, version)
