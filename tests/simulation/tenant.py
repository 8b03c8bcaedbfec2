"""The organization in which the simulations play."""

from __future__ import annotations

from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.organization_units import OrganizationUnit
from shared.domain.services import Service, ServiceModality
from shared.domain.tenants import Tenant
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import ActivityDefinition, Workflow

TENANT_ID = "tenant"
EXPOSED = InteractAccess(active=True, modalities=frozenset({INSTANT_MESSAGING.id}))
AGENT_LICENCES = frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING})

UNIT = OrganizationUnit("root", "Lunifico")
WORKFLOW = Workflow(
    id="support",
    name="Support",
    type=INSTANT_MESSAGING.workflow_type,
    organization_unit_id="root",
    start="accept",
    activities=(
        ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}),
        ActivityDefinition("queue", "queue_task", {"ring_seconds": 15, "time_limit": 900}, {"time_limit": "cancel"}),
        ActivityDefinition("cancel", "cancel_task", {}, {"next": "sorry"}),
        ActivityDefinition("sorry", "message", {"texts": {"en": "Sorry"}}, {"next": "disconnect"}),
        ActivityDefinition("disconnect", "disconnect", {}, {}),
    ),
)


def tenant(conversations_per_agent: int = 2, recovery_timeout: int = 300) -> Tenant:
    return Tenant(
        id=TENANT_ID,
        name="Lunifico",
        widget_key="widget-key-of-lunifico",
        interact_enabled=True,
        acs_secret="env:ACS",
        acs_resource_id="/acs",
        instant_messaging_enabled=True,
        conversations_per_agent=conversations_per_agent,
        session_recovery_timeout=recovery_timeout,
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


def service(agents: int) -> Service:
    return Service(
        id="support",
        name="Lunifico Support",
        organization_unit_id="root",
        licences=frozenset({Licence.INTERACT, Licence.ENTERPRISE}),
        modalities={INSTANT_MESSAGING.id: ServiceModality(enabled=True, workflow_id="support")},
        interact=EXPOSED,
        members=tuple(f"agent-{number}" for number in range(agents)),
    )
