"""One story from a seed: who is there, what happens, and which promises were broken."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from shared.domain.sessions import ContactReference, Phase
from shared.ports import InvitationView
from tests.simulation.agent_people import AgentPerson
from tests.simulation.checks import check_everything, check_single_offer
from tests.simulation.faults import PROFILES
from tests.simulation.native import TRANSPORTS
from tests.simulation.people import Visitor, service_contact, user_contact
from tests.simulation.tenant import BILLING, SCENES, SUPPORT, scene
from tests.simulation.virtual_time import run_virtual
from tests.simulation.world import HOSTS, World

LIFETIME = 3 * 3600
"""Seconds of virtual time, after which everything must be over: the queue's limit is 15 min, a lost message 10 min."""

WEATHER = ("storm", "hurricane", "storm", "hurricane", "calm", "storm", "hurricane", "storm", "hurricane", "storm")
"""How bad the days are, in turn: mostly bad."""


def dealt(seed: int) -> tuple[str, str]:
    """Profile and transport of a seed where nobody asks for certain ones: in turn, each with every scene."""
    turn = seed // SCENES
    return WEATHER[turn % len(WEATHER)], TRANSPORTS[turn // len(WEATHER) % len(TRANSPORTS)]


@dataclass(frozen=True)
class Outcome:
    """What a story showed."""

    seed: int
    profile: str
    scene: str
    violations: tuple[str, ...]
    repeats: int
    in_doubt: int
    calls: dict[str, int]
    transport: str = "acs"
    written: int = 0
    answered: int = 0
    kills: int = 0
    hosts: int = HOSTS

    @property
    def replay(self) -> str:
        several = f" HOSTS={self.hosts}" if self.hosts != HOSTS else ""
        return f"make simulate TRANSPORT={self.transport} PROFILE={self.profile}{several} SEED={self.seed}"


def tell(seed: int, profile: str, transport: str = "acs", hosts: int = HOSTS) -> Outcome:
    """Play the story of a seed under a profile of faults."""
    random.seed(seed)  # the jitter of the code under test
    return run_virtual(lambda: _tell(seed, profile, transport, hosts))


async def _tell(seed: int, profile: str, transport: str, hosts: int) -> Outcome:
    world = World(seed, PROFILES[profile], scene(seed), transport=transport, instances=hosts)
    source = world.random
    agents = [AgentPerson(world, number, messages=source.randint(1, 6)) for number in range(world.scene.agents)]
    visitors = [
        Visitor(
            world,
            number,
            _contact(world),
            messages=source.randint(1, 7),
            ends=source.random() < 0.6,
            names_a_topic=world.scene.checks and source.random() < 0.5,
        )
        for number in range(source.randint(2, 6))
    ]
    by_id = {agent.user_id: agent for agent in agents}

    def invited(agent_id: str, view: InvitationView) -> None:
        check_single_offer(world, agent_id, view)
        by_id[agent_id].invited(view)

    def is_over() -> bool:
        """Whether no agent can have anything to do any more."""
        rows = [world.sessions.rows.get(visitor.session_id) for visitor in visitors]
        return all(one is not None and one.session.phase is Phase.ENDED for one in rows)

    world.on_invitation, world.is_over = invited, is_over
    world.schedule_kills(within=200)
    await asyncio.gather(*(agent.install() for agent in agents))
    await asyncio.gather(*(one.live() for one in visitors), *(agent.work() for agent in agents))
    await asyncio.sleep(LIFETIME)
    repeats = check_everything(world, agents, visitors)
    marked = sum(1 for sent in world.agents.sent if sent.again)
    counts = dict(world.network.counts)
    return Outcome(
        seed,
        profile,
        world.scene.name,
        tuple(world.violations),
        repeats,
        marked,
        counts,
        transport,
        written=sum(len(visitor.written) for visitor in visitors),
        answered=sum(len(said) for agent in agents for said in agent.sent.values()),
        kills=sum(host.generation for host in world.hosts),
        hosts=hosts,
    )


def _contact(world: World) -> ContactReference:
    """Mostly a service; where work is offered directly, sometimes an agent in person."""
    chance = world.random.random()
    if world.scene.name == "direct" and chance < 0.2:
        return user_contact(world.random.randrange(world.scene.agents))
    return service_contact(BILLING if chance > 0.7 else SUPPORT)
