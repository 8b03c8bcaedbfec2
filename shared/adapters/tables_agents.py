"""Agents in Table Storage: partition tenant, one row for each user."""

from __future__ import annotations

from dataclasses import dataclass

from shared.adapters.documents import from_json, to_json
from shared.adapters.rows import joined_text, part, text_properties
from shared.adapters.table_operations import Insert, Put
from shared.adapters.tables import AGENTS, Tables
from shared.domain.distribution import AgentState
from shared.domain.errors import AlreadyExists, VersionConflict
from shared.ports import AgentRecord, BotConversation


@dataclass(frozen=True)
class _Agent:
    """The document of an agent's row."""

    state: AgentState
    conversation: BotConversation | None


class TableAgentStore:
    """The version is the row's ETag."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def read(self, tenant_id: str, user_id: str) -> AgentRecord | None:
        row = await self._tables.get(AGENTS, part(tenant_id), part(user_id))
        if row is None:
            return None
        agent = from_json(_Agent, joined_text("data", row.values))
        return AgentRecord(agent.state, agent.conversation, row.version)

    async def save(
        self, tenant_id: str, state: AgentState, conversation: BotConversation | None, version: str | None
    ) -> str:
        values = text_properties("data", to_json(_Agent(state, conversation)))
        row_key = part(state.user_id)
        change = Insert(row_key, values) if version is None else Put(row_key, values, version)
        try:
            return (await self._tables.write(AGENTS, part(tenant_id), change))[0]
        except AlreadyExists as error:
            raise VersionConflict(f"agent {state.user_id} is stored already") from error
