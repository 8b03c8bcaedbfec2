"""Lunifico: a service with two agents, one of whom customers can also reach directly, and two customers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shared.application.admission import Caller
from shared.application.starts import Start
from shared.domain.domain_templates import parse_origin
from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.parameters import Customer
from shared.domain.services import Service, ServiceModality
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.tenants import Tenant
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import ActivityDefinition, Workflow

IM = INSTANT_MESSAGING.id
EXPOSED = InteractAccess(active=True, modalities=frozenset({IM}))
SALES = ContactReference(ContactKind.SERVICE, "sales")
DIRECTLY_MARIO = ContactReference(ContactKind.USER, "mario")
HOME = Caller(parse_origin("https://www.lunifico.example"))
ELSEWHERE = Caller(parse_origin("https://www.elsewhere.example"))

TENANT = Tenant(
    id="lunifico",
    name="Lunifico",
    widget_key="widget-key-of-lunifico",
    interact_enabled=True,
    acs_secret="env:ACS",
    instant_messaging_enabled=True,
    conversations_per_agent=2,
    session_recovery_timeout=120,
    retention_days=0,
)
WORKFLOW = Workflow(
    id="chat",
    name="Chat",
    type=INSTANT_MESSAGING.workflow_type,
    organization_unit_id="root",
    start="accept",
    activities=(
        ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}),
        ActivityDefinition("queue", "queue_task", {"ring_seconds": 30, "time_limit": 300}, {"time_limit": "cancel"}),
        ActivityDefinition("cancel", "cancel_task", {}, {"next": "disconnect"}),
        ActivityDefinition("disconnect", "disconnect", {}, {}),
    ),
)
SERVICE = Service(
    id="sales",
    name="Lunifico Sales",
    organization_unit_id="root",
    licences=frozenset({Licence.INTERACT, Licence.ENTERPRISE}),
    modalities={IM: ServiceModality(enabled=True, workflow_id="chat")},
    interact=EXPOSED,
    members=("mario", "luisa"),
)
MARIO = User(
    id="mario",
    display_name="Mario",
    upn="mario@lunifico.example",
    organization_unit_id="root",
    licences=frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING}),
    interact=EXPOSED,
)
LUISA = replace(MARIO, id="luisa", display_name="Luisa", upn="luisa@lunifico.example")
CARLA, OTTO = Customer("Carla Customer", "carla@example.org"), Customer("Otto", "otto@example.org")


def form(key: str = "key-1", **changes: Any) -> Start:
    """What Carla's page sends."""
    return replace(Start(TENANT.widget_key, SALES, IM, CARLA, "Do you deliver to Basel?", key), **changes)
