"""A deployment without push: widgets look into the thread by themselves."""

from __future__ import annotations

from shared.ports import RealtimeAccess


class NullRealtime:
    async def access(self, session_id: str) -> RealtimeAccess | None:
        return None

    async def nudge(self, session_id: str, state: str) -> None:
        """Nobody listens."""
