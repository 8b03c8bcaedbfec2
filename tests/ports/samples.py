"""A session and its definition, as the application would store them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from shared.domain.effects import RelayToAgent, SendToCustomer
from shared.domain.parameters import Agent, Customer
from shared.domain.sessions import (
    ChatChannel,
    ContactKind,
    ContactReference,
    Declined,
    Invitation,
    Phase,
    Session,
    Task,
    TaskPhase,
)
from shared.domain.system_messages import BUILT_IN, Wording
from shared.domain.tenants import Tenant
from shared.domain.workflows import ActivityDefinition, Definition, Workflow
from shared.ports import Cursor, Lease, PendingEffect, RelayState

NOW = datetime(2030, 1, 1, 9, 0, 0, 123456, tzinfo=UTC)
LUISA = Agent("luisa", "Luisa", "Luisa", "Lunifico", "luisa@lunifico.example")
TENANT = Tenant(id="lunifico", name="Lunifico", widget_key="k" * 16, acs_secret="env:ACS")


def unique(name: str) -> str:
    """A name that no other test uses; tests share one storage account."""
    return f"{name}-{uuid4().hex[:12]}"


def session(session_id: str) -> Session:
    return Session(
        id=session_id,
        tenant_id="lunifico",
        contact=ContactReference(ContactKind.SERVICE, "sales"),
        origin="https://www.lunifico.example",
        customer=Customer("Carla Customer", "carla@example.org"),
        modality="instantMessaging",
        channels=(ChatChannel("acs", "19:thread@thread.v2", "8:acs:visitor", "8:acs:relay"),),
        created_at=NOW,
        last_now=NOW,
        phase=Phase.WAITING,
        position="queue",
        task=Task(
            TaskPhase.OFFERED,
            NOW,
            round=2,
            offer_id="offer",
            until=NOW + timedelta(seconds=20),
            invitations=(Invitation(LUISA, "card"),),
            declined=(Declined("mario", NOW),),
        ),
    ).with_deadline("offer:2", NOW + timedelta(seconds=20))


def definition() -> Definition:
    activities = (ActivityDefinition("queue", "queueTask", {"ringSeconds": 20, "tags": ["a"]}, {"ended": "end"}),)
    workflow = Workflow("chat", "Chat", "instantMessaging", "root", "queue", activities, version=3)
    return Definition(workflow, Wording(BUILT_IN["de"], "Ihr Team"), "Lunifico Sales", "de", 300)


def relay() -> RelayState:
    lease = Lease("host-1", NOW + timedelta(seconds=20))
    return RelayState(Cursor(7, NOW), lease, nudged=True, armed_until=NOW, next_effect=4, recent=("a", "b"))


def relayed(number: int, text: str = "Hello") -> PendingEffect:
    return PendingEffect(number, RelayToAgent("luisa", text))


def answered(number: int, text: str = "Good morning") -> PendingEffect:
    return PendingEffect(number, SendToCustomer(text, "Luisa", "agent", event="connected"))
