"""Timers as queue messages that stay invisible until they are due."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters.failures import CALL, CONNECT, bounded, of_azure
from shared.adapters.storage_account import StorageAccount
from shared.domain.errors import PortError
from shared.ports import Clock

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueClient

QUEUE_NAME = "session-timers"
LONGEST_DELAY = timedelta(days=7)
"""Queue Storage hides a message no longer; whoever gets one before its `due` arms it again."""
NEVER_EXPIRES = -1
BUSY = frozenset({429, 503})


class QueueTimers:
    """Messages `{"session", "reason", "due"}` in base64, which the queue trigger expects; nothing else is in them."""

    def __init__(self, account: StorageAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._queue: QueueClient | None = None

    async def wake(self, session_id: str, due: datetime, reason: str) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        content = json.dumps({"session": session_id, "reason": reason, "due": due.astimezone(UTC).isoformat()})

        async def call() -> None:
            queue = self._open()
            # Reckoned anew for each attempt. Rounded up: never early.
            delay = min(due - self._clock.now(), LONGEST_DELAY).total_seconds()
            options = {"visibility_timeout": max(0, math.ceil(delay)), "time_to_live": NEVER_EXPIRES}
            try:
                await queue.send_message(content, **options)
            except ResourceNotFoundError:
                await self._create(queue)
                await queue.send_message(content, **options)

        def classify(error: BaseException) -> PortError:
            return of_azure(error, f"writing to {QUEUE_NAME}", BUSY)

        await bounded(call, classify, repeatable=True)

    async def close(self) -> None:
        if self._queue is not None:
            queue, self._queue = self._queue, None
            await queue.close()

    async def _create(self, queue: QueueClient) -> None:
        from azure.core.exceptions import ResourceExistsError

        try:
            await queue.create_queue()
        except ResourceExistsError:
            return  # another instance was faster

    def _open(self) -> QueueClient:
        if self._queue is None:
            self._queue = _client(self._account)
        return self._queue


def _client(account: StorageAccount) -> QueueClient:
    from azure.storage.queue import TextBase64EncodePolicy
    from azure.storage.queue.aio import QueueClient

    # Tries again in `failures.bounded` only.
    options: dict[str, Any] = {
        "message_encode_policy": TextBase64EncodePolicy(),
        "retry_total": 0,
        "connection_timeout": CONNECT,
        "read_timeout": CALL,
    }
    if account.connection_string:
        return QueueClient.from_connection_string(account.connection_string, QUEUE_NAME, **options)
    if account.credential is None:
        raise ValueError("a storage account needs a connection string or a credential")
    return QueueClient(account.queue_endpoint, QUEUE_NAME, credential=account.credential(), **options)
