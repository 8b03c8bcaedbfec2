"""Fills the storage of the bench's company with many more documents and finished sessions than anybody looks at.

Documents are written as saving writes them, with the rows by which they are found, but a hundred rows in a transaction.
Finished sessions are copies of one that was really held.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from local import demo
from local.seed import COMPANY, DIRECT_MESSAGES, PREVIEW_TEMPLATE, SERVICE_MESSAGES, SUPPORT, WORKFLOW
from shared.adapters.document_rows import document_values, entry_keys, ref_key, row_key
from shared.adapters.rows import key, part, prefix
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_operations import Operation, Put
from shared.adapters.tables import CONFIG, HISTORY, INDEX, SESSIONS, Row, Tables
from shared.domain.documents import Document, key_of
from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.licences import Licence
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.references import targets_of
from shared.domain.services import Service, ServiceModality
from shared.domain.users import InteractAccess, User
from shared.ports import Stored

Thing = TypeVar("Thing")

TRANSACTION = 100
AT_ONCE = 3
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
        operations = (operation for document in _documents(count) for operation in _rows_of(document))
        partition = part(demo.TENANT_ID)
        await _all(_in_transactions(operations), lambda some: tables.write(CONFIG, partition, *some, repeatable=True))
        original = await _Finished.read(tables, session_id)
        await _all(range(count), lambda number: original.copied(tables, number))


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


def _rows_of(document: Document) -> Iterator[Operation]:
    own = key_of(document)
    yield Put(row_key(own), document_values(Stored(document, "1")))
    yield from (Put(ref_key(target, own)) for target in targets_of(document))
    yield from (Put(entry) for entry in entry_keys(document))


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

    async def copied(self, tables: Tables, number: int) -> None:
        copy = f"{number:08}{self._id[8:]}"
        await tables.write(SESSIONS, part(copy), *(self._renamed(row, copy) for row in self._live), repeatable=True)
        await tables.put(INDEX, f"thread-{number:08}", "session", {"session": copy})
        await tables.write(HISTORY, _month(), *(self._renamed(row, copy) for row in self._history), repeatable=True)

    def _renamed(self, row: Row, copy: str) -> Put:
        values = {
            name: value.replace(self._id, copy) if isinstance(value, str) else value
            for name, value in row.values.items()
            if name not in OF_THE_ROW
        }
        return Put(row.key.replace(self._id, copy), values)


async def _history(tables: Tables, session_id: str) -> list[Row]:
    """The session's rows in this month's history; nothing as long as it has not ended."""
    return [row for row in await tables.between(HISTORY, _month(), "!", "~") if session_id in row.key]


def _month() -> str:
    return key(demo.TENANT_ID, f"{datetime.now(UTC):%Y-%m}")


def _in_transactions(operations: Iterator[Operation]) -> Iterator[Sequence[Operation]]:
    while some := tuple(islice(operations, TRANSACTION)):
        yield some


async def _all(things: Iterable[Thing], work: Callable[[Thing], Awaitable[object]]) -> None:
    left = iter(things)

    async def some() -> None:
        for thing in left:
            await work(thing)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


@asynccontextmanager
async def _open(connection_string: str) -> AsyncIterator[Tables]:
    tables = Tables(StorageAccount(connection_string=connection_string))
    try:
        yield tables
    finally:
        await tables.close()
