"""Which preview links count, in a dict."""

from __future__ import annotations


class MemoryPreviewSeries:
    """`begun` by (tenant id, contact key)."""

    def __init__(self) -> None:
        self.begun: dict[tuple[str, str], str] = {}

    async def current(self, tenant_id: str, contact_key: str) -> str:
        return self.begun.get((tenant_id, contact_key), "")

    async def begin(self, tenant_id: str, contact_key: str, series: str) -> None:
        self.begun[tenant_id, contact_key] = series
