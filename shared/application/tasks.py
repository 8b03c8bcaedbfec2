"""The list of waiting tasks that agents pick up from (distribution *Pickup*)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.application.agent_rows import AgentRows, without_offer
from shared.application.agents import Activity, Answer, became
from shared.application.members import Candidates, Members
from shared.application.occasions import Happened
from shared.application.queue import as_agent
from shared.application.relay import Relay
from shared.application.waiting import Waiting, queue_name
from shared.domain.availability import TeamsPresence, not_selectable
from shared.domain.distribution import Distribution, LeftOut, Ring
from shared.domain.errors import VersionConflict
from shared.domain.events import AgentPickedUp
from shared.domain.sessions import ContactKind, ContactReference, Phase, TaskPhase
from shared.ports import Ports, SessionRecord

PICKING_UP = timedelta(seconds=8)
"""So long it counts that an agent takes a task from the list …"""
ARRIVING = timedelta(seconds=6)
"""… and so much longer the agent is kept free for it: a write that was given up may land so late."""
LISTED = 50
"""Hints that are looked at for each service."""
TRIES = 4


@dataclass(frozen=True)
class WaitingTask:
    """A task on the list, as an agent sees it."""

    session_id: str
    service_name: str
    customer_name: str
    waiting_since: datetime


class Tasks:
    """The list, and taking from it."""

    def __init__(self, ports: Ports, relay: Relay, rows: AgentRows, waiting: Waiting) -> None:
        self._ports = ports
        self._relay = relay
        self._rows = rows
        self._waiting = waiting

    async def waiting(self, activity: Activity) -> Sequence[WaitingTask]:
        """Tasks to be picked up of all services of the agent, the longest waiting first."""
        found: list[WaitingTask] = []
        for service in await self._ports.config.services_of(activity.tenant_id, activity.user_id):
            queue = queue_name(activity.tenant_id, ContactReference(ContactKind.SERVICE, service.id))
            hints = await self._ports.queue.first(queue, LISTED)
            records = await asyncio.gather(*(self._ports.sessions.read(session_id) for _, session_id in hints))
            for (queued_at, session_id), record in zip(hints, records, strict=True):
                is_stale = await self._waiting.clear_if_stale(queue, queued_at, session_id, record)
                if record is not None and not is_stale and can_be_picked_up(record):
                    name = record.session.customer.display_name
                    found.append(WaitingTask(session_id, service.name, name, queued_at))
        return sorted(found, key=lambda task: task.waiting_since)

    async def pick_up(self, activity: Activity, session_id: str) -> Answer:
        """Take a task: `accepted`, `taken` (by whom), `expired`, `ended`, or the reason why this agent cannot now."""
        record = await self._ports.sessions.read(session_id)
        if record is None or record.session.tenant_id != activity.tenant_id:
            return Answer("expired")
        if not can_be_picked_up(record):
            return became(record.session, activity)
        candidates = await Members(self._ports).candidates(activity.tenant_id, record.session.contact)
        user = candidates.users.get(activity.user_id)
        if user is None:
            return Answer("not_a_member")
        offer_id = f"{session_id}.pickup.{activity.user_id}"
        until = self._ports.clock.now() + PICKING_UP
        reason = await self._reserve(activity, Ring(session_id, offer_id, until + ARRIVING, picked_up=True), candidates)
        if reason is not None:
            return Answer(reason.value, record.session.customer.display_name)
        event = AgentPickedUp(as_agent(user), offer_id, until)
        seen = await self._relay.look(session_id, Happened(event, tenant_id=activity.tenant_id))
        answer = became(seen.session, activity) if seen else Answer("expired")
        if answer.outcome != "accepted":
            # By its own id: meanwhile the task may have gone to another service, and be offered to this agent there.
            await self._rows.change(activity.tenant_id, activity.user_id, lambda state: without_offer(state, offer_id))
        return answer

    async def _reserve(self, activity: Activity, ring: Ring, candidates: Candidates) -> LeftOut | None:
        """Let the agent ring for this task; the reason where that cannot be. Presence in Teams does not count:
        whoever takes a task by hand is there."""
        for _ in range(TRIES):
            record = await self._rows.settled(activity.tenant_id, activity.user_id)
            state = without_offer(record.state, ring.offer_id) if record else None
            reason = not_selectable(state, TeamsPresence.UNKNOWN, candidates.rules, self._ports.clock.now())
            if reason is not None or record is None:
                return reason
            try:
                await self._rows.write(activity.tenant_id, record, replace(record.state, ring=ring))
            except VersionConflict:
                continue
            return None
        return LeftOut.TAKEN_MEANWHILE


def can_be_picked_up(record: SessionRecord) -> bool:
    """Whether a task waits for somebody who takes it, with a person on the other side."""
    session = record.session
    if session.phase is not Phase.WAITING or session.task is None or not session.visitor_seen:
        return False
    activity = record.definition.workflow.activity(session.position or "")
    if activity is None or session.task.phase is not TaskPhase.WAITING:
        return False
    return activity.parameters.get("distribution") == Distribution.PICKUP.value
