"""How agents stand, and what sets one right again who gets no tasks for a reason that is none any more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.application.access import Sight
from shared.application.agent_rows import AgentRows
from shared.application.duty import ServiceStanding
from shared.application.members import PERSONAL, Members
from shared.application.session_stories import audited
from shared.application.waiting import Waiting
from shared.domain.administrators import Administrator
from shared.domain.availability import Selectability, TeamsPresence, as_seen, not_selectable
from shared.domain.distribution import AgentState, LeftOut
from shared.domain.documents import DocumentKey, Kind
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.services import Service
from shared.domain.sessions import Phase
from shared.domain.users import User
from shared.ports import AuditAction, Ports

ROUNDS = 5
"""So many times a page looks further for agents that an administrator of a unit sees; then it is shorter."""


@dataclass(frozen=True)
class AgentView:
    """`state` is None for a member who was never registered with the bot; `reason` None: a task can come.

    `is_ring_over`: the time of the invitation that stands in the row is over.
    """

    user_id: str
    user: User | None
    state: AgentState | None
    presence: TeamsPresence
    capacity: int
    services: tuple[ServiceStanding, ...]
    reason: LeftOut | None
    is_ring_over: bool = False


@dataclass(frozen=True)
class AgentViews:
    """A page that is not the last one (`next` None) may have fewer than were asked for."""

    items: tuple[AgentView, ...]
    next: str | None = None


@dataclass(frozen=True)
class Reset:
    """How the agent stands now, and what was set right (see `_changes` for the names)."""

    agent: AgentView
    changes: tuple[str, ...]


class AgentOverview:
    """An agent is seen by whoever sees the user."""

    def __init__(self, ports: Ports, rows: AgentRows, waiting: Waiting) -> None:
        self._ports, self._rows, self._waiting = ports, rows, waiting

    async def page(self, administrator: Administrator, service_id: str, after: str | None, top: int) -> AgentViews:
        """Whoever was ever registered with the bot, or all members of a service. Raises NotFound, InvalidRequest."""
        sight = Sight(self._ports.administration, administrator)
        if service_id:
            return await self._members(administrator, sight, service_id, after, top)
        views: list[AgentView] = []
        for _ in range(ROUNDS):
            page = await self._ports.agent_store.list(administrator.tenant_id, after, top - len(views))
            states = [record.state for record in page.records]
            seen = [one for one in states if await sight.sees(DocumentKey(Kind.USER, one.user_id))]
            views += await self._views(administrator.tenant_id, sight, [(one.user_id, one) for one in seen])
            after = page.next
            if after is None or len(views) >= top:
                break
        return AgentViews(tuple(views), after)

    async def read(self, administrator: Administrator, user_id: str) -> AgentView:
        """Raises NotFound."""
        return await self._read(administrator, Sight(self._ports.administration, administrator), user_id)

    async def reset(self, administrator: Administrator, user_id: str) -> Reset:
        """Take away what keeps an agent from tasks and is not so any more; who waits is looked at.

        A missed invitation (RONA), after-call work, a ring and conversations that no session confirms. What really
        rings, conversations that go on, and off duty stay. Raises NotFound, RoleMissing; it may be repeated.
        """
        tenant_id = administrator.tenant_id
        sight = Sight(self._ports.administration, administrator)
        before = await self._read(administrator, sight, user_id)
        key = DocumentKey(Kind.USER, user_id)
        await sight.check_change(key)
        if before.state is None:
            return Reset(before, ())
        gone = await self._gone(before.state)
        told = {"missed": before.state.missed or "", "conversations": ", ".join(gone)}
        await self._ports.administration.record(
            tenant_id, audited(self._ports, administrator, AuditAction.RESET, key, {"agent": user_id, **told})
        )
        await self._rows.settled(tenant_id, user_id)
        now = self._ports.clock.now()

        def change(state: AgentState) -> AgentState:
            kept = tuple(one for one in state.conversations if one not in gone)
            idle_since = state.idle_since if kept == state.conversations else now
            return replace(state, missed=None, after_call_until=None, conversations=kept, idle_since=idle_since)

        after = await self._rows.change(tenant_id, user_id, change)
        await self._waiting.wake_for(tenant_id, user_id)
        view = await self._read(administrator, sight, user_id)
        return Reset(view, _changes(before.state, after))

    async def _gone(self, state: AgentState) -> Sequence[str]:
        """Conversations of the row that are none of the agent's: once they have ended they never are again."""
        records = await asyncio.gather(*(self._ports.sessions.read(one) for one in state.conversations))
        gone = []
        for session_id, record in zip(state.conversations, records, strict=True):
            session = record.session if record is not None else None
            is_with = session is not None and session.agent is not None and session.agent.id == state.user_id
            if session is None or session.phase is not Phase.CONNECTED or not is_with:
                gone.append(session_id)
        return gone

    async def _read(self, administrator: Administrator, sight: Sight, user_id: str) -> AgentView:
        key = DocumentKey(Kind.USER, user_id)
        record = await self._ports.agent_store.read(administrator.tenant_id, user_id)
        known = record is not None or await sight.document(key) is not None
        if not known or not await sight.sees(key):
            raise NotFound(f"there is no agent '{user_id}'")
        state = record.state if record is not None else None
        return (await self._views(administrator.tenant_id, sight, [(user_id, state)]))[0]

    async def _members(
        self, administrator: Administrator, sight: Sight, service_id: str, after: str | None, top: int
    ) -> AgentViews:
        key = DocumentKey(Kind.SERVICE, service_id)
        service = await sight.document(key)
        if not isinstance(service, Service) or not await sight.sees(key):
            raise NotFound(f"there is no service '{service_id}'")
        if after is not None and not (after.isascii() and after.isdecimal() and len(after) < 10):
            raise InvalidRequest("is not the `next` of a page", "after")
        start, end = int(after or 0), int(after or 0) + top
        members = service.members[start:end]
        records = await asyncio.gather(
            *(self._ports.agent_store.read(administrator.tenant_id, member) for member in members)
        )
        states = [
            (member, record.state if record is not None else None)
            for member, record in zip(members, records, strict=True)
            if await sight.sees(DocumentKey(Kind.USER, member))
        ]
        views = await self._views(administrator.tenant_id, sight, states)
        return AgentViews(tuple(views), str(end) if end < len(service.members) else None)

    async def _views(
        self, tenant_id: str, sight: Sight, states: Sequence[tuple[str, AgentState | None]]
    ) -> list[AgentView]:
        """Several agents at once: their presence is one question to Teams."""
        tenant = await self._ports.config.tenant(tenant_id)
        if tenant is None or not states:
            return []
        presences = await self._ports.presence.of(tenant, tuple(user_id for user_id, _ in states))
        capacity = tenant.conversations_per_agent
        views = []
        for user_id, state in states:
            presence = presences.get(user_id, TeamsPresence.UNKNOWN)
            views.append(await self._view(tenant_id, sight, user_id, state, presence, capacity))
        return views

    async def _view(
        self,
        tenant_id: str,
        sight: Sight,
        user_id: str,
        state: AgentState | None,
        presence: TeamsPresence,
        capacity: int,
    ) -> AgentView:
        now = self._ports.clock.now()
        user = await sight.document(DocumentKey(Kind.USER, user_id))
        unlicensed = await Members(self._ports).unlicensed(tenant_id, user_id)
        seen = as_seen(state, now) if state is not None else None
        standings = []
        for service in await self._ports.config.services_of(tenant_id, user_id):
            rules = Selectability(capacity, service.distribution)
            standings.append(ServiceStanding(service, unlicensed or not_selectable(seen, presence, rules, now)))
        alone = not_selectable(seen, presence, Selectability(capacity, PERSONAL), now)
        reasons = [one.reason for one in standings] or [alone]
        return AgentView(
            user_id,
            user if isinstance(user, User) else None,
            state,
            presence,
            capacity,
            tuple(standings),
            None if None in reasons else reasons[0],
            state is not None and seen is not None and seen.ring is None and state.ring is not None,
        )


def _changes(before: AgentState, after: AgentState | None) -> tuple[str, ...]:
    if after is None:
        return ()
    changed = {
        "missedInvitation": (before.missed, after.missed),
        "ring": (before.ring, after.ring),
        "afterCallWork": (before.after_call_until, after.after_call_until),
        "conversations": (before.conversations, after.conversations),
    }
    return tuple(name for name, (was, now) in changed.items() if was != now)
