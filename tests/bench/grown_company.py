"""Fills the storage of the bench's company with many more documents and finished sessions than anybody looks at.

Documents have the rows that saving gives them, those by which they are found included. Finished sessions are copies of
one that was really held.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from local import demo
from local.seed import COMPANY, DIRECT_MESSAGES, PREVIEW_TEMPLATE, SERVICE_MESSAGES, SUPPORT, WORKFLOW
from shared.adapters.document_rows import document_values, entry_keys, ref_key, row_key
from shared.adapters.rows import key, part, prefix
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import CONFIG, HISTORY, INDEX, SESSIONS, Row, Tables
from shared.domain.documents import Document, key_of
from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.references import targets_of
from shared.domain.services import Service, ServiceModality
from shared.domain.users import InteractAccess, User
from shared.ports import Stored
from tests.bench import many_rows
from tests.bench.many_rows import StoredRow

LOOK_EVERY = 0.1
OF_THE_ROW = ("PartitionKey", "RowKey")
ACCESS = InteractAccess(
    active=True,
    modalities=frozenset({INSTANT_MESSAGING.id}),
    restrict_access=True,
    domain_template_id=PREVIEW_TEMPLATE,
)


def user_id(number: int) -> str:
    return f"b2000000-0000-4000-8000-{number:012}"


def service_id(number: int) -> str:
    return f"5e200000-0000-4000-8000-{number:012}"


def template_id(number: int) -> str:
    return f"site-{number:05}"


async def fill(connection_string: str, session_id: str, count: int) -> None:
    """Write so many users, services, domain templates, and copies of the finished session."""
    async with _open(connection_string) as tables:
        await many_rows.store(tables, (row for document in _documents(count) for row in _rows_of(document)))
        original = await _Finished.read(tables, session_id)
        await many_rows.store(tables, (row for number in range(count) for row in original.copied(number)))


async def finished(connection_string: str, session_id: str) -> None:
    """Wait until the session is in the history."""
    async with _open(connection_string) as tables:
        while not await _history(tables, session_id):
            await asyncio.sleep(LOOK_EVERY)


def _documents(count: int) -> Iterator[Document]:
    licences = frozenset({Licence.INTERACT, Licence.INSTANT_MESSAGING})
    for number in range(count):
        name = f"Person{number:05}"
        yield User(
            user_id(number),
            name,
            f"{name.lower()}@lunifico.example",
            SUPPORT,
            licences=licences,
            direct_system_messages_id=DIRECT_MESSAGES,
        )
    for number in range(count):
        yield Service(
            service_id(number),
            f"Shop {number:05}",
            SUPPORT,
            licences=frozenset({Licence.ENTERPRISE, Licence.INTERACT}),
            modalities={INSTANT_MESSAGING.id: ServiceModality(True, WORKFLOW, SERVICE_MESSAGES)},
            interact=ACCESS,
            members=(user_id(number),),
        )
    for number in range(count):
        hosts = (DomainRow("https", f"shop{number:05}.example"), DomainRow("https", f"www.shop{number:05}.example"))
        yield DomainTemplate(template_id(number), f"Site {number:05}", COMPANY, hosts)


def _rows_of(document: Document) -> Iterator[StoredRow]:
    own, partition = key_of(document), part(demo.TENANT_ID)
    yield StoredRow(CONFIG, partition, row_key(own), document_values(Stored(document, "1")))
    for leading_to_it in (*(ref_key(target, own) for target in targets_of(document)), *entry_keys(document)):
        yield StoredRow(CONFIG, partition, leading_to_it, {})


class _Finished:
    """The rows of a finished session, in all tables."""

    def __init__(self, session_id: str, live: Sequence[Row], history: Sequence[Row]) -> None:
        self._id = session_id
        self._live = live
        self._history = history

    @classmethod
    async def read(cls, tables: Tables, session_id: str) -> _Finished:
        live = await tables.between(SESSIONS, part(session_id), *prefix("live"))
        return cls(session_id, live, await _history(tables, session_id))

    def copied(self, number: int) -> Iterator[StoredRow]:
        copy = f"{number:08}{self._id[8:]}"
        yield from (self._renamed(SESSIONS, part(copy), row, copy) for row in self._live)
        yield StoredRow(INDEX, f"thread-{number:08}", "session", {"session": copy})
        yield from (self._renamed(HISTORY, _month(), row, copy) for row in self._history)

    def _renamed(self, table: str, partition: str, row: Row, copy: str) -> StoredRow:
        values = {
            name: value.replace(self._id, copy) if isinstance(value, str) else value
            for name, value in row.values.items()
            if name not in OF_THE_ROW
        }
        return StoredRow(table, partition, row.key.replace(self._id, copy), values)


async def _history(tables: Tables, session_id: str) -> list[Row]:
    """The session's rows in this month's history; nothing as long as it has not ended."""
    return [row for row in await tables.between(HISTORY, _month(), "!", "~") if session_id in row.key]


def _month() -> str:
    return key(demo.TENANT_ID, f"{datetime.now(UTC):%Y-%m}")


@asynccontextmanager
async def _open(connection_string: str) -> AsyncIterator[Tables]:
    tables = Tables(StorageAccount(connection_string=connection_string))
    try:
        yield tables
    finally:
        await tables.close()
