"""The bench's company: the demo tenant, and beside its agents as many as there are parallel conversations.

Each of the further agents is addressed directly, so that it is known beforehand who is invited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from local.acs.options import AcsOptions
from local.demo import SERVICE_ID, TENANT_ID, Person
from local.host_settings import ACS_SECRET
from local.seed import DIRECT_MESSAGES, SUPPORT, seed
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import Tables
from shared.adapters.tables_documents import ConfigDocuments
from shared.adapters.tables_relays import TableRelayStore
from shared.domain.documents import Kind
from shared.domain.licences import Licence
from shared.domain.message_budgets import BOUNDS, MessageBudget
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.services import Service
from shared.domain.tenants import Tenant
from shared.domain.users import InteractAccess, User
from shared.workflow.lint import lint

BUDGET = MessageBudget(**{name: most for name, (_, most) in BOUNDS.items() if name != "burst_seconds"}, burst_seconds=1)


def agents(count: int) -> tuple[Person, ...]:
    """So many people who can be addressed directly."""
    return tuple(Person(f"a1000000-0000-4000-8000-{number:012}", f"Agent{number}") for number in range(count))


async def found(connection_string: str, preview: str, further: Sequence[Person]) -> None:
    """Write the demo tenant, to which pages of the origin `preview` may talk, and the further agents."""
    await seed(connection_string, AcsOptions().resource_id, f"env:{ACS_SECRET}", preview)
    tables = Tables(StorageAccount(connection_string=connection_string))
    documents = ConfigDocuments(tables, lint)
    try:
        await _let_talk(documents)
        for person in further:
            await documents.save_document(TENANT_ID, _user(person))
    finally:
        await tables.close()


async def appoint_relay(connection_string: str, acs_endpoint: str, relay_id: str) -> None:
    """Make an identity of ACS the only relay, instead of the 16 that the app would make itself.

    Each relay fetches a token of its own once an hour, so that with one of them caches are warm after one session.
    """
    tables = Tables(StorageAccount(connection_string=connection_string))
    try:
        await TableRelayStore(tables).remember(TENANT_ID, acs_endpoint, (relay_id,))
    finally:
        await tables.close()


async def open_branches(connection_string: str, count: int) -> list[str]:
    """Write so many services like the demo's, for more tasks than one may have at the same time; their ids."""
    tables = Tables(StorageAccount(connection_string=connection_string))
    documents = ConfigDocuments(tables, lint)
    try:
        stored = await documents.read_document(TENANT_ID, Kind.SERVICE, SERVICE_ID)
        if stored is None or not isinstance(stored.document, Service):
            raise LookupError("the demo has no service")
        branches = [
            replace(stored.document, id=f"5e300000-0000-4000-8000-{number:012}", name=f"Branch {number}")
            for number in range(count)
        ]
        for branch in branches:
            await documents.save_document(TENANT_ID, branch)
        return [branch.id for branch in branches]
    finally:
        await tables.close()


async def _let_talk(documents: ConfigDocuments) -> None:
    """Nobody writes as fast as a bench: without it the budget of messages would decide how many are relayed."""
    stored = await documents.read_document(TENANT_ID, Kind.TENANT, TENANT_ID)
    if stored is None or not isinstance(stored.document, Tenant):
        raise LookupError("the demo has no tenant")
    await documents.save_document(TENANT_ID, replace(stored.document, message_budget=BUDGET), stored.version)


def _user(person: Person) -> User:
    return User(
        id=person.id,
        display_name=person.name,
        upn=person.user_principal_name,
        organization_unit_id=SUPPORT,
        first_name=person.name,
        licences=frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING}),
        interact=InteractAccess(active=True, modalities=frozenset({INSTANT_MESSAGING.id})),
        direct_system_messages_id=DIRECT_MESSAGES,
    )
