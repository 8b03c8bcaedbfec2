"""When something last came from outside, for administrators who wonder whether anything comes at all."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Arrivals(Protocol):
    """One time for each tenant; about it, since whoever writes it down does so now and then."""

    async def note(self, tenant_id: str, at: datetime) -> None:
        """An event of the tenant's ACS resource has come."""
        ...

    async def last(self, tenant_id: str) -> datetime | None: ...
