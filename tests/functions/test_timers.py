"""Timer messages: a look at the session when its time has come."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import azure.functions as func
import pytest

from functions.timers import on_session_timer
from functions.widget import widget_start
from shared.adapters.memory import WakeUp
from shared.domain.sessions import Phase
from tests.functions.world import World, form, json_of, request


@pytest.fixture
async def session_id(world: World) -> str:
    return str(json_of(await widget_start(request("POST", "x", form())))["sessionId"])


def message(body: object) -> func.QueueMessage:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return func.QueueMessage(id="message", body=raw)


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


async def test_a_timer_of_a_session_that_is_gone_is_done(world: World) -> None:
    await on_session_timer(message(timer(world, "gone", 0)))
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
async def test_a_broken_message_is_dropped(world: World, caplog: pytest.LogCaptureFixture, body: object) -> None:
    await on_session_timer(message(body))
    assert "was dropped" in caplog.text
    assert world.timers.due == []
