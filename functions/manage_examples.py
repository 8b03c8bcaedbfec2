"""One document of each kind as the guide's administrator would write it, for the OpenAPI. Imported late only."""

from __future__ import annotations

from typing import Any

from functions.manage_bodies import document_json
from shared.domain.calendars import WEEK, Calendar, Holiday, WeeklyPeriod
from shared.domain.documents import Document, Kind, key_of
from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.organization_units import OrganizationUnit
from shared.domain.services import Service, ServiceModality
from shared.domain.system_messages import SystemMessages, SystemMessageTexts
from shared.domain.tenants import Tenant
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import ActivityDefinition, Workflow

IM = INSTANT_MESSAGING.id
ACCESS = InteractAccess(active=True, modalities=frozenset({IM}), restrict_access=True, domain_template_id="website")
RESOURCE = "/subscriptions/1/resourceGroups/web/providers/Microsoft.Communication/communicationServices/lunifico"

DOCUMENTS: tuple[Document, ...] = (
    Tenant(
        "22222222-2222-4222-8222-222222222222",
        "Lunifico",
        "9f2c7c1e5b8d4a3f9f2c7c1e5b8d4a3f",
        interact_enabled=True,
        acs_secret="keyvault:acs-lunifico",  # noqa: S106 - the name of a secret
        acs_resource_id=RESOURCE,
        instant_messaging_enabled=True,
    ),
    OrganizationUnit("support", "Support", "lunifico"),
    DomainTemplate("website", "Website of Lunifico", "lunifico", (DomainRow("https", "www.lunifico.example"),)),
    SystemMessages(
        "support-messages",
        "service",
        "Lunifico Support",
        "lunifico",
        texts={"en": SystemMessageTexts(waiting="One of us will be with you shortly.")},
    ),
    Calendar(
        "office-hours",
        "Office hours",
        "lunifico",
        "Europe/Zurich",
        (WeeklyPeriod(WEEK[:5], "08:00", "17:00"),),
        (Holiday("01-01", label="New Year's Day"),),
    ),
    Workflow(
        "support-chat",
        "Support chat",
        IM,
        "lunifico",
        "accept",
        (
            ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}),
            ActivityDefinition("queue", "queue_task", {"distribution": "direct"}, {"time_limit": "cancel"}),
            ActivityDefinition("cancel", "cancel_task", {}, {"next": "disconnect"}),
            ActivityDefinition("disconnect", "disconnect"),
        ),
    ),
    Service(
        "sales",
        "Lunifico Sales",
        "support",
        frozenset({Licence.ENTERPRISE, Licence.INTERACT}),
        {IM: ServiceModality(True, "support-chat", "support-messages")},
        ACCESS,
        ("a0000000-0000-4000-8000-000000000001",),
    ),
    User(
        "a0000000-0000-4000-8000-000000000001",
        "Mario",
        "mario@lunifico.example",
        "support",
        licences=frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING}),
    ),
)

VERSION = {
    "version": "5f3a9c1e77d04b21",
    "changedAt": "2030-01-01T09:00:00.000Z",
    "changedBy": {"id": "c0000000-0000-4000-8000-000000000003", "name": "Carla"},
}


def written_example(kind: Kind) -> dict[str, Any]:
    """What is sent to create the document."""
    found = document_json(next(one for one in DOCUMENTS if key_of(one).kind is kind))
    found.pop("workflowVersion", None)
    return {name: value for name, value in found.items() if value not in (None, [], {}, "")}


def stored_example(kind: Kind) -> dict[str, Any]:
    """What is read of the document."""
    return {**document_json(next(one for one in DOCUMENTS if key_of(one).kind is kind)), **VERSION}


def saved_example(kind: Kind) -> dict[str, Any]:
    return {**stored_example(kind), "liveFrom": "2030-01-01T09:00:30.000Z", "notes": []}


