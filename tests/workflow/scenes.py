"""Workflows with everything in them: each distribution, limits, parameters, availability, and transfers to and fro."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shared.domain.distribution import Distribution
from shared.domain.parameters import Agent
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.workflows import ActivityDefinition, Definition, Workflow
from tests.workflow.stories import CANCEL, DISCONNECT, SALES, SAY_SORRY, definition, workflow

ORDERS = ContactReference(ContactKind.SERVICE, "orders")
ANNOUNCE_EVERY = 20
TWELVE = tuple(Agent(f"agent-{number:02}", f"Agent {number:02}") for number in range(12))


def by(distribution: Distribution, **parameters: Any) -> Workflow:
    """Accept, queue with this distribution, and give up after a minute."""
    accept = ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"})
    settings = {"distribution": distribution.value, "time_limit": 60, **parameters}
    queue = ActivityDefinition("queue", "queue_task", settings, {"time_limit": "cancel"})
    return workflow(accept, queue, CANCEL, SAY_SORRY, DISCONNECT)


def with_everything(distribution: Distribution, other: str) -> Workflow:
    """Who is there? Which topic? Queue with a limit of everything; who waits in vain goes to the other service."""
    return workflow(
        ActivityDefinition(
            "look", "availability_based_routing", {}, {"available": "accept", "busy": "accept", "offline": "accept"}
        ),
        ActivityDefinition("accept", "accept_conversation", {}, {"next": "wait"}),
        ActivityDefinition(
            "wait", "wait_for_parameter", {"name": "topic", "time_limit": 10}, {"set": "which", "time_limit": "which"}
        ),
        ActivityDefinition(
            "which", "check_parameter", {"name": "topic", "value": "shoes"}, {"match": "queue", "no_match": "greeting"}
        ),
        ActivityDefinition("greeting", "message", {"texts": {"en": "About $(Custom.topic)."}}, {"next": "queue"}),
        ActivityDefinition(
            "queue",
            "queue_task",
            {
                "distribution": distribution.value,
                "time_limit": 60,
                "max_waiting": 3,
                "announce_every": ANNOUNCE_EVERY,
            },
            {"time_limit": "became", "queue_full": "became", "declined": "became"},
        ),
        ActivityDefinition(
            "became", "check_task", {}, {"not_queued": "transfer", "waiting": "transfer", "cancelled": "transfer"}
        ),
        ActivityDefinition("transfer", "transfer", {"service": other}, {"failed": "cancel"}),
        CANCEL,
        SAY_SORRY,
        DISCONNECT,
        start="look",
    )


def services(distribution: Distribution) -> dict[str, Definition]:
    """Two services, by their ids, that send each other those who wait too long."""
    sales = definition(with_everything(distribution, ORDERS.id))
    orders = definition(with_everything(distribution, SALES.id))
    return {SALES.id: sales, ORDERS.id: replace(orders, contact_name="Lunifico Orders", after_call_work=60)}
