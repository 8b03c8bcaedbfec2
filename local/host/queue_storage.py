"""Storage queues: one client per connection, texts encoded as host.json says."""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.host.failures import HostStartError

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueClient, QueueServiceClient


RETRIES: Mapping[str, Any] = {"retry_total": 2, "initial_backoff": 1, "increment_base": 1}
"""Short, as the storage is on this machine and polling comes again anyway."""


class QueueStorage:
    """Hands out queue clients; the SDK is imported with the first one, as most of its cost is the import."""

    def __init__(self, *, use_base64: bool) -> None:
        self._use_base64 = use_base64
        self._services: dict[str, QueueServiceClient] = {}

    def queue(self, connection_string: str, name: str, *, function: str) -> QueueClient:
        """The client of a queue that may not exist yet; raises HostStartError for a broken connection string."""
        service = self._services.get(connection_string)
        if service is None:
            from azure.storage.queue.aio import QueueServiceClient

            try:
                service = QueueServiceClient.from_connection_string(connection_string, **RETRIES)
            except ValueError as error:
                # The SDK's text is left out, as it could quote the account's key.
                raise HostStartError(f"function '{function}': its storage connection string is malformed") from error
            self._services[connection_string] = service
        return service.get_queue_client(name)

    def encode(self, content: bytes) -> str:
        return base64.b64encode(content).decode("ascii") if self._use_base64 else content.decode()

    def decode(self, text: str) -> str:
        """The text of a message; raises ValueError where it is not encoded as configured."""
        if not self._use_base64:
            return text
        try:
            return base64.b64decode(text, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ValueError("the message is not base64 of UTF-8 text") from error

    async def send(self, queue: QueueClient, text: str) -> None:
        """Put an encoded text into a queue, creating the queue if it is missing; raises AzureError."""
        from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

        try:
            await queue.send_message(text)
        except ResourceNotFoundError:
            with contextlib.suppress(ResourceExistsError):
                await queue.create_queue()
            await queue.send_message(text)

    async def close(self) -> None:
        for service in self._services.values():
            await service.close()
        self._services.clear()
