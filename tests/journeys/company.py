"""The administrator of a journey: saves services and settings of the demo tenant as the system reads them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from local import demo
from local.seed import PREVIEW_TEMPLATE, SUPPORT
from shared.adapters.native_messaging import PREFIX
from shared.adapters.storage_account import StorageAccount
from shared.adapters.system import SystemClock
from shared.adapters.tables import Tables
from shared.adapters.tables_agents import TableAgentStore
from shared.adapters.tables_documents import ANY_VERSION, ConfigDocuments
from shared.adapters.tables_sessions import TableSessionStore
from shared.adapters.tables_threads import TableThreadStore
from shared.domain.documents import Document, Kind, key_of
from shared.domain.errors import VersionConflict
from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.services import Service, ServiceDistribution, ServiceModality
from shared.domain.sessions import Session
from shared.domain.tenants import Tenant
from shared.domain.users import InteractAccess, WidgetSettings
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.lint import lint

CACHED_SECONDS = 1.2
"""The local stack keeps what it has read of the configuration for one second."""
EVERYBODY = tuple(person.id for person in demo.AGENTS)
_numbers = itertools.count(1)


class Company:
    """Saves documents through the same checks as everybody; `run` is what run.json says."""

    def __init__(self, run: Mapping[str, Any]) -> None:
        self._run = run
        self._tables = Tables(StorageAccount(connection_string=run["tables"]))
        self.documents = ConfigDocuments(self._tables, lint)
        self.agents = TableAgentStore(self._tables)
        self.sessions = TableSessionStore(self._tables)

    async def service(
        self,
        name: str,
        *activities: ActivityDefinition,
        distribution: ServiceDistribution | None = None,
        widget: WidgetSettings | None = None,
        members: Sequence[str] = EVERYBODY,
        parameters: Mapping[str, str] | None = None,
    ) -> str:
        """Save a service with a workflow of these activities, the first of which is the start; its id."""
        number = next(_numbers)
        workflow = Workflow(
            id=f"journey-workflow-{number}",
            name=f"Workflow of {name}",
            type=INSTANT_MESSAGING.workflow_type,
            organization_unit_id=SUPPORT,
            start=activities[0].id,
            activities=activities,
            parameters=parameters or {},
        )
        service = Service(
            id=f"journey-service-{number}",
            name=name,
            organization_unit_id=SUPPORT,
            licences=frozenset({Licence.ENTERPRISE, Licence.INTERACT}),
            modalities={INSTANT_MESSAGING.id: ServiceModality(True, workflow.id)},
            interact=InteractAccess(
                active=True,
                modalities=frozenset({INSTANT_MESSAGING.id}),
                restrict_access=True,
                domain_template_id=PREVIEW_TEMPLATE,
                widget=widget or WidgetSettings(),
            ),
            members=tuple(members),
            distribution=distribution or ServiceDistribution(),
        )
        await self.save(workflow)
        await self.save(service)
        return service.id

    async def save(self, document: Document) -> None:
        """Save a document of the demo tenant, new or in place of what is there."""
        is_there = await self._is_there(document)
        await self.documents.save_document(demo.TENANT_ID, document, ANY_VERSION if is_there else None)

    async def tenant(self) -> Tenant:
        stored = await self.documents.read_document(demo.TENANT_ID, Kind.TENANT, demo.TENANT_ID)
        if stored is None or not isinstance(stored.document, Tenant):
            raise AssertionError("the demo tenant is not there")
        return stored.document

    @contextlib.asynccontextmanager
    async def tenant_with(self, **changes: Any) -> AsyncIterator[None]:
        """The demo tenant has other settings for a while, which the running system knows."""
        before = await self.tenant()
        await self.save(replace(before, **changes))
        await self.settings_are_known()
        try:
            yield
        finally:
            await self.save(before)
            await self.settings_are_known()

    async def settings_are_known(self) -> None:
        """Wait until no process has older settings in its cache."""
        await asyncio.sleep(CACHED_SECONDS)

    async def refresh_agents(self) -> None:
        """All agents on duty, without flags, as after a good night."""
        for person in demo.AGENTS:
            await self._refresh(person.id)

    async def session_of(self, session_id: str) -> Session:
        record = await self.sessions.read(session_id)
        if record is None:
            raise AssertionError(f"there is no session {session_id}")
        return record.session

    async def has_text(self, session_id: str, text: str) -> bool:
        """Whether a conversation without ACS holds this text."""
        threads = TableThreadStore(self._tables, SystemClock())
        return any(stored.message.text == text for stored in await threads.after(f"{PREFIX}{session_id}", 0))

    def preview(self, service_id: str) -> str:
        return f"{self._run['functions']}/preview/service/{service_id}"

    async def close(self) -> None:
        await self._tables.close()

    async def _refresh(self, user_id: str) -> None:
        while record := await self.agents.read(demo.TENANT_ID, user_id):
            rested = replace(record.state, on_duty=True, missed=None, after_call_until=None)
            if rested == record.state:
                return
            try:
                await self.agents.save(demo.TENANT_ID, rested, record.conversation, record.version)
            except VersionConflict:
                continue
            return

    async def _is_there(self, document: Document) -> bool:
        own = key_of(document)
        return await self.documents.read_document(demo.TENANT_ID, own.kind, own.id) is not None


def chat_workflow(**queue: Any) -> tuple[ActivityDefinition, ...]:
    """Accept, queue with these parameters, and say good-bye to whom nobody answers."""
    return (
        ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}),
        ActivityDefinition("queue", "queue_task", queue, {"time_limit": "cancel"}),
        ActivityDefinition("cancel", "cancel_task", {}, {"next": "disconnect"}),
        ActivityDefinition("disconnect", "disconnect", {}, {}),
    )
