"""A contact centre out of Lunifico: services as a test wants them, each with a workflow around one Queue Task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.services import Service, ServiceDistribution, ServiceModality
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.users import User
from shared.domain.workflows import ActivityDefinition, Workflow
from tests.application.company import IM, LUISA, MARIO, SERVICE, TENANT, WORKFLOW
from tests.application.world import World

ACCEPT = ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"})
CANCEL = ActivityDefinition("cancel", "cancel_task", {}, {"next": "disconnect"})
DISCONNECT = ActivityDefinition("disconnect", "disconnect")


def team(count: int) -> list[User]:
    """Agents `agent-00`, `agent-01`, …, who are asked in this order while nobody has had a task."""
    return [replace(MARIO, id=f"agent-{number:02}", display_name=f"Agent {number:02}") for number in range(count)]


def queue_task(exits: Mapping[str, str] | None = None, **parameters: Any) -> ActivityDefinition:
    return ActivityDefinition("queue", "queue_task", parameters, exits or {"time_limit": "cancel"})


def workflow(*activities: ActivityDefinition, name: str = "chat", start: str = "accept", **changes: Any) -> Workflow:
    """Accept, the given activities, Cancel Task and Disconnect; one that is given replaces its namesake."""
    given = {activity.id for activity in activities}
    around = [activity for activity in (ACCEPT, CANCEL, DISCONNECT) if activity.id not in given]
    flow = Workflow(name, name, INSTANT_MESSAGING.workflow_type, "root", start, (*activities, *around))
    return replace(flow, **changes)


def service(name: str, flow: Workflow, members: Sequence[User], **distribution: Any) -> Service:
    return replace(
        SERVICE,
        id=name,
        name=f"Lunifico {name.title()}",
        modalities={IM: ServiceModality(enabled=True, workflow_id=flow.id)},
        members=tuple(user.id for user in members),
        distribution=ServiceDistribution(**distribution),
    )


def put(world: World, flow: Workflow = WORKFLOW, members: Sequence[User] = (MARIO, LUISA), **distribution: Any) -> None:
    """The service *sales* works by this workflow and these people."""
    world.config.put(TENANT.id, flow, service("sales", flow, members, **distribution), *members)


def put_second(
    world: World, name: str, flow: Workflow, members: Sequence[User], **distribution: Any
) -> ContactReference:
    """Another service beside *sales*."""
    world.config.put(TENANT.id, flow, service(name, flow, members, **distribution), *members)
    return ContactReference(ContactKind.SERVICE, name)


LIMIT = 30
"""Seconds after which a conversation is transferred by `leading_to`."""
FAILED = ActivityDefinition("failed", "message", {"texts": {"en": "No other service."}}, {"next": "disconnect"})
ORDERS = ContactReference(ContactKind.SERVICE, "orders")


def leading_to(target: str, name: str = "chat") -> Workflow:
    """Who waits for half a minute goes to another service."""
    transfer = ActivityDefinition("transfer", "transfer", {"service": target}, {"failed": "failed"})
    return workflow(queue_task({"time_limit": "transfer"}, time_limit=LIMIT), transfer, FAILED, name=name)


def two_services() -> World:
    """Mario answers for *sales*, Luisa for *orders*; who waits too long at *sales* goes there."""
    world = World()
    put(world, leading_to("orders"), [MARIO])
    put_second(world, "orders", workflow(queue_task(ring_seconds=40, time_limit=60), name="orders"), [LUISA])
    return world


def holders(world: World, contact: ContactReference) -> list[str]:
    """The sessions that have a slot of this service."""
    return [slot.session_id for slot in world.queue.taken.get(f"{TENANT.id}:{contact.key}", {}).values()]


def events(world: World, session_id: str) -> list[str | None]:
    """What the widget learns from the messages in the thread."""
    return [message.metadata.get("event") for message in world.thread(session_id) if "effectId" in message.metadata]


def ringing(world: World) -> set[str]:
    """The users who ring now, as their rows say."""
    return {user_id for (_, user_id), record in world.agent_store.records.items() if record.state.ring is not None}
