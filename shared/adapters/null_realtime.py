"""A deployment without push: widgets look into the thread by themselves."""

from __future__ import annotations

from datetime import datetime

from shared.domain.availability import ContactState
from shared.ports import RealtimeAccess


class NullRealtime:
    async def access(self, session_id: str) -> RealtimeAccess | None:
        return None

    async def nudge(self, session_id: str, state: str) -> None:
        """Nobody listens."""

    async def show_typing(self, session_id: str) -> None:
        """Nobody listens."""

    async def presence_access(self, key: str) -> RealtimeAccess | None:
        return None

    async def publish_presence(self, key: str, state: ContactState, at: datetime) -> None:
        """Nobody listens."""
