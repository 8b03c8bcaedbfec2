"""How a queue is listened to, against real queues, with a function that is not run by the engine."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
from azure.storage.queue.aio import QueueClient

from local.host import queue_trigger
from local.host.bindings import Function
from local.host.failures import HostStartError, InvocationFailedError
from local.host.host_file import QueueOptions
from local.host.messages import TypedData
from local.host.queue_storage import QueueStorage
from local.host.queue_trigger import QueueListener

Work = Callable[[str], Awaitable[None]]


@pytest.fixture
async def queue(storage: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[QueueClient]:
    monkeypatch.setenv("STORAGE", storage)
    async with QueueClient.from_connection_string(storage, f"listened-{uuid.uuid4().hex[:12]}") as queue:
        await queue.create_queue()
        yield queue


@contextlib.asynccontextmanager
async def listening(
    queue_name: str, work: Work, options: QueueOptions, visibility: float = 600
) -> AsyncIterator[QueueListener]:
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


async def test_a_batch_is_worked_on_at_once_and_no_more_until_half_of_it_is_done(queue: QueueClient) -> None:
    running: list[str] = []
    may_end = asyncio.Semaphore(0)

    async def work(text: str) -> None:
        running.append(text)
        await may_end.acquire()

    await enqueue(queue, *"abcdefgh")
    async with listening(queue.queue_name, work, QueueOptions(batch_size=4, new_batch_threshold=2)):
        await wait_until(lambda: len(running) == 4)
        may_end.release()
        await asyncio.sleep(0.3)
        assert len(running) == 4
        may_end.release()
        await wait_until(lambda: len(running) == 8)
        for _ in range(6):
            may_end.release()
    assert await left(queue) == 0


async def test_what_a_function_enqueues_is_looked_for_as_soon_as_it_ends(
    queue: QueueClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_trigger, "MIN_POLLING_INTERVAL", 30)
    done: list[str] = []

    async def work(text: str) -> None:
        if text == "first":
            await enqueue(queue, "its successor")
        done.append(text)

    await enqueue(queue, "first")
    async with listening(queue.queue_name, work, QueueOptions(max_polling_interval=60)):
        await wait_until(lambda: done == ["first", "its successor"])


async def test_a_poll_can_be_brought_forward(queue: QueueClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_trigger, "MIN_POLLING_INTERVAL", 30)
    done: list[str] = []

    async def work(text: str) -> None:
        done.append(text)

    async with listening(queue.queue_name, work, QueueOptions(max_polling_interval=60)) as listener:
        await asyncio.sleep(0.3)
        await enqueue(queue, "written by an output")
        listener.look_now()
        await wait_until(lambda: len(done) == 1)


async def test_polls_of_an_empty_queue_become_ever_more_seldom(
    queue: QueueClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def pass_the_time(_listener: QueueListener, seconds: float) -> bool:
        waits.append(seconds)
        await asyncio.sleep(0)
        return False

    monkeypatch.setattr(QueueListener, "_woken_within", pass_the_time)

    async def work(_text: str) -> None:
        raise AssertionError("there is no message")

    async with listening(queue.queue_name, work, QueueOptions(max_polling_interval=2)):
        await wait_until(lambda: len(waits) >= 7)
    assert waits[:7] == [0.1, 0.2, 0.4, 0.8, 1.6, 2, 2]


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


async def test_a_queue_that_does_not_exist_yet_is_waited_for(queue: QueueClient, storage: str) -> None:
    done: list[str] = []

    async def work(text: str) -> None:
        done.append(text)

    name = f"{queue.queue_name}-later"
    async with (
        QueueClient.from_connection_string(storage, name) as later,
        listening(name, work, QueueOptions(max_polling_interval=0.1)),
    ):
        await asyncio.sleep(0.1)
        await later.create_queue()
        await enqueue(later, "here")
        await wait_until(lambda: done == ["here"])


async def test_storage_that_cannot_be_reached_is_told_once_and_polled_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key = base64.b64encode(b"no key").decode()
    address = "QueueEndpoint=http://127.0.0.1:9/account"
    monkeypatch.setenv("STORAGE", f"DefaultEndpointsProtocol=http;AccountName=account;AccountKey={key};{address}")

    async def work(_text: str) -> None:
        raise AssertionError("there is no message")

    with caplog.at_level(logging.WARNING, logger="local.host"):
        async with listening("some-queue", work, QueueOptions(max_polling_interval=0.1)):
            await asyncio.sleep(0.5)
    told = [record.getMessage() for record in caplog.records if record.name == "local.host"]
    assert len(told) == 1
    assert told[0].startswith("queue 'some-queue' cannot be read: ")


async def test_a_malformed_connection_string_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE", "AccountKey=c2VjcmV0")

    async def work(_text: str) -> None:
        raise AssertionError("there is no message")

    with pytest.raises(HostStartError, match="function 'worker'") as refused:
        async with listening("some-queue", work, QueueOptions()):
            pass
    assert "c2VjcmV0" not in str(refused.value)
