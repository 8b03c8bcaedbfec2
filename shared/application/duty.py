"""An agent's own state: on and off duty, back after a missed invitation, ready before after-call work is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.application.agent_rows import AgentRows, Change
from shared.application.agents import Activity, Answer
from shared.application.members import PERSONAL, Members
from shared.application.waiting import Waiting
from shared.domain.availability import Selectability, TeamsPresence, not_selectable
from shared.domain.distribution import AgentState, LeftOut
from shared.domain.services import Service
from shared.ports import Ports


@dataclass(frozen=True)
class ServiceStanding:
    """Whether an agent gets tasks of a service now; None where nothing is in the way."""

    service: Service
    reason: LeftOut | None


@dataclass(frozen=True)
class Status:
    """All that an agent may want to know of oneself."""

    state: AgentState
    presence: TeamsPresence
    capacity: int
    services: Sequence[ServiceStanding]
    alone: LeftOut | None = None

    @property
    def reason(self) -> LeftOut | None:
        """Why no task comes at all; None where one can. Without a service `alone` counts: what holds in person."""
        reasons = [standing.reason for standing in self.services] or [self.alone]
        return None if None in reasons else reasons[0]


class Duty:
    """The verbs with which an agent says whether tasks may come."""

    def __init__(self, ports: Ports, rows: AgentRows, waiting: Waiting) -> None:
        self._ports = ports
        self._rows = rows
        self._waiting = waiting

    async def status(self, activity: Activity) -> Status | None:
        """How the agent stands; None for somebody who never registered with the bot."""
        tenant = await self._ports.config.tenant(activity.tenant_id)
        record = await self._rows.settled(activity.tenant_id, activity.user_id)
        if tenant is None or record is None:
            return None
        presences = await self._ports.presence.of(tenant, (activity.user_id,))
        presence = presences.get(activity.user_id, TeamsPresence.UNKNOWN)
        services = await self._ports.config.services_of(activity.tenant_id, activity.user_id)
        now, capacity = self._ports.clock.now(), tenant.conversations_per_agent
        members = Members(self._ports)
        standings: list[ServiceStanding] = []
        for service in services:
            reason = await members.unlicensed(activity.tenant_id, activity.user_id)
            rules = Selectability(capacity, service.distribution)
            standings.append(ServiceStanding(service, reason or not_selectable(record.state, presence, rules, now)))
        alone = not_selectable(record.state, presence, Selectability(capacity, PERSONAL), now)
        return Status(record.state, presence, capacity, standings, alone)

    async def set_duty(self, activity: Activity, *, on: bool) -> Answer:
        """On duty: tasks may come; off duty: none do, and open conversations stay."""
        return await self._set(activity, lambda state: replace(state, on_duty=on), "on_duty" if on else "off_duty")

    async def available(self, activity: Activity) -> Answer:
        """Reset the flag of a missed invitation (RONA)."""
        return await self._set(activity, lambda state: replace(state, missed=None, on_duty=True), "available")

    async def ready(self, activity: Activity) -> Answer:
        """End the after-call work before its time is over."""
        return await self._set(activity, lambda state: replace(state, after_call_until=None), "ready")

    async def _set(self, activity: Activity, change: Change, outcome: str) -> Answer:
        state = await self._rows.change(activity.tenant_id, activity.user_id, change, activity.conversation)
        if state is None:
            # Somebody who writes to the bot has it, though we have never heard of its installation.
            await self._rows.register(activity.tenant_id, activity.user_id, activity.conversation)
            await self._rows.change(activity.tenant_id, activity.user_id, change)
        if outcome != "off_duty":
            await self._waiting.wake_for(activity.tenant_id, activity.user_id)
        return Answer(outcome)
