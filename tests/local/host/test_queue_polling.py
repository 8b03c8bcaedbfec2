"""When a queue is looked into."""

from __future__ import annotations

import asyncio
import base64
import logging

import pytest
from azure.storage.queue.aio import QueueClient

from local.host import queue_trigger
from local.host.failures import HostStartError
from local.host.host_file import QueueOptions
from local.host.queue_trigger import QueueListener
from tests.local.host.listening import enqueue, left, listening, wait_until


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
