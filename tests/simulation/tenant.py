"""The organizations in which the simulations play: their services, workflows and agents differ from seed to seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.distribution import Distribution
from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.organization_units import OrganizationUnit
from shared.domain.services import Service, ServiceDistribution, ServiceModality
from shared.domain.tenants import Tenant
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import ActivityDefinition, Workflow

TENANT_ID = "tenant"
SUPPORT, BILLING = "support", "billing"
EXPOSED = InteractAccess(active=True, modalities=frozenset({INSTANT_MESSAGING.id}))
AGENT_LICENCES = frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING})
UNIT = OrganizationUnit("root", "Lunifico")

SHORT, LONG = 25, 900
"""Seconds in the queue: until the task goes to the other service, and more than any visitor here has patience."""


@dataclass(frozen=True)
class Scene:
    """What the administrators have set. `transfers`: who waits too long in one service goes to the other, and back."""

    name: str
    support: Distribution
    billing: Distribution
    transfers: bool = False
    agents: int = 3
    capacity: int = 2
    cap: int = 20
    after_call_work: int = 0
    checks: bool = False
    max_waiting: int = 0
    announce_every: int = 0

    @property
    def distributions(self) -> dict[str, Distribution]:
        return {SUPPORT: self.support, BILLING: self.billing}

    @property
    def has_lists(self) -> bool:
        """Whether agents take tasks from a list."""
        return Distribution.PICKUP in (self.support, self.billing)

    def documents(self) -> Sequence[OrganizationUnit | Workflow | Service | User]:
        """Both services share all agents but one each."""
        users = [agent(number) for number in range(self.agents)]
        everybody = [user.id for user in users]
        members = {SUPPORT: everybody[:-1] or everybody, BILLING: everybody[1:] or everybody}
        services = [service(self, name, members[name]) for name in self.distributions]
        return [UNIT, *(workflow(self, name) for name in self.distributions), *services, *users]


SCENES = 5
"""As many kinds of scenes are there; seeds play them in turn."""


def scene(seed: int) -> Scene:
    """Every way of distributing work in turn; what else is set is a matter of chance."""
    chance = random.Random(f"scene {seed}")
    capacity = chance.choice([1, 2, 2, 3])
    work = chance.choice([0, 0, 10, 40])
    direct, broadcast, pickup = Distribution.DIRECT, Distribution.BROADCAST, Distribution.PICKUP
    match seed % SCENES:
        case 0:
            return Scene("direct", direct, direct, capacity=capacity, after_call_work=work)
        case 1:
            agents = chance.choice([3, 4, 5, 12])
            return Scene("broadcast", broadcast, broadcast, agents=agents, capacity=capacity, after_call_work=work)
        case 2:
            return Scene("pickup", pickup, pickup, capacity=capacity, after_call_work=work, announce_every=15)
        case 3:
            return Scene(
                "transfers",
                chance.choice([direct, broadcast]),
                chance.choice([direct, broadcast, pickup]),
                transfers=True,
                agents=chance.choice([2, 3, 4]),
                capacity=1,
                cap=chance.choice([2, 3, 20]),
            )
    return Scene(
        "everything",
        chance.choice([direct, broadcast, pickup]),
        chance.choice([direct, broadcast, pickup]),
        transfers=True,
        agents=chance.choice([2, 3, 4]),
        capacity=capacity,
        cap=chance.choice([2, 3, 4]),
        after_call_work=work,
        checks=True,
        max_waiting=chance.choice([0, 2]),
        announce_every=chance.choice([0, 20]),
    )


def workflow(of: Scene, name: str) -> Workflow:
    """With `checks` look who is there and wait for a parameter; queue; with `transfers` go to the other service."""
    queue = {
        "distribution": of.distributions[name].value,
        "ring_seconds": 15,
        "time_limit": SHORT if of.transfers else LONG,
        "max_waiting": of.max_waiting,
        "announce_every": of.announce_every,
    }
    too_long = "transfer" if of.transfers else "cancel"
    other = BILLING if name == SUPPORT else SUPPORT
    all_ways = {"available": "accept", "busy": "accept", "offline": "accept"}
    return Workflow(
        id=name,
        name=name.title(),
        type=INSTANT_MESSAGING.workflow_type,
        organization_unit_id="root",
        start="look" if of.checks else "accept",
        activities=(
            ActivityDefinition("look", "availability_based_routing", {}, all_ways),
            ActivityDefinition("accept", "accept_conversation", {}, {"next": "wait" if of.checks else "queue"}),
            ActivityDefinition(
                "wait",
                "wait_for_parameter",
                {"name": "topic", "time_limit": 5},
                {"set": "queue", "time_limit": "queue"},
            ),
            ActivityDefinition("queue", "queue_task", queue, {"time_limit": too_long, "queue_full": "cancel"}),
            ActivityDefinition("transfer", "transfer", {"service": other}, {"failed": "cancel"}),
            ActivityDefinition("cancel", "cancel_task", {}, {"next": "sorry"}),
            ActivityDefinition("sorry", "message", {"texts": {"en": "Sorry"}}, {"next": "disconnect"}),
            ActivityDefinition("disconnect", "disconnect", {}, {}),
        ),
    )


def tenant(of: Scene, recovery_timeout: int = 300) -> Tenant:
    return Tenant(
        id=TENANT_ID,
        name="Lunifico",
        widget_key="widget-key-of-lunifico",
        interact_enabled=True,
        acs_secret="env:ACS",
        acs_resource_id="/acs",
        instant_messaging_enabled=True,
        conversations_per_agent=of.capacity,
        session_recovery_timeout=recovery_timeout,
        retention_days=0,
        concurrency_cap=of.cap,
    )


def agent(number: int) -> User:
    return User(
        id=f"agent-{number}",
        display_name=f"Agent {number}",
        upn=f"agent{number}@lunifico.example",
        organization_unit_id="root",
        licences=AGENT_LICENCES,
        interact=EXPOSED,
    )


def service(of: Scene, name: str, members: Sequence[str]) -> Service:
    return Service(
        id=name,
        name=f"Lunifico {name.title()}",
        organization_unit_id="root",
        licences=frozenset({Licence.INTERACT, Licence.ENTERPRISE}),
        modalities={INSTANT_MESSAGING.id: ServiceModality(enabled=True, workflow_id=name)},
        interact=EXPOSED,
        members=tuple(members),
        distribution=ServiceDistribution(after_call_work=of.after_call_work),
    )
