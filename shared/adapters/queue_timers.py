"""Timers as queue messages that stay invisible until they are due."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters.failures import CALL, CONNECT, STORAGE_NOT_NOW, bounded, of_azure
from shared.adapters.storage_account import StorageAccount
from shared.domain.errors import PortError
from shared.ports import Clock

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueClient

QUEUE_NAME = "session-timers"
PRESENCE_QUEUE = "presence-timers"
"""A queue of its own: a session's deadline never waits behind looks at presence."""
LONGEST_DELAY = timedelta(days=7)
"""Queue Storage hides a message no longer; whoever gets one before its `due` arms it again."""
NEVER_EXPIRES = -1
TURN_EXPIRES = 300
"""Seconds after which a look at presence is worth nothing; the chain has been begun anew by then."""


class QueueTimers:
    """Messages in base64, which the queue triggers expect; there is nothing in them but ids and times.

    `{"session", "reason", "due"}` of sessions, `{"tenant", "turn"}` of looks at presence.
    """

    def __init__(self, account: StorageAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._queues: dict[str, QueueClient] = {}

    async def wake(self, session_id: str, due: datetime, reason: str) -> None:
        content = {"session": session_id, "reason": reason, "due": due.astimezone(UTC).isoformat()}
        # Rounded up: never early.
        await self._send(QUEUE_NAME, content, due, math.ceil, NEVER_EXPIRES)

    async def look_at_presence(self, tenant_id: str, turn: int, due: datetime) -> None:
        # Rounded down: whoever gets it waits for the rest, so that turns come at their times and not at full seconds.
        await self._send(PRESENCE_QUEUE, {"tenant": tenant_id, "turn": turn}, due, math.floor, TURN_EXPIRES)

    async def probe(self) -> None:
        """Ask the queue of timers how it is; raises a PortError. One that is not there is made when it is needed."""
        from azure.core.exceptions import ResourceNotFoundError

        async def call() -> None:
            with suppress(ResourceNotFoundError):
                await self._open(QUEUE_NAME).get_queue_properties()

        def classify(error: BaseException) -> PortError:
            return of_azure(error, f"asking {QUEUE_NAME}", STORAGE_NOT_NOW)

        await bounded(call, classify, repeatable=True, attempts=1)

    async def close(self) -> None:
        queues, self._queues = self._queues, {}
        for queue in queues.values():
            await queue.close()

    async def _send(
        self, name: str, content: Mapping[str, Any], due: datetime, in_seconds: Callable[[float], int], life: int
    ) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        text = json.dumps(content)

        async def call() -> None:
            queue = self._open(name)
            # Reckoned anew for each attempt.
            delay = max(0, in_seconds(min(due - self._clock.now(), LONGEST_DELAY).total_seconds()))
            options = {"visibility_timeout": delay, "time_to_live": life}
            try:
                await queue.send_message(text, **options)
            except ResourceNotFoundError:
                await self._create(queue)
                await queue.send_message(text, **options)

        def classify(error: BaseException) -> PortError:
            return of_azure(error, f"writing to {name}", STORAGE_NOT_NOW)

        await bounded(call, classify, repeatable=True)

    async def _create(self, queue: QueueClient) -> None:
        from azure.core.exceptions import ResourceExistsError

        try:
            await queue.create_queue()
        except ResourceExistsError:
            return  # another instance was faster

    def _open(self, name: str) -> QueueClient:
        if name not in self._queues:
            self._queues[name] = _client(self._account, name)
        return self._queues[name]


def _client(account: StorageAccount, name: str) -> QueueClient:
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
        return QueueClient.from_connection_string(account.connection_string, name, **options)
    if account.credential is None:
        raise ValueError("a storage account needs a connection string or a credential")
    return QueueClient(account.queue_endpoint, name, credential=account.credential(), **options)
