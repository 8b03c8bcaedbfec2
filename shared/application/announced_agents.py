"""Agents' rows whose changes are told to those who watch: whoever writes one need not think of it."""

from __future__ import annotations

from shared.application.watching import PresenceWatch
from shared.domain.distribution import AgentState
from shared.ports import AgentPage, AgentRecord, AgentStore, BotConversation


class AnnouncedAgents:
    """Fulfils `AgentStore` in front of another one."""

    def __init__(self, store: AgentStore, watch: PresenceWatch) -> None:
        self._store = store
        self._watch = watch

    async def read(self, tenant_id: str, user_id: str) -> AgentRecord | None:
        return await self._store.read(tenant_id, user_id)

    async def list(self, tenant_id: str, after: str | None, count: int) -> AgentPage:
        return await self._store.list(tenant_id, after, count)

    async def save(
        self, tenant_id: str, state: AgentState, conversation: BotConversation | None, version: str | None
    ) -> str:
        saved = await self._store.save(tenant_id, state, conversation, version)
        await self._watch.agent_changed(tenant_id, state.user_id)
        return saved
