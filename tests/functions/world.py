"""A deployment in memory: one service, one user, one agent, and calls of its triggers as the host makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

from shared import bootstrap
from shared.adapters.memory import (
    CountingIds,
    ManualClock,
    MemoryAgents,
    MemoryAgentStore,
    MemoryChallenges,
    MemoryConfigStore,
    MemoryIdentity,
    MemoryMessaging,
    MemoryPresence,
    MemoryRealtime,
    MemorySessionStore,
    MemoryTimers,
    memory_ports,
)
from shared.adapters.session_tokens import JwtSessionTokens
from shared.application import assemble
from shared.application.admission import Caller
from shared.application.agents import Activity
from shared.application.occasions import Happened, Wake
from shared.domain.domain_templates import DomainRow, DomainTemplate, parse_origin
from shared.domain.errors import Unauthenticated
from shared.domain.events import VisitorSeen
from shared.domain.licences import Licence
from shared.domain.services import Service, ServiceModality
from shared.domain.tenants import Tenant
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.ports import BotConversation, SessionClaims, StatusView, TasksView

OWN_URL = "https://interact.lunifico.example"
ORIGIN = "https://www.lunifico.example"
WIDGET_KEY = "widget-key-of-lunifico"
KEY = bytes(range(32))
RESOURCE = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Communication/CommunicationServices/Lunifico"
IM = "instantMessaging"

TENANT = Tenant(
    id="lunifico",
    name="Lunifico",
    widget_key=WIDGET_KEY,
    interact_enabled=True,
    acs_secret="env:ACS",
    acs_resource_id=RESOURCE,
    instant_messaging_enabled=True,
)
TEMPLATE = DomainTemplate("web", "Website", "root", (DomainRow("https://", "www.lunifico.example"),))
WORKFLOW = Workflow(
    id="chat",
    name="Chat",
    type=IM,
    organization_unit_id="root",
    start="accept",
    activities=(
        ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}),
        ActivityDefinition("queue", "queue_task", {"ring_seconds": 30, "time_limit": 300}, {"time_limit": "end"}),
        ActivityDefinition("end", "disconnect", {}, {}),
    ),
)
ACCESS = InteractAccess(active=True, modalities=frozenset({IM}), restrict_access=True, domain_template_id=TEMPLATE.id)
SERVICE = Service(
    id="sales",
    name="Lunifico Sales",
    organization_unit_id="root",
    licences=frozenset({Licence.INTERACT, Licence.ENTERPRISE}),
    modalities={IM: ServiceModality(enabled=True, workflow_id=WORKFLOW.id)},
    interact=ACCESS,
    members=("mario",),
)
LUISA = User(
    id="luisa",
    display_name="Luisa",
    upn="luisa@lunifico.example",
    organization_unit_id="root",
    licences=frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING}),
    interact=ACCESS,
)
MARIO = replace(LUISA, id="mario", display_name="Mario", upn="mario@lunifico.example")


class FakeAuthentication:
    """The connector's calls carry `Bearer connector`."""

    async def check(self, authorization: str, activity: Mapping[str, Any]) -> None:
        if authorization != "Bearer connector":
            raise Unauthenticated("bot_token_invalid", "not the connector's")


class FakeCards:
    """Cards that say what they were made of."""

    def closed_invitation(
        self, customer_name: str, outcome: str, taken_by: str | None, language: str
    ) -> Mapping[str, Any]:
        return {"closed_invitation": [customer_name, outcome, taken_by]}

    def closed_conversation(self, customer_name: str, text: str) -> Mapping[str, Any]:
        return {"closed_conversation": [customer_name, text]}

    def notice(self, text: str) -> Mapping[str, Any]:
        return {"notice": text}

    def status(self, view: StatusView, language: str) -> Mapping[str, Any]:
        shown = asdict(view)
        shown["after_call_until"] = view.after_call_until.isoformat() if view.after_call_until else None
        return {"status": shown}

    def help(self, language: str, said: str = "") -> Mapping[str, Any]:
        return {"help": said}

    def tasks(self, view: TasksView, language: str) -> Mapping[str, Any]:
        return {"tasks": [task.customer_name for task in view.tasks], "more": view.more, "said": view.said}


