"""What all timers have to do: remember who is to be looked at, when, and why."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import TextBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from shared.adapters.memory import ManualClock, MemoryTimers
from shared.adapters.queue_timers import PRESENCE_QUEUE, QUEUE_NAME, QueueTimers
from shared.adapters.storage_account import StorageAccount
from shared.adapters.system import SystemClock
from shared.ports import Timers
from tests.ports.samples import unique

Due = tuple[str, datetime, str]


@dataclass(frozen=True)
class Armed:
    """Timers, and how to take the messages of one session that have come due."""

    timers: Timers
    take: Callable[[str], Awaitable[list[Due]]]


@pytest.fixture
async def queue(storage: str) -> AsyncIterator[QueueClient]:
    async with QueueClient.from_connection_string(
        storage, QUEUE_NAME, message_decode_policy=TextBase64DecodePolicy()
    ) as client:
        yield client


@pytest.fixture(params=["memory", "queue"])
async def armed(request: pytest.FixtureRequest, account: StorageAccount, queue: QueueClient) -> AsyncIterator[Armed]:
    if request.param == "memory":
        memory = MemoryTimers()

        async def take_from_memory(session_id: str) -> list[Due]:
            ready = memory.take(SystemClock().now())
            return [(one.session_id, one.due, one.reason) for one in ready if one.session_id == session_id]

        yield Armed(memory, take_from_memory)
        return
    timers = QueueTimers(account, SystemClock())
    yield Armed(timers, lambda session_id: take(queue, session_id))
    await timers.close()


async def take(queue: QueueClient, session_id: str) -> list[Due]:
    """The visible messages of one session; those of others are left alone."""
    found: list[Due] = []
    async for message in queue.receive_messages(messages_per_page=32, visibility_timeout=1):
        content: dict[str, Any] = json.loads(message.content)
        if content["session"] == session_id:
            found.append((content["session"], datetime.fromisoformat(content["due"]), content["reason"]))
            await queue.delete_message(message)
    return found


async def test_what_is_due_is_there_at_once(armed: Armed) -> None:
    session_id, due = unique("session"), datetime.now(UTC) - timedelta(seconds=1)
    await armed.timers.wake(session_id, due, "watchdog")
    assert await armed.take(session_id) == [(session_id, due, "watchdog")]


async def test_nothing_comes_early(armed: Armed) -> None:
    session_id = unique("session")
    await armed.timers.wake(session_id, datetime.now(UTC) + timedelta(seconds=600), "watchdog")
    assert await armed.take(session_id) == []


async def test_a_wake_up_can_be_asked_for_twice(armed: Armed) -> None:
    session_id, due = unique("session"), datetime.now(UTC)
    for _ in range(2):
        await armed.timers.wake(session_id, due, "watchdog")
    assert await armed.take(session_id) == [(session_id, due, "watchdog")] * 2


class RecordingQueue:
    """Stands where the SDK's client stands and keeps what it is asked to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.missing = False
        self.created = 0

    async def send_message(self, content: str, **options: Any) -> None:
        if self.missing:
            self.missing = False
            raise ResourceNotFoundError("QueueNotFound")
        self.sent.append((content, options))

    async def create_queue(self) -> None:
        self.created += 1


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        (timedelta(seconds=-5), 0),
        (timedelta(microseconds=1), 1),
        (timedelta(seconds=44, milliseconds=1), 45),
        (timedelta(days=7), 604_800),
        (timedelta(days=30), 604_800),
    ],
)
async def test_delays_are_rounded_up_and_cut_at_seven_days(
    monkeypatch: pytest.MonkeyPatch, delay: timedelta, seconds: int
) -> None:
    clock, queue = ManualClock(), RecordingQueue()
    monkeypatch.setattr("shared.adapters.queue_timers._client", lambda account, name: queue)
    await QueueTimers(StorageAccount("unused"), clock).wake("session-1", clock.now() + delay, "limit")
    content, options = queue.sent[0]
    assert options == {"visibility_timeout": seconds, "time_to_live": -1}
    due = (clock.now() + delay).isoformat()
    assert json.loads(content) == {"session": "session-1", "reason": "limit", "due": due}, "ids and nothing else"


@pytest.mark.parametrize(("delay", "seconds"), [(-5.0, 0), (0.9, 0), (1.0, 1), (4.99, 4)])
async def test_a_look_at_presence_comes_up_to_a_second_early_and_is_worth_nothing_after_minutes(
    monkeypatch: pytest.MonkeyPatch, delay: float, seconds: int
) -> None:
    clock, queue, names = ManualClock(), RecordingQueue(), []

    def client(account: StorageAccount, name: str) -> RecordingQueue:
        names.append(name)
        return queue

    monkeypatch.setattr("shared.adapters.queue_timers._client", client)
    due = clock.now() + timedelta(seconds=delay)
    await QueueTimers(StorageAccount("unused"), clock).look_at_presence("lunifico", 7, due)
    content, options = queue.sent[0]
    assert names == [PRESENCE_QUEUE]
    assert options == {"visibility_timeout": seconds, "time_to_live": 300}
    assert json.loads(content) == {"tenant": "lunifico", "turn": 7}


async def test_a_look_at_presence_is_remembered(armed: Armed, storage: str) -> None:
    tenant_id, due = unique("tenant"), datetime.now(UTC)
    await armed.timers.look_at_presence(tenant_id, 3, due)
    if isinstance(armed.timers, MemoryTimers):
        assert armed.timers.turns == [(due, tenant_id, 3)]
        return
    decode = TextBase64DecodePolicy()
    async with QueueClient.from_connection_string(storage, PRESENCE_QUEUE, message_decode_policy=decode) as queue:
        messages = [json.loads(one.content) async for one in queue.receive_messages(visibility_timeout=1)]
    assert {"tenant": tenant_id, "turn": 3} in messages


async def test_a_missing_queue_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, queue = ManualClock(), RecordingQueue()
    queue.missing = True
    monkeypatch.setattr("shared.adapters.queue_timers._client", lambda account, name: queue)
    await QueueTimers(StorageAccount("unused"), clock).wake("session-1", clock.now(), "limit")
    assert (queue.created, len(queue.sent)) == (1, 1)
