"""What tests of the queue look at: agents' rows, one round of offers, and who was left out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.application.agent_rows import AgentRows
from shared.application.queue import TaskQueue
from shared.application.waiting import Waiting
from shared.domain.distribution import AgentState
from shared.domain.effects import OfferTask
from shared.domain.events import AgentsReserved
from shared.domain.sessions import Session, TaskPhase
from shared.domain.users import User
from shared.ports import Ports
from tests.application.company import MARIO, TENANT
from tests.application.world import World

OTHERS = [replace(MARIO, id=f"agent-{number}", display_name=f"Agent {number}") for number in range(4)]


def task_queue(ports: Ports) -> TaskQueue:
    """The queue of a host of its own."""
    return TaskQueue(ports, AgentRows(ports), Waiting(ports))


def state(world: World, user: User = MARIO) -> AgentState:
    return world.agent_store.records[(TENANT.id, user.id)].state


def change(world: World, user: User, **changes: object) -> None:
    world.agent_store.change(TENANT.id, user.id, **changes)


def reserved(world: World, session_id: str) -> dict[str, Any]:
    """What the session's timeline says of its last round."""
    return world.happened(session_id, "AgentsReserved")[-1]


def left_out(world: World, session_id: str) -> dict[str, str]:
    return dict(reserved(world, session_id)["left_out"])


def offering(world: World, session_id: str) -> tuple[Session, OfferTask]:
    """The session as it was in the moment before its agents are reserved, and the effect that asks for them."""
    session = world.session(session_id)
    assert session.task is not None
    task = replace(session.task, phase=TaskPhase.OFFERING, offer_id="this.1", invitations=())
    return replace(session, task=task), OfferTask("this.1", "direct", world.clock.now() + timedelta(seconds=8), 30)


async def offer(world: World, session_id: str, **changes: Any) -> AgentsReserved:
    session, effect = offering(world, session_id)
    (answer,) = await task_queue(world.ports).offer(session, replace(effect, **changes))
    assert isinstance(answer, AgentsReserved)
    return answer


def offered_to(world: World, session_id: str) -> list[str]:
    return [invitation.agent.id for invitation in world.task(session_id).invitations]
