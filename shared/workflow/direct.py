"""The built-in workflow of direct conversations: no service, one user, the same engine."""

from __future__ import annotations

from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.workflows import ActivityDefinition, Workflow

DIRECT_RING_SECONDS = 120
"""A person who is addressed directly gets longer than a member of a service: there is nobody else to ask."""

DIRECT_WORKFLOW = Workflow(
    id="direct",
    name="Direct conversation",
    type=INSTANT_MESSAGING.workflow_type,
    organization_unit_id="",
    start="accept",
    activities=(
        ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}),
        ActivityDefinition(
            "queue",
            "queue_task",
            {"ring_seconds": DIRECT_RING_SECONDS, "time_limit": DIRECT_RING_SECONDS + 30, "decline_ends": True},
            {"declined": "decline", "time_limit": "decline"},
        ),
        ActivityDefinition("decline", "disconnect", {"declined": True}, {}),
    ),
)
