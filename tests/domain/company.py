"""Lunifico as the guide's administrator would set it up: everything that a widget needs, and nothing restricted."""

from __future__ import annotations

from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.services import Service, ServiceModality
from shared.domain.tenants import Tenant
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import ActivityDefinition, Workflow

IM = INSTANT_MESSAGING.id
EXPOSED = InteractAccess(active=True, modalities=frozenset({IM}))
RESTRICTED = InteractAccess(active=True, modalities=frozenset({IM}), restrict_access=True, domain_template_id="web")

TENANT = Tenant(
    id="lunifico",
    name="Lunifico",
    widget_key="widget-key-of-lunifico",
    interact_enabled=True,
    acs_secret="env:ACS",
    acs_resource_id="/subscriptions/1/resourceGroups/rg/providers/Microsoft.Communication/CommunicationServices/Lunifico",
    instant_messaging_enabled=True,
)
TEMPLATE = DomainTemplate("web", "Website", "root", (DomainRow("https://", "www.lunifico.example"),))
WORKFLOW = Workflow("chat", "Chat", IM, "root", "accept", (ActivityDefinition("accept", "accept_conversation"),))
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
    licences=frozenset({Licence.INTERACT}),
    interact=EXPOSED,
)
