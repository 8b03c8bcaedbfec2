"""What becomes of a message that was taken from a queue."""

from __future__ import annotations

import asyncio
import time

from azure.storage.queue.aio import QueueClient

from local.host.failures import InvocationFailedError
from local.host.host_file import QueueOptions
from tests.local.host.listening import enqueue, left, listening, wait_until


async def test_a_message_stays_invisible_for_as_long_as_its_function_runs(queue: QueueClient) -> None:
    begun: list[str] = []
    may_end = asyncio.Event()

    async def work(text: str) -> None:
        begun.append(text)
        await may_end.wait()

    await enqueue(queue, "long")
    async with listening(queue.queue_name, work, QueueOptions(), visibility=1):
        await wait_until(lambda: len(begun) == 1)
        # Without renewal it would show up again after 1 s and be taken a second time.
        await asyncio.sleep(1.7)
        assert begun == ["long"]
        may_end.set()
    assert await left(queue) == 0


async def test_a_failed_message_waits_for_the_visibility_timeout(queue: QueueClient) -> None:
    tries: list[float] = []

    async def work(_text: str) -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise InvocationFailedError("as asked for")

    await enqueue(queue, "again")
    async with listening(queue.queue_name, work, QueueOptions(visibility_timeout=1, max_polling_interval=0.1)):
        await wait_until(lambda: len(tries) == 2)
    assert tries[1] - tries[0] > 0.9
    assert await left(queue) == 0


async def test_a_message_that_was_taken_too_often_already_is_not_tried_again(queue: QueueClient, storage: str) -> None:
    tried: list[str] = []

    async def work(text: str) -> None:
        tried.append(text)

    await enqueue(queue, "deadly")
    for _ in range(2):
        assert await queue.receive_message(visibility_timeout=1) is not None
        await asyncio.sleep(1.05)
    async with (
        QueueClient.from_connection_string(storage, f"{queue.queue_name}-poison") as poison,
        listening(queue.queue_name, work, QueueOptions(max_dequeue_count=2, max_polling_interval=0.1)),
        asyncio.timeout(10),
    ):
        while await left(queue):
            await asyncio.sleep(0.02)
        assert await left(poison) == 1
    assert tried == []


async def test_a_poison_queue_has_no_poison_queue_of_its_own(storage: str, queue: QueueClient) -> None:
    tries: list[str] = []

    async def work(text: str) -> None:
        tries.append(text)
        if len(tries) < 4:
            raise InvocationFailedError("as asked for")

    name = f"{queue.queue_name}-poison"
    async with QueueClient.from_connection_string(storage, name) as poison:
        await poison.create_queue()
        await enqueue(poison, "hopeless")
        async with listening(name, work, QueueOptions(max_dequeue_count=2, max_polling_interval=0.1)):
            await wait_until(lambda: len(tries) == 4)
        assert await left(poison) == 0


async def test_texts_pass_as_they_are_where_host_json_says_none(queue: QueueClient) -> None:
    done: list[str] = []

    async def work(text: str) -> None:
        done.append(text)

    await queue.send_message("<plain> & simple")
    async with listening(queue.queue_name, work, QueueOptions(base64=False)):
        await wait_until(lambda: done == ["<plain> & simple"])


async def test_messages_in_work_are_finished_when_the_listener_stops(queue: QueueClient) -> None:
    begun = asyncio.Event()
    ended = asyncio.Event()

    async def work(_text: str) -> None:
        begun.set()
        await asyncio.sleep(0.2)
        ended.set()

    await enqueue(queue, "last")
    async with listening(queue.queue_name, work, QueueOptions()):
        await asyncio.wait_for(begun.wait(), 10)
    assert ended.is_set()
    assert await left(queue) == 0
