"""The company of a run: the demo tenant, and beside it agents and services with all distributions.

Every agent talks with one customer at a time, so that what is composed in Teams belongs to one conversation.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from local import demo
from local.acs.options import AcsOptions
from local.demo import Person
from local.host_settings import ACS_SECRET
from local.seed import PREVIEW_TEMPLATE, SUPPORT, seed
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import Tables
from shared.adapters.tables_documents import ConfigDocuments
from shared.domain.distribution import Distribution
from shared.domain.documents import Document, Kind
from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.services import Service, ServiceDistribution, ServiceModality
from shared.domain.tenants import MessagingKind, Tenant
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import ActivityDefinition, Workflow
from shared.workflow.lint import lint

KINDS = (Distribution.DIRECT, Distribution.BROADCAST, Distribution.PICKUP)
RING_SECONDS = 12
QUEUE_SECONDS = 3_600
LONG = 3_600
MEMBERS = 5


@dataclass(frozen=True)
class Company:
    """Who works there, and which services; the first of each distribution is the one with after-call work or a cap."""

    agents: tuple[Person, ...]
    services: tuple[Service, ...]
    workflows: tuple[Workflow, ...]

    def picks_up(self, agent: Person) -> bool:
        """Whether the agent has to look at the list of waiting tasks."""
        by_id = {workflow.id: workflow for workflow in self.workflows}
        return any(
            agent.id in service.members and _distribution(by_id[_workflow_of(service)]) == Distribution.PICKUP.value
            for service in self.services
        )


def plan_company(agents: int, services: int, chance: random.Random) -> Company:
    """So many people in so many services, of which every distribution has its share."""
    people = tuple(Person(f"a1000000-0000-4000-8000-{number:012}", f"Agent{number}") for number in range(agents))
    workflows = tuple(_workflow(kind) for kind in KINDS)
    made = tuple(_service(number, people, chance) for number in range(services))
    return Company(people, made, workflows)


async def found(connection_string: str, preview: str, company: Company) -> None:
    """Write the demo tenant, to which pages of the origin `preview` may talk, and the company."""
    await seed(connection_string, AcsOptions().resource_id, f"env:{ACS_SECRET}", preview)
    tables = Tables(StorageAccount(connection_string=connection_string))
    documents = ConfigDocuments(tables, lint)
    try:
        made: list[Document] = [*(_user(person) for person in company.agents), *company.workflows, *company.services]
        for document in made:
            await documents.save_document(demo.TENANT_ID, document)
        tenant, version = await _tenant(documents)
        alone = replace(tenant, conversations_per_agent=1, session_recovery_timeout=LONG, concurrency_cap=50)
        await documents.save_document(demo.TENANT_ID, alone, version)
    finally:
        await tables.close()


async def choose_messaging(tables: Tables, kind: MessagingKind) -> None:
    """An administrator chooses how conversations that begin from now on are carried."""
    documents = ConfigDocuments(tables, lint)
    tenant, version = await _tenant(documents)
    await documents.save_document(demo.TENANT_ID, replace(tenant, messaging=kind), version)


async def _tenant(documents: ConfigDocuments) -> tuple[Tenant, str]:
    stored = await documents.read_document(demo.TENANT_ID, Kind.TENANT, demo.TENANT_ID)
    if stored is None or not isinstance(stored.document, Tenant):
        raise AssertionError("the demo tenant is not there")
    return stored.document, stored.version


def _service(number: int, people: Sequence[Person], chance: random.Random) -> Service:
    kind = KINDS[number % len(KINDS)]
    # Whoever takes tasks from a list looks at it all the time, so these are not all.
    who = people[: max(MEMBERS, len(people) // 4)] if kind is Distribution.PICKUP else people
    members = chance.sample(who, min(MEMBERS, len(who)))
    # Of the second round of services one has after-call work, and one has room for few.
    extra = {len(KINDS): ServiceDistribution(after_call_work=2), len(KINDS) + 1: ServiceDistribution(concurrency_cap=3)}
    return Service(
        id=f"soak-service-{number}",
        name=f"Lunifico {kind.value.title()} {number}",
        organization_unit_id=SUPPORT,
        licences=frozenset({Licence.ENTERPRISE, Licence.INTERACT}),
        modalities={INSTANT_MESSAGING.id: ServiceModality(True, _workflow(kind).id)},
        interact=InteractAccess(
            active=True,
            modalities=frozenset({INSTANT_MESSAGING.id}),
            restrict_access=True,
            domain_template_id=PREVIEW_TEMPLATE,
        ),
        members=tuple(person.id for person in members),
        distribution=extra.get(number, ServiceDistribution()),
    )


def _workflow(kind: Distribution) -> Workflow:
    queue = {"distribution": kind.value, "time_limit": QUEUE_SECONDS, "ring_seconds": RING_SECONDS}
    return Workflow(
        id=f"soak-{kind.value}",
        name=f"Soak {kind.value}",
        type=INSTANT_MESSAGING.workflow_type,
        organization_unit_id=SUPPORT,
        start="accept",
        activities=(
            ActivityDefinition("accept", "accept_conversation", {}, {"next": "queue"}),
            ActivityDefinition("queue", "queue_task", queue, {"time_limit": "cancel"}),
            ActivityDefinition("cancel", "cancel_task", {}, {"next": "disconnect"}),
            ActivityDefinition("disconnect", "disconnect", {}, {}),
        ),
    )


def _workflow_of(service: Service) -> str:
    return service.modalities[INSTANT_MESSAGING.id].workflow_id or ""


def _distribution(workflow: Workflow) -> object:
    return next(each for each in workflow.activities if each.id == "queue").parameters["distribution"]


def _user(person: Person) -> User:
    return User(
        id=person.id,
        display_name=person.name,
        upn=person.user_principal_name,
        organization_unit_id=SUPPORT,
        first_name=person.name,
        licences=frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING}),
        interact=InteractAccess(),
    )
