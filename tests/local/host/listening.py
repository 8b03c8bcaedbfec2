"""Listens to real queues with a function that is not run by the engine."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from azure.storage.queue.aio import QueueClient

from local.host.bindings import Function
from local.host.host_file import QueueOptions
from local.host.messages import TypedData
from local.host.queue_storage import QueueStorage
from local.host.queue_trigger import QueueListener

Work = Callable[[str], Awaitable[None]]


@contextlib.asynccontextmanager
async def listening(
    queue_name: str, work: Work, options: QueueOptions, visibility: float = 600
) -> AsyncIterator[QueueListener]:
    """Listen until the block is left; `work` gets the text of every message. The setting STORAGE has to be there."""

    async def run(_function: Function, data: TypedData, _metadata: Mapping[str, TypedData]) -> None:
        await work(data.string)

    trigger = {
        "direction": "IN",
        "type": "queueTrigger",
        "name": "m",
        "queueName": queue_name,
        "connection": "STORAGE",
    }
    storage = QueueStorage(use_base64=options.base64)
    listener = QueueListener(Function.of("worker", "1", [trigger]), storage, options, run, visibility)
    task = asyncio.create_task(listener.listen())
    try:
        yield listener
    finally:
        listener.stop()
        try:
            await asyncio.wait_for(task, 5)
        finally:
            await storage.close()


async def wait_until(look: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not look():
            await asyncio.sleep(0.01)


async def enqueue(queue: QueueClient, *texts: str) -> None:
    for text in texts:
        await queue.send_message(base64.b64encode(text.encode()).decode())


async def left(queue: QueueClient) -> int:
    return (await queue.get_queue_properties()).approximate_message_count or 0
