"""Seals that are numbers of a list, and times in a dict."""

from __future__ import annotations

from datetime import datetime

from shared.ports import SealPurpose


class MemorySeals:
    def __init__(self) -> None:
        self.sealed: list[tuple[SealPurpose, bytes]] = []

    def seal(self, purpose: SealPurpose, content: bytes) -> str:
        self.sealed.append((purpose, content))
        return f"seal-{len(self.sealed) - 1}"

    def open(self, purpose: SealPurpose, seal: str) -> bytes | None:
        number = seal.removeprefix("seal-")
        if not (number.isascii() and number.isdigit()) or int(number) >= len(self.sealed):
            return None
        kept, content = self.sealed[int(number)]
        return content if kept is purpose and seal == f"seal-{int(number)}" else None


class MemoryArrivals:
    def __init__(self) -> None:
        self.times: dict[str, datetime] = {}

    async def note(self, tenant_id: str, at: datetime) -> None:
        self.times[tenant_id] = at

    async def last(self, tenant_id: str) -> datetime | None:
        return self.times.get(tenant_id)
