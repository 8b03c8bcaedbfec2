"""Workflows before they are used: rules, a conversation played through, versions, and what is different between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from shared.application.access import Access
from shared.domain.administrators import Administrator
from shared.domain.availability import ContactState
from shared.domain.calendars import Calendar
from shared.domain.differences import Difference, differences
from shared.domain.documents import Document, DocumentKey, Kind
from shared.domain.errors import Finding, InvalidConfiguration, NotFound
from shared.domain.events import (
    AgentAccepted,
    AgentDeclined,
    AgentEnded,
    AgentMessageReceived,
    AgentPickedUp,
    CustomerEnded,
    CustomerMessageReceived,
    Event,
    ParametersSet,
)
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.parameters import Agent
from shared.domain.services import Service
from shared.domain.system_messages import SystemMessages, wording
from shared.domain.tenants import Tenant
from shared.domain.workflows import Definition, Workflow
from shared.ports import Administration, WorkflowVersion
from shared.workflow.lint import lint
from shared.workflow.simulate import Course as Course  # what a trial answers, for those who call it
from shared.workflow.simulate import simulate
from shared.workflow.surroundings import Scene

MOST_TRANSFERS = 10
"""Services that a workflow can transfer to, and that are looked up for one trial."""


class ActKind(StrEnum):
    """What people do in a trial."""

    CUSTOMER_WRITES = "customerWrites"
    CUSTOMER_ENDS = "customerEnds"
    PARAMETERS_SET = "parametersSet"
    AGENT_ACCEPTS = "agentAccepts"
    AGENT_DECLINES = "agentDeclines"
    AGENT_PICKS_UP = "agentPicksUp"
    AGENT_WRITES = "agentWrites"
    AGENT_ENDS = "agentEnds"


@dataclass(frozen=True)
class Act:
    """One thing that somebody does, `at` seconds after the start."""

    at: float
    kind: ActKind
    agent_id: str = ""
    text: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """The circumstances of a conversation; `agents` are free, longest idle first, `duration` is in seconds.

    `service_id`: the service whose name, texts and times hold; None for none in particular.
    """

    begins: datetime
    acts: tuple[Act, ...] = ()
    agents: tuple[Agent, ...] = ()
    availability: ContactState = ContactState.AVAILABLE
    position: int = 1
    expected_wait: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    visitor_leaves: float | None = None
    language: str = "en"
    service_id: str | None = None
    duration: float = 7_200.0


class WorkflowTrials:
    """Nothing is saved, and nobody is asked."""

    def __init__(self, administration: Administration) -> None:
        self._administration = administration
        self._access = Access(administration)

    def lint(self, workflow: Workflow) -> tuple[Finding, ...]:
        """What keeps the workflow from being published."""
        return lint(workflow)

    async def simulate(self, administrator: Administrator, workflow: Workflow, trial: Trial) -> Course:
        """Play a conversation; raises InvalidConfiguration for a workflow that cannot be published."""
        findings = lint(workflow)
        if findings:
            raise InvalidConfiguration(findings, workflow)
        tenant_id = administrator.tenant_id
        definition = await self._definition(tenant_id, workflow, trial.service_id, trial.language)
        scene = Scene(
            free=trial.agents,
            availability=trial.availability,
            position=trial.position,
            expected_wait=trial.expected_wait,
            services=await self._targets(tenant_id, workflow, trial.language),
            parameters=trial.parameters,
            visitor_leaves=trial.visitor_leaves,
        )
        known = {agent.id: agent for agent in trial.agents}
        happenings = [(act.at, _event(number, act, known)) for number, act in enumerate(trial.acts)]
        return simulate(definition, trial.begins, happenings, scene, timedelta(seconds=trial.duration))

    async def versions(self, administrator: Administrator, workflow_id: str) -> Sequence[WorkflowVersion]:
        """Raises NotFound."""
        await self._access.read(administrator, DocumentKey(Kind.WORKFLOW, workflow_id))
        return await self._administration.versions(administrator.tenant_id, workflow_id)

    async def current(self, administrator: Administrator, workflow_id: str) -> Workflow:
        """The workflow as it is now; raises NotFound."""
        stored = await self._access.read(administrator, DocumentKey(Kind.WORKFLOW, workflow_id))
        if not isinstance(stored.document, Workflow):
            raise NotFound(f"there is no workflow '{workflow_id}'")
        return stored.document

    async def version(self, administrator: Administrator, workflow_id: str, number: int) -> Workflow:
        """Raises NotFound."""
        await self._access.read(administrator, DocumentKey(Kind.WORKFLOW, workflow_id))
        found = await self._administration.read_version(administrator.tenant_id, workflow_id, number)
        if found is None:
            raise NotFound(f"workflow '{workflow_id}' has no version {number}")
        return found

    async def differences(
        self, administrator: Administrator, workflow_id: str, first: int, second: int
    ) -> tuple[Difference, ...]:
        """From the first to the second version; raises NotFound."""
        before = await self.version(administrator, workflow_id, first)
        after = await self.version(administrator, workflow_id, second)
        return tuple(one for one in differences(before, after) if one.path != ("version",))

    async def _definition(
        self, tenant_id: str, workflow: Workflow, service_id: str | None, language: str
    ) -> Definition:
        tenant = await self._read(tenant_id, Kind.TENANT, tenant_id)
        service = await self._read(tenant_id, Kind.SERVICE, service_id) if service_id else None
        messages, name, after_call_work = None, workflow.name, 0
        if isinstance(service, Service):
            name, after_call_work = service.name, service.distribution.after_call_work
            settings = service.modalities.get(INSTANT_MESSAGING.id)
            if settings is not None and settings.system_messages_id:
                messages = await self._read(tenant_id, Kind.SYSTEM_MESSAGES, settings.system_messages_id)
        elif service_id:
            raise NotFound(f"there is no service '{service_id}'")
        calendars = [await self._read(tenant_id, Kind.CALENDAR, named) for _, named in workflow.calendars()]
        default = tenant.default_language if isinstance(tenant, Tenant) else "en"
        texts = wording(messages if isinstance(messages, SystemMessages) else None, language, default)
        return Definition(
            workflow,
            texts,
            name,
            language,
            tenant.session_recovery_timeout if isinstance(tenant, Tenant) else 300,
            default,
            after_call_work,
            calendars={one.id: one for one in calendars if isinstance(one, Calendar)},
        )

    async def _targets(self, tenant_id: str, workflow: Workflow, language: str) -> dict[str, Definition]:
        """The services that the workflow transfers to, each with its own workflow."""
        named = [one.parameters.get("service") for one in workflow.activities if one.type == "transfer"]
        found: dict[str, Definition] = {}
        for service_id in [one for one in dict.fromkeys(named) if isinstance(one, str) and one][:MOST_TRANSFERS]:
            service = await self._read(tenant_id, Kind.SERVICE, service_id)
            settings = service.modalities.get(INSTANT_MESSAGING.id) if isinstance(service, Service) else None
            if settings is not None and settings.workflow_id:
                target = await self._read(tenant_id, Kind.WORKFLOW, settings.workflow_id)
                if isinstance(target, Workflow):
                    found[service_id] = await self._definition(tenant_id, target, service_id, language)
        return found

    async def _read(self, tenant_id: str, kind: Kind, document_id: str) -> Document | None:
        stored = await self._administration.read(tenant_id, DocumentKey(kind, document_id))
        return stored.document if stored is not None else None


def _event(number: int, act: Act, known: Mapping[str, Agent]) -> Event:
    agent = known.get(act.agent_id) or Agent(act.agent_id, act.agent_id)
    match act.kind:
        case ActKind.CUSTOMER_WRITES:
            return CustomerMessageReceived(str(number), act.text)
        case ActKind.CUSTOMER_ENDS:
            return CustomerEnded()
        case ActKind.PARAMETERS_SET:
            return ParametersSet(act.parameters)
        case ActKind.AGENT_ACCEPTS:
            return AgentAccepted(agent, "")
        case ActKind.AGENT_DECLINES:
            return AgentDeclined(agent.id, "")
        case ActKind.AGENT_PICKS_UP:
            return AgentPickedUp(agent, "")
        case ActKind.AGENT_WRITES:
            return AgentMessageReceived(agent.id, act.text)
        case ActKind.AGENT_ENDS:
            return AgentEnded(agent.id)