PROBLEM = {
    "type": "about:blank",
    "title": "Precondition Failed",
    "status": 412,
    "code": "changed_meanwhile",
    "detail": "service 'sales' was changed by Otto since you have read it; read it again",
    "trace": "7d0c5be0a4f1c2d3",
    "version": "0c11a2b3c4d5e6f7",
    "changedBy": "Otto",
    "changedAt": "2030-01-01T09:00:00.000Z",
    "fields": ["name"],
}
SIMULATION = {
    "id": "support-chat",
    "agents": [{"id": "mario", "displayName": "Mario"}],
    "events": [
        {"at": 5, "event": "customerWrites", "text": "Do you deliver to Basel?"},
        {"at": 12, "event": "agentAccepts", "agentId": "mario"},
        {"at": 60, "event": "agentEnds", "agentId": "mario"},
    ],
}
CONDITION = {
    "id": "origin_allowed",
    "title": "The domain template allows the origin",
    "area": "start",
    "verdict": "fail",
    "blocks": True,
    "explanation": "https://shop.lunifico.example equals no row of the domain template 'Website of Lunifico'",
    "fix": "add a row for https://shop.lunifico.example, or switch Restrict Access off to test",
    "setting": {"kind": "domainTemplate", "id": "website", "field": "domains"},
}
DIAGNOSIS = {
    "passed": False,
    "refusal": "origin_not_allowed",
    "contact": {"kind": "service", "id": "sales", "name": "Lunifico Sales"},
    "origin": "https://shop.lunifico.example",
    "conditions": [CONDITION],
}
EXAMPLES: dict[str, Any] = {
    "Question": {
        "origin": "https://shop.lunifico.example/lamps",
        "snippet": "{ widgetKey: '9f2c7c1e5b8d4a3f9f2c7c1e5b8d4a3f', serviceId: 'sales' }",
    },
    "Diagnosis": DIAGNOSIS,
    "LookedUp": {
        "refused": {
            "at": "2030-01-01T09:00:00.000Z",
            "code": "origin_not_allowed",
            "condition": CONDITION["id"],
            "title": CONDITION["title"],
            "kind": "service",
            "id": "sales",
            "widgetKey": "9f2c7c1e5b8d4a3f9f2c7c1e5b8d4a3f",
            "origin": "https://shop.lunifico.example",
            "now": "fail",
        },
        "diagnosis": DIAGNOSIS,
    },
    "Readiness": {
        "ready": False,
        "conditions": [
            {
                **CONDITION,
                "id": "members",
                "title": "Somebody can take the conversation",
                "area": "answer",
                "explanation": "nobody is there to take the tasks of this service",
                "fix": "add members to the service",
                "setting": {"kind": "service", "id": "sales", "field": "members"},
            }
        ],
    },
    "OriginExplained": {
        "origin": "http://www.lunifico.example",
        "readable": "http://www.lunifico.example",
        "restricted": True,
        "allowed": False,
        "template": {"id": "website", "name": "Website of Lunifico", "organizationUnitId": "lunifico"},
        "row": None,
        "nearMisses": [
            {
                "row": 1,
                "protocol": "https",
                "domain": "www.lunifico.example",
                "port": None,
                "matches": "https://www.lunifico.example",
                "difference": "protocol",
                "explanation": "the row is for https, the page is served by http",
            }
        ],
        "elsewhere": [],
    },
    "PreviewWish": {"minutes": 30},
    "PreviewLink": {
        "url": "https://interact.lunifico.example/preview/service/sales?tenant=lunifico#pass=c2VhbGVk",
        "expiresAt": "2030-01-01T09:30:00.000Z",
        "madeBy": {"id": "c0000000-0000-4000-8000-000000000003", "name": "Carla"},
    },
    "PreviewLinksRevoked": {
        "revokedAt": "2030-01-01T09:10:00.000Z",
        "revokedBy": {"id": "c0000000-0000-4000-8000-000000000003", "name": "Carla"},
    },
    "Patch": {"name": "Lunifico Support"},
    "Rotation": {"overlapHours": 24},
    "TryToken": {"token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.signature"},
    "Simulation": SIMULATION,
    "DocumentSet": {"documents": [{"kind": "organizationUnit", "document": {"id": "support", "name": "Support"}}]},
}
