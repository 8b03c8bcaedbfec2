"""Table Storage as this project uses it: point reads, ranges of one partition, conditional transactions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from shared.adapters.failures import CALL, CONNECT, STORAGE_NOT_NOW, bounded, of_azure
from shared.adapters.storage_account import StorageAccount
from shared.adapters.table_operations import Insert, Operation, Put, as_change
from shared.adapters.transactions import MAX_OPERATIONS
from shared.domain.errors import AlreadyExists, PortError, Rejected, VersionConflict

if TYPE_CHECKING:
    from azure.core.exceptions import HttpResponseError
    from azure.data.tables.aio import TableClient, TableServiceClient

Result = TypeVar("Result")

CONFIG = "config"
WIDGET_KEYS = "widgetkeys"
SESSIONS = "sessions"
INDEX = "index"
QUEUE = "queue"
AGENTS = "agents"
HISTORY = "history"
THREADS = "threads"


@dataclass(frozen=True)
class Row:
    """A stored row; `version` is its ETag."""

    key: str
    values: Mapping[str, Any]
    version: str


class Tables:
    """One client for each process, made at first use inside the running loop; missing tables are made as well."""

    def __init__(self, account: StorageAccount) -> None:
        self._account = account
        self._service: TableServiceClient | None = None
        self._tables: dict[str, TableClient] = {}

    async def get(self, table: str, partition: str, key: str) -> Row | None:
        from azure.core.exceptions import ResourceNotFoundError

        async def call() -> Row | None:
            try:
                return _row(await self._table(table).get_entity(partition, key))
            except ResourceNotFoundError:
                return None

        return await self._run(table, f"reading a row of {table}", call, repeatable=True)

    async def between(
        self, table: str, partition: str, start: str, before: str, count: int | None = None
    ) -> Sequence[Row]:
        """Rows of one partition with start ≤ key < before, in order of their keys; the first `count` of them."""
        from azure.core.exceptions import ResourceNotFoundError

        async def call() -> Sequence[Row]:
            rows: list[Row] = []
            pages = self._table(table).query_entities(
                "PartitionKey eq @partition and RowKey ge @start and RowKey lt @before",
                parameters={"partition": partition, "start": start, "before": before},
                results_per_page=count,
            )
            try:
                async for entity in pages:
                    rows.append(_row(entity))
                    if len(rows) == count:
                        break
            except ResourceNotFoundError:
                return []
            return rows

        return await self._run(table, f"reading rows of {table}", call, repeatable=True)

    async def write(
        self, table: str, partition: str, *operations: Operation, repeatable: bool = False
    ) -> Sequence[str]:
        """All operations or none, in one transaction; their new versions ("" for deletions).

        Raises AlreadyExists (of an Insert), VersionConflict (of the others), Rejected where there are too many.
        Unless `repeatable`, tried again only where it surely had no effect, so a conflict is never with ourselves.
        """
        if len(operations) > MAX_OPERATIONS:
            raise Rejected(f"{len(operations)} operations in one transaction", "transaction_too_large")

        async def call() -> Sequence[str]:
            changes = [as_change(partition, operation) for operation in operations]
            client = self._table(table)
            if len(changes) == 1 and changes[0][0] != "delete":
                return [await _single(client, *changes[0])]
            return [str(answer.get("etag") or "") for answer in await client.submit_transaction(changes)]

        return await self._run(table, f"writing to {table}", call, operations, repeatable=repeatable)

    async def put(self, table: str, partition: str, key: str, values: Mapping[str, Any]) -> None:
        """Write one row whether or not there is one."""
        await self.write(table, partition, Put(key, values), repeatable=True)

    async def remove(self, table: str, partition: str, key: str) -> None:
        """Delete one row; no matter if it is gone."""

        async def call() -> None:
            await self._table(table).delete_entity(partition, key)

        await self._run(table, f"deleting from {table}", call, repeatable=True)

    async def close(self) -> None:
        if self._service is not None:
            service, self._service, self._tables = self._service, None, {}
            await service.close()

    def _table(self, table: str) -> TableClient:
        if table not in self._tables:
            if self._service is None:
                self._service = _open(self._account)
            self._tables[table] = self._service.get_table_client(table)
        return self._tables[table]

    async def _run(
        self,
        table: str,
        what: str,
        call: Callable[[], Awaitable[Result]],
        operations: Sequence[Operation] = (),
        *,
        repeatable: bool,
    ) -> Result:
        from azure.core.exceptions import HttpResponseError

        async def call_with_table() -> Result:
            try:
                return await call()
            except HttpResponseError as error:
                if not _table_is_missing(error):
                    raise
            await self._create(table)
            return await call()

        def classify(error: BaseException) -> PortError:
            return _conflict(error, what, operations) or of_azure(error, what, STORAGE_NOT_NOW)

        return await bounded(call_with_table, classify, repeatable=repeatable)

    async def _create(self, table: str) -> None:
        if self._service is not None:
            await self._service.create_table_if_not_exists(table)


def _open(account: StorageAccount) -> TableServiceClient:
    from azure.data.tables.aio import TableServiceClient

    # Tries again in `failures.bounded` only, which knows what may be repeated.
    options: dict[str, Any] = {"retry_total": 0, "connection_timeout": CONNECT, "read_timeout": CALL}
    if account.connection_string:
        return TableServiceClient.from_connection_string(account.connection_string, **options)
    if account.credential is None:
        raise ValueError("a storage account needs a connection string or a credential")
    return TableServiceClient(account.table_endpoint, credential=account.credential(), **options)


async def _single(client: TableClient, change: str, entity: dict[str, Any], options: dict[str, Any]) -> str:
    # Less than half the time of a transaction of one.
    if change == "create":
        answer = await client.create_entity(entity)
    elif change == "update":
        answer = await client.update_entity(entity, **options)
    else:
        answer = await client.upsert_entity(entity, **options)
    return str(answer["etag"])


def _row(entity: Any) -> Row:
    return Row(entity["RowKey"], entity, str(entity.metadata["etag"]))


def _table_is_missing(error: HttpResponseError) -> bool:
    # Some methods of the SDK raise the error before they have read its code.
    return error.status_code == 404 and "TableNotFound" in (getattr(error, "error_code", ""), _header_code(error))


def _header_code(error: HttpResponseError) -> str:
    headers: Mapping[str, str] = getattr(error.response, "headers", {})
    return headers.get("x-ms-error-code", "")


def _conflict(error: BaseException, what: str, operations: Sequence[Operation]) -> PortError | None:
    status = getattr(error, "status_code", None)
    if not operations or status not in (404, 409, 412):
        return None
    index = getattr(error, "index", 0)
    failed = operations[index] if 0 <= index < len(operations) else operations[0]
    if status == 409:
        inserts = [operation for operation in operations if isinstance(operation, Insert)]
        named = failed if isinstance(failed, Insert) else inserts[0] if inserts else failed
        return AlreadyExists(named.key)
    return VersionConflict(f"{what}: somebody else wrote {failed.key} first")
