"""Preview links of a contact belong to a series: to revoke them is to begin another one."""

from __future__ import annotations

from typing import Protocol


class PreviewSeries(Protocol):
    """`contact_key` is that of a ContactReference. No clock is asked, so that none that differs lets a link survive."""

    async def current(self, tenant_id: str, contact_key: str) -> str:
        """The series whose links count; empty where none was ever revoked."""
        ...

    async def begin(self, tenant_id: str, contact_key: str, series: str) -> None:
        """From now on only links of this series count."""
        ...
