"""Sessions in pages: those that run, as their slots say, then those that have ended, the newest first.

A page costs one range, and a look at each session that runs in it, however many sessions there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.application.access import Sight
from shared.application.session_lines import SessionLine, contact_key, line_of, line_of_entry
from shared.application.slots import STARTING
from shared.application.waiting import queue_name
from shared.domain.administrators import Administrator
from shared.domain.errors import InvalidRequest
from shared.domain.history import Outcome
from shared.domain.sessions import ContactReference, Phase
from shared.ports import HistoryPage, HistorySelection, Ports, Running, SessionRecord

YEAR = timedelta(days=366)
"""So far back a list goes that does not say from when."""
ROUNDS = 5
"""So many times a page looks further for what an administrator of a unit sees; then it is shorter."""
AT_ONCE = 20
RUNNING, FINISHED = "running ", "finished "
"""With what a cursor begins."""


@dataclass(frozen=True)
class SessionSelection:
    """`running`: True those that run, False those that have ended, None both; times are those of the end.

    Whoever names a time or an outcome means those that have ended.
    """

    running: bool | None = None
    contact: ContactReference | None = None
    agent_id: str = ""
    outcome: Outcome | None = None
    start: datetime | None = None
    end: datetime | None = None
    after: str | None = None
    top: int = 50

    @property
    def wants_running(self) -> bool:
        of_the_end = (self.outcome, self.start, self.end) != (None, None, None)
        return self.running is True or (self.running is None and not of_the_end)


@dataclass(frozen=True)
class SessionPage:
    """A page that is not the last one (`next` None) may have fewer than were asked for."""

    items: tuple[SessionLine, ...]
    next: str | None = None


class SessionLists:
    """Reads; what it frees on the way are slots of sessions that do not run any more."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def page(self, administrator: Administrator, selection: SessionSelection) -> SessionPage:
        """Sessions of the contacts that the administrator sees; raises InvalidRequest for a wrong cursor."""
        sight = Sight(self._ports.administration, administrator)
        after = selection.after
        if after is not None and not after.startswith((RUNNING, FINISHED)):
            raise InvalidRequest("is not the `next` of a page", "after")
        if selection.running is True and after is not None and after.startswith(FINISHED):
            raise InvalidRequest("is the `next` of a page of those that have ended", "after")
        items: tuple[SessionLine, ...] = ()
        if selection.wants_running and (after is None or after.startswith(RUNNING)):
            cursor = after.removeprefix(RUNNING) if after else None
            items, following = await self._running(administrator.tenant_id, sight, selection, cursor)
            if following is not None:
                return SessionPage(items, f"{RUNNING}{following}")
            if selection.running is True:
                return SessionPage(items)
            after = None
            if len(items) == selection.top:
                return SessionPage(items, FINISHED)
        left = replace(selection, top=selection.top - len(items))
        finished, following = await self._finished(administrator.tenant_id, sight, left, after)
        return SessionPage((*items, *finished), f"{FINISHED}{following}" if following is not None else None)

    # --- those that run ----------------------------------------------------------------------------------------------

    async def _running(
        self, tenant_id: str, sight: Sight, selection: SessionSelection, after: str | None
    ) -> tuple[tuple[SessionLine, ...], str | None]:
        if selection.agent_id:
            ids, following = await self._of_agent(tenant_id, selection.agent_id), None
        else:
            page = await self._ports.queue.running(tenant_id, selection.contact, after, selection.top)
            ids, following = await self._still_running(tenant_id, page.items), page.next
        now, tenant = self._ports.clock.now(), await self._ports.config.tenant(tenant_id)
        shows = tenant is not None and tenant.store_conversation_context
        lines = []
        for record in await self._read(ids):
            session = record.session if record is not None else None
            if record is None or session is None or session.phase is Phase.ENDED or session.tenant_id != tenant_id:
                continue
            key = contact_key(session.contact)
            if selection.contact in (None, session.contact) and await sight.sees(key):
                context = shows and record.definition.store_conversation_context
                lines.append(line_of(session, await sight.name(key), now, with_context=context))
        lines.sort(key=lambda line: line.started_at, reverse=True)
        return tuple(lines), following

    async def _of_agent(self, tenant_id: str, agent_id: str) -> Sequence[str]:
        """What the agent's row says: conversations, and what rings."""
        known = await self._ports.agent_store.read(tenant_id, agent_id)
        if known is None:
            return ()
        ring = (known.state.ring.session_id,) if known.state.ring is not None else ()
        return tuple(dict.fromkeys((*known.state.conversations, *ring)))

    async def _still_running(self, tenant_id: str, items: Sequence[Running]) -> Sequence[str]:
        """The sessions of these slots; slots whose session has ended or was never stored are freed."""
        records = await self._read([one.slot.session_id for one in items])
        found: list[str] = []
        for one, record in zip(items, records, strict=True):
            age = self._ports.clock.now() - one.slot.taken_at
            if record.session.phase is Phase.ENDED if record is not None else age >= STARTING:
                await self._ports.queue.free_slot(queue_name(tenant_id, one.contact), one.slot.session_id)
            elif record is not None and record.session.contact == one.contact:
                # One that is being transferred has a place in both services.
                found.append(one.slot.session_id)
        return found

    async def _read(self, ids: Sequence[str]) -> list[SessionRecord | None]:
        found: list[SessionRecord | None] = []
        for start in range(0, len(ids), AT_ONCE):
            several = ids[start : start + AT_ONCE]
            found += await asyncio.gather(*(self._ports.sessions.read(one) for one in several))
        return found

    # --- those that have ended ---------------------------------------------------------------------------------------

    async def _finished(
        self, tenant_id: str, sight: Sight, selection: SessionSelection, after: str | None
    ) -> tuple[list[SessionLine], str | None]:
        end = selection.end or self._ports.clock.now() + timedelta(minutes=5)
        cursor = (after or "").removeprefix(FINISHED) or None
        chosen = HistorySelection(
            start=selection.start or end - YEAR,
            end=end,
            contact=selection.contact,
            agent_id=selection.agent_id,
            outcome=selection.outcome,
            after=cursor,
            top=selection.top,
        )
        tenant = await self._ports.config.tenant(tenant_id)
        shows = tenant is not None and tenant.store_conversation_context
        lines: list[SessionLine] = []
        page = HistoryPage(())
        for _ in range(ROUNDS):
            page = await self._ports.history.list(tenant_id, replace(chosen, top=selection.top - len(lines)))
            for entry in page.entries:
                key = contact_key(entry.contact)
                if await sight.sees(key):
                    kept = entry if shows else replace(entry, customer=None, parameters={})
                    lines.append(line_of_entry(kept, await sight.name(key)))
            if page.next is None or len(lines) >= selection.top:
                break
            chosen = replace(chosen, after=page.next)
        return lines, page.next