class FakeEndpoints:
    async def of_widgets(self, tenant: Tenant) -> list[str]:
        return ["https://acs.example", "https://push.example", "wss://push.example"]


@dataclass
class World:
    """All ports, to be looked into and changed by tests."""

    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        self.config = MemoryConfigStore(TENANT, TEMPLATE, WORKFLOW, SERVICE, LUISA, MARIO)
        self.sessions, self.agent_store, self.agents = MemorySessionStore(), MemoryAgentStore(), MemoryAgents()
        self.messaging, self.identity = MemoryMessaging(self.clock), MemoryIdentity(self.clock)
        self.timers, self.realtime, self.presence = MemoryTimers(), MemoryRealtime(), MemoryPresence()
        self.challenges = MemoryChallenges()
        self.tokens = JwtSessionTokens(KEY)
        self.ports = memory_ports(
            clock=self.clock,
            ids=CountingIds(),
            config=self.config,
            sessions=self.sessions,
            agent_store=self.agent_store,
            identity=self.identity,
            messaging=self.messaging,
            agents=self.agents,
            timers=self.timers,
            realtime=self.realtime,
            presence=self.presence,
            tokens=self.tokens,
            challenges=self.challenges,
        )
        self.application = assemble(self.ports)
        self.surroundings = bootstrap.Surroundings(FakeAuthentication(), FakeCards(), FakeEndpoints(), OWN_URL)

    def replace(self, **ports: Any) -> None:
        """Put other ports in place, under the names of `Ports`."""
        self.ports = replace(self.ports, **ports)
        self.application = assemble(self.ports)

    def activity(self, activity_id: str = "1", user_id: str = MARIO.id) -> Activity:
        return Activity(activity_id, TENANT.id, user_id, BotConversation("https://smba.example", f"chat-{user_id}"))

    @property
    def caller(self) -> Caller:
        """The page of `ORIGIN`."""
        return Caller(parse_origin(ORIGIN))

    def token(self, session_id: str) -> str:
        """The session token that the widget of `ORIGIN` holds."""
        session = self.sessions.rows[session_id].session
        claims = SessionClaims(session_id, session.tenant_id, session.contact.key, ORIGIN)
        return self.tokens.issue(claims, self.clock.now() + timedelta(hours=1))

    async def ring(self, session_id: str) -> str:
        """Mario registers and is offered the session, whose page has given a sign of life; the offer's id."""
        await self.application.conversations.register(self.activity())
        await self.application.relay.look(session_id, Happened(VisitorSeen()))
        await self.application.relay.look(session_id, Wake("opened"))
        return self.agents.of("chat-mario", "invite")[-1].offer_id

    async def connect(self, session_id: str) -> None:
        """Mario registers and accepts the session."""
        offer_id = await self.ring(session_id)
        answer = await self.application.conversations.accept(self.activity("2"), session_id, offer_id)
        assert answer.outcome == "accepted"


def request(
    method: str,
    path: str,
    body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
    route: Mapping[str, str] | None = None,
) -> func.HttpRequest:
    """A request as the host hands it over; a body that is not bytes is sent as JSON, by a page of `ORIGIN`."""
    sent = {"host": urlsplit(OWN_URL).netloc, "origin": ORIGIN}
    if body is not None:
        sent["content-type"] = "application/json"
    sent.update(headers or {})
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    url = f"{OWN_URL}/{path}"
    return func.HttpRequest(
        method,
        url,
        headers={name: value for name, value in sent.items() if value},
        params=dict(parse_qsl(urlsplit(url).query)),
        route_params=dict(route or {}),
        body=raw,
    )


def form(**changes: object) -> dict[str, Any]:
    """A start request; a field that is changed to None is left out."""
    fields = {
        "widgetKey": WIDGET_KEY,
        "serviceId": SERVICE.id,
        "modality": IM,
        "customer": {"displayName": "Carla Customer", "email": "carla@example.org"},
        "message": "Do you deliver to Basel?",
        "idempotencyKey": "k" * 22,
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def json_of(response: func.HttpResponse) -> Any:
    return json.loads(response.get_body())
