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


def events(world: World, session_id: str) -> list[str | None]:
    """What the widget learns from the messages in the thread."""
    return [message.metadata.get("event") for message in world.thread(session_id) if "effectId" in message.metadata]


def ringing(world: World) -> set[str]:
    """The users who ring now, as their rows say."""
    return {user_id for (_, user_id), record in world.agent_store.records.items() if record.state.ring is not None}
