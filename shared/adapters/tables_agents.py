"""Agents in Table Storage: partition tenant, one row for each user."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.adapters.documents import from_json, to_json
from shared.adapters.rows import joined_text, part, text_properties
from shared.adapters.table_operations import Insert, Put
from shared.adapters.tables import AGENTS, Row, Tables
from shared.domain.distribution import AgentState
from shared.domain.errors import AlreadyExists, InvalidRequest, VersionConflict
from shared.ports import AgentPage, AgentRecord, BotConversation

CURSOR = re.compile(r"[A-Za-z0-9%@!$&()*+,;=\-._~|]{1,1000}\Z")
FIRST, LAST = "!", "~~"
"""Before and after every key: ids begin with a letter or a digit."""


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
        return _record(row)

    async def list(self, tenant_id: str, after: str | None, count: int) -> AgentPage:
        if after is not None and not CURSOR.match(after):
            raise InvalidRequest("is not the `next` of a page", "after")
        start = f"{after}!" if after else FIRST
        rows = await self._tables.between(AGENTS, part(tenant_id), start, LAST, count)
        return AgentPage(tuple(_record(row) for row in rows), rows[-1].key if len(rows) == count else None)

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


def _record(row: Row) -> AgentRecord:
    agent = from_json(_Agent, joined_text("data", row.values))
    return AgentRecord(agent.state, agent.conversation, row.version)
