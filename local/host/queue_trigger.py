"""Queue triggers: polls a storage queue and invokes the function once per message, as the Functions host does."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from local.host.app_settings import connection_string, substitute
from local.host.bindings import Function
from local.host.failures import InvocationFailedError
from local.host.host_file import QueueOptions
from local.host.messages import TypedData, as_json, text
from local.host.queue_storage import QueueStorage

if TYPE_CHECKING:
    from azure.storage.queue import QueueMessage
    from azure.storage.queue.aio import QueueClient

logger = logging.getLogger("local.host")

MIN_POLLING_INTERVAL = 0.1
"""Seconds; the real host's."""

VISIBILITY = 600.0
"""Seconds that a message stays invisible while it is worked on, before it is renewed; the real host's."""

POISON_SUFFIX = "-poison"

Run = Callable[[Function, TypedData, Mapping[str, TypedData]], Awaitable[object]]
"""Invokes a function; raises InvocationFailedError."""


class QueueListener:
    """Listens to the queue of one function until it is stopped."""

    def __init__(
        self,
        function: Function,
        storage: QueueStorage,
        options: QueueOptions,
        run: Run,
        visibility: float = VISIBILITY,
    ) -> None:
        """Raises HostStartError for a missing setting or a malformed connection string."""
        settings = function.trigger.settings
        self.name = substitute(str(settings["queueName"]), function=function.name).lower()
        connection = connection_string(str(settings.get("connection") or ""), function=function.name)
        self._function = function
        self._storage = storage
        self._options = options
        self._run = run
        self._visibility = visibility
        self._queue = storage.queue(connection, self.name, function=function.name)
        self._poison_queue: QueueClient | None = None
        if not self.name.endswith(POISON_SUFFIX):
            self._poison_queue = storage.queue(connection, self.name + POISON_SUFFIX, function=function.name)
        self._in_flight = 0
        self._wake = asyncio.Event()
        self._stopping = False
        self._is_readable = True

    def look_now(self) -> None:
        """Something was put into the queue, or a place became free: do not sit the interval out."""
        self._wake.set()

    def stop(self) -> None:
        """Take no more messages; `listen` returns when those in work are done."""
        self._stopping = True
        self._wake.set()

    async def listen(self) -> None:
        """Poll until stopped: at once while messages flow, then ever more seldom up to the maximal interval."""
        interval = MIN_POLLING_INTERVAL
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                self._wake.clear()
                if self._in_flight > self._options.new_batch_threshold:
                    await self._wake.wait()
                    continue
                messages = await self._receive()
                self._in_flight += len(messages)
                for message in messages:
                    group.create_task(self._handle(message))
                if messages or await self._woken_within(interval):
                    interval = MIN_POLLING_INTERVAL
                else:
                    interval = min(interval * 2, self._options.max_polling_interval)

    async def _woken_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _receive(self) -> Sequence[QueueMessage]:
        from azure.core.exceptions import AzureError, ResourceNotFoundError

        pages = self._queue.receive_messages(
            messages_per_page=self._options.batch_size,
            visibility_timeout=int(self._visibility),
            retry_total=0,  # the next poll is the retry
        ).by_page()
        try:
            page = await anext(pages, None)
            messages = [] if page is None else [message async for message in page]
        except ResourceNotFoundError:
            # Like the real host, this one leaves it to the writer to create the queue.
            messages = []
        except AzureError as error:
            if self._is_readable:
                logger.warning("queue '%s' cannot be read: %s", self.name, error.message)
            self._is_readable = False
            return []
        if not self._is_readable:
            logger.warning("queue '%s' can be read again", self.name)
        self._is_readable = True
        return messages

    async def _handle(self, message: QueueMessage) -> None:
        from azure.core.exceptions import AzureError

        try:
            if self._stopping:
                await self._queue.update_message(message, visibility_timeout=0)
            else:
                await self._work_on(message)
        except AzureError as error:
            logger.warning("message %s of queue '%s' comes again: %s", message.id, self.name, error.message)
        finally:
            self._in_flight -= 1
            self._wake.set()

    async def _work_on(self, message: QueueMessage) -> None:
        dequeue_count = message.dequeue_count or 1
        if dequeue_count > self._options.max_dequeue_count and self._poison_queue:
            await self._poison(message, self._poison_queue)
            return
        try:
            content = self._storage.decode(message.content)
        except ValueError as error:
            logger.error("message %s of queue '%s': %s", message.id, self.name, error)  # noqa: TRY400 - no trace needed for a foreign message
            await self._give_up(message)
            return
        renewal = asyncio.create_task(self._renew(message))
        try:
            await self._run(self._function, text(content), _metadata(message, content))
        except InvocationFailedError:
            succeeded = False
        else:
            succeeded = True
        finally:
            renewal.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewal
        if succeeded:
            await self._queue.delete_message(message)
        elif dequeue_count >= self._options.max_dequeue_count:
            await self._give_up(message)
        else:
            await self._release(message)

    async def _renew(self, message: QueueMessage) -> None:
        from azure.core.exceptions import AzureError

        while True:
            await asyncio.sleep(self._visibility / 2)
            try:
                renewed = await self._queue.update_message(message, visibility_timeout=int(self._visibility))
            except AzureError as error:
                logger.warning("message %s of queue '%s' was not renewed: %s", message.id, self.name, error.message)
            else:
                message.pop_receipt = renewed.pop_receipt

    async def _release(self, message: QueueMessage) -> None:
        await self._queue.update_message(message, visibility_timeout=int(self._options.visibility_timeout))

    async def _give_up(self, message: QueueMessage) -> None:
        if self._poison_queue:
            await self._poison(message, self._poison_queue)
        else:
            await self._release(message)

    async def _poison(self, message: QueueMessage, poison_queue: QueueClient) -> None:
        logger.error("message %s of queue '%s' goes to '%s'", message.id, self.name, poison_queue.queue_name)
        await self._storage.send(poison_queue, message.content)
        await self._queue.delete_message(message)


def metadata_by_hand(content: str) -> Mapping[str, TypedData]:
    """The trigger's metadata for an invocation that has no message in any queue."""
    now = datetime.now(UTC)
    return _trigger_metadata(str(uuid.uuid4()), "", 1, now, now + timedelta(days=7), now, content)


def _metadata(message: QueueMessage, content: str) -> Mapping[str, TypedData]:
    return _trigger_metadata(
        message.id,
        message.pop_receipt or "",
        message.dequeue_count or 1,
        message.inserted_on,
        message.expires_on,
        message.next_visible_on,
        content,
    )


def _trigger_metadata(
    message_id: str,
    pop_receipt: str,
    dequeue_count: int,
    inserted: datetime | None,
    expires: datetime | None,
    next_visible: datetime | None,
    content: str,
) -> Mapping[str, TypedData]:
    times = {"InsertionTime": inserted, "ExpirationTime": expires, "NextVisibleTime": next_visible}
    return {
        "Id": text(message_id),
        "PopReceipt": text(pop_receipt),
        "DequeueCount": as_json(dequeue_count),
        "QueueTrigger": text(content),
        **{name: as_json(time.isoformat()) for name, time in times.items() if time is not None},
    }
