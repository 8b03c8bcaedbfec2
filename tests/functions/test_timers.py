"""Timer messages: a look at the session when its time has come."""

from __future__ import annotations

import json
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest

from functions.timers import PAUSE, TRIES_AT_ONCE, on_session_timer
from functions.widget import widget_start
from shared import bootstrap
from shared.adapters.memory import MemorySessionStore, WakeUp
from shared.domain.errors import OutcomeUnknown, Unreadable
from shared.domain.sessions import Phase
from shared.ports import SessionRecord
from tests.functions.world import World, form, json_of, request


@pytest.fixture
async def session_id(world: World) -> str:
    return str(json_of(await widget_start(request("POST", "x", form())))["sessionId"])


class Message(func.QueueMessage):
    """As the host hands it over, with the number of times it was received."""

    def __init__(self, body: bytes, dequeue_count: int, inserted: datetime | None = None) -> None:
        super().__init__(id="message", body=body)
        self._count = dequeue_count
        self._inserted = inserted

    @property
    def dequeue_count(self) -> int:
        return self._count

    @property
    def insertion_time(self) -> datetime | None:
        return self._inserted


def message(body: object, dequeue_count: int = 1) -> func.QueueMessage:
    return Message(body if isinstance(body, bytes) else json.dumps(body).encode(), dequeue_count)


def timer(world: World, session: str, seconds: float, reason: str = "opened") -> dict[str, Any]:
    due = world.clock.now() + timedelta(seconds=seconds)
    return {"session": session, "reason": reason, "due": due.isoformat()}


async def test_a_due_timer_looks_at_its_session(world: World, session_id: str) -> None:
    await on_session_timer(message(timer(world, session_id, 0)))
    assert world.sessions.rows[session_id].session.phase is Phase.WAITING


@pytest.mark.parametrize("seconds", [0.001, 3, 8 * 86_400])
async def test_a_timer_before_its_time_is_put_back(world: World, session_id: str, seconds: float) -> None:
    world.timers.due.clear()
    await on_session_timer(message(timer(world, session_id, seconds)))
    due = world.clock.now() + timedelta(seconds=seconds)
    assert world.timers.due == [WakeUp(due, session_id, "opened")]
    assert world.sessions.rows[session_id].session.phase is Phase.OPENED


@pytest.mark.parametrize(("seconds", "is_looked_at"), [(3_600, True), (30, False), (8 * 86_400, False)])
async def test_a_timer_of_a_clock_that_ran_ahead_is_looked_at_as_well(
    world: World, session_id: str, seconds: float, is_looked_at: bool
) -> None:
    body = json.dumps(timer(world, session_id, seconds)).encode()
    world.timers.due.clear()
    await on_session_timer(Message(body, 1, inserted=world.clock.now()))
    assert WakeUp(world.clock.now() + timedelta(seconds=seconds), session_id, "opened") in world.timers.due
    assert (world.sessions.rows[session_id].session.phase is Phase.WAITING) is is_looked_at


async def test_a_timer_of_a_session_that_is_gone_is_done(world: World) -> None:
    await on_session_timer(message(timer(world, "gone", 0)))
    assert world.timers.due == []


class TestOutages:
    """Storage does not answer."""

    @pytest.fixture(autouse=True)
    def outage(self, world: World, session_id: str) -> None:
        class Down(MemorySessionStore):
            async def read(self, session_id: str) -> SessionRecord | None:
                raise OutcomeUnknown("down")

        world.replace(sessions=Down())
        world.timers.due.clear()
        bootstrap.use(world.application, world.surroundings)

    @pytest.mark.parametrize("tried", [1, 3])
    async def test_at_first_the_host_tries_again(self, world: World, session_id: str, tried: int) -> None:
        with pytest.raises(OutcomeUnknown):
            await on_session_timer(message(timer(world, session_id, 0), tried))
        assert world.timers.due == []

    async def test_before_the_poison_queue_the_timer_is_put_off(self, world: World, session_id: str) -> None:
        await on_session_timer(message(timer(world, session_id, 0, "watchdog"), 4))
        assert world.timers.due == [WakeUp(world.clock.now() + PAUSE, session_id, "watchdog")]

    def test_that_comes_before_the_host_gives_up(self) -> None:
        queues = json.loads((Path(__file__).parents[2] / "host.json").read_text())["extensions"]["queues"]
        assert queues["maxDequeueCount"] > TRIES_AT_ONCE


async def test_a_timer_of_an_unreadable_session_goes_to_the_poison_queue_too(world: World, session_id: str) -> None:
    class Torn(MemorySessionStore):
        async def read(self, session_id: str) -> SessionRecord | None:
            raise Unreadable("a stored State", ["session.phase"])

    world.replace(sessions=Torn())
    world.timers.due.clear()
    bootstrap.use(world.application, world.surroundings)
    for tried in range(1, TRIES_AT_ONCE + 2):
        with pytest.raises(Unreadable):
            await on_session_timer(message(timer(world, session_id, 0), tried))
    assert world.timers.due == []


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"",
        b"\xff",
        [],
        {"session": "s", "reason": "r"},
        {"session": "", "reason": "r", "due": "2030-01-01T00:00:00Z"},
        {"session": "s", "reason": "r", "due": "2030-01-01T00:00:00"},
        {"session": "s", "reason": "r", "due": "2030-01-01T00:00:00Z", "text": "t"},
    ],
    ids=str,
)
@pytest.mark.parametrize("tried", [1, TRIES_AT_ONCE, TRIES_AT_ONCE + 1])
async def test_a_broken_message_fails_each_time_so_that_it_goes_to_the_poison_queue(
    world: World, body: object, tried: int
) -> None:
    with pytest.raises(Unreadable, match="timer message message is unreadable: "):
        await on_session_timer(message(body, tried))
    assert world.timers.due == []


async def test_the_reason_names_places_and_quotes_nothing(world: World) -> None:
    body = {"session": "s", "reason": "r", "due": "Do you deliver to Basel?", "text": "Basel"}
    with pytest.raises(Unreadable) as refusal:
        await on_session_timer(message(body))
    assert str(refusal.value) == "timer message message is unreadable: due, text"
    assert "Basel" not in "".join(traceback.format_exception(refusal.value))
