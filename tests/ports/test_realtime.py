"""What push has to do: reach a session's widget if it can, and never get in the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import aiohttp
import jwt
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.serving import serving
from local.signalr import SignalROptions, create_app
from shared.adapters import signalr
from shared.adapters.http_session import HttpSession
from shared.adapters.memory import MemoryRealtime
from shared.adapters.null_realtime import NullRealtime
from shared.adapters.signalr import SignalR
from shared.adapters.system import SystemClock
from shared.domain.availability import ContactState
from shared.ports import Realtime, RealtimeAccess

KEY = "an access key of at least thirty-two bytes"
END = "\x1e"
NOW = datetime(2030, 1, 1, 9, 0, 0, 250_900, tzinfo=UTC)


@dataclass(frozen=True)
class Push:
    realtime: SignalR
    url: str
    http: HttpSession


@pytest.fixture
async def push() -> AsyncIterator[Push]:
    options, http = SignalROptions(KEY), HttpSession()
    async with serving(create_app(options)) as server:
        yield Push(SignalR(options.connection_string(server.port), http, SystemClock()), server.url, http)
        await http.close()


@pytest.fixture(params=["memory", "null", "signalr"])
def realtime(request: pytest.FixtureRequest, push: Push) -> Realtime:
    adapters: dict[str, Realtime] = {
        "memory": MemoryRealtime(),
        "null": NullRealtime(),
        "signalr": push.realtime,
    }
    return adapters[request.param]


async def test_a_nudge_that_nobody_hears_does_no_harm(realtime: Realtime) -> None:
    await realtime.nudge("session-1", "connected")


async def test_a_state_that_nobody_hears_does_no_harm(realtime: Realtime) -> None:
    await realtime.publish_presence("contact-1", ContactState.BUSY, NOW)


async def test_who_may_watch_may_also_have_a_session(realtime: Realtime) -> None:
    of_session, of_contact = await realtime.access("same"), await realtime.presence_access("same")
    assert (of_session is None) == (of_contact is None)
    assert of_session is None or of_contact is None or of_session.access_token != of_contact.access_token


async def test_typing_that_nobody_sees_does_no_harm(realtime: Realtime) -> None:
    await realtime.show_typing("session-1")


async def test_access_is_an_address_and_a_token_or_nothing(realtime: Realtime) -> None:
    access = await realtime.access("session-1")
    assert access is None or (access.url and access.access_token)
    assert (access is None) == isinstance(realtime, NullRealtime)


async def connect(push: Push, session_id: str) -> aiohttp.ClientWebSocketResponse[Literal[True]]:
    """The connection of a session's widget."""
    return await connect_with(push, await push.realtime.access(session_id))


async def connect_with(push: Push, access: RealtimeAccess | None) -> aiohttp.ClientWebSocketResponse[Literal[True]]:
    """A widget's connection, as Microsoft's client makes it after its negotiation."""
    assert access is not None
    url = access.url.replace("http://", "ws://")
    socket = await push.http.open().ws_connect(f"{url}&access_token={access.access_token}")
    await socket.send_str(json.dumps({"protocol": "json", "version": 1}) + END)
    assert await socket.receive_str(timeout=5) == "{}" + END
    return socket


async def test_a_sessions_widget_is_nudged_and_no_other(push: Push) -> None:
    sockets = [await connect(push, session_id) for session_id in ("session-1", "session-2")]
    await push.realtime.nudge("session-1", "connected")
    message = json.loads((await sockets[0].receive_str(timeout=5)).rstrip(END))
    assert (message["type"], message["target"]) == (1, "nudge")
    assert message["arguments"] == [{"sessionId": "session-1", "state": "connected"}]
    with pytest.raises(TimeoutError):
        await sockets[1].receive_str(timeout=0.1)
    for socket in sockets:
        await socket.close()


async def test_all_who_watch_a_contact_hear_of_it_and_no_session_does(push: Push) -> None:
    watching = [await connect_with(push, await push.realtime.presence_access("contact-1")) for _ in range(2)]
    others = [await connect(push, "contact-1")]
    others.append(await connect_with(push, await push.realtime.presence_access("contact-2")))
    await push.realtime.publish_presence("contact-1", ContactState.AVAILABLE, NOW)
    for socket in watching:
        message = json.loads((await socket.receive_str(timeout=5)).rstrip(END))
        assert (message["target"], message["arguments"]) == (
            "presence",
            [{"state": "available", "at": "2030-01-01T09:00:00.250Z"}],
        )
    for socket in others:
        with pytest.raises(TimeoutError):
            await socket.receive_str(timeout=0.05)
    for socket in (*watching, *others):
        await socket.close()


async def test_a_sessions_widget_hears_that_the_agent_is_typing(push: Push) -> None:
    socket = await connect(push, "session-1")
    await push.realtime.show_typing("session-1")
    message = json.loads((await socket.receive_str(timeout=5)).rstrip(END))
    assert (message["target"], message["arguments"]) == ("nudge", [{"sessionId": "session-1", "typing": True}])
    await socket.close()


async def test_access_lasts_an_hour_and_is_for_this_session(push: Push) -> None:
    access = await push.realtime.access("session-1")
    assert access is not None
    claims: dict[str, Any] = jwt.decode(access.access_token, KEY, algorithms=["HS256"], audience=access.url)
    assert claims["nameid"] == "session-1"
    left = datetime.fromtimestamp(claims["exp"], UTC) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(minutes=60)


async def test_a_service_that_is_down_is_noted_and_nothing_more(caplog: pytest.LogCaptureFixture) -> None:
    http = HttpSession()
    realtime = SignalR(f"Endpoint=http://127.0.0.1;Port=9;AccessKey={KEY}", http, SystemClock())
    await realtime.nudge("session-1", "connected")
    await http.close()
    assert "SignalR was not reached" in caplog.text


@asynccontextmanager
async def hanging_up(calls: list[str], *, answers: int) -> AsyncIterator[str]:
    """The address of a service that closes each connection when it is used again after so many answers."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answered in range(answers + 1):
            with suppress(asyncio.IncompleteReadError):
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(int(line.split()[1]) for line in head.lower().splitlines() if b"content-length" in line)
                calls.append((await reader.readexactly(length)).decode())
                if answered < answers:
                    writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_connection_that_was_closed_meanwhile_loses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[str] = []
    http = HttpSession()
    async with hanging_up(calls, answers=1) as url:
        realtime = SignalR(f"Endpoint={url};AccessKey={KEY}", http, SystemClock())
        await realtime.nudge("session-1", "connected")
        await realtime.show_typing("session-1")
        await http.close()
    # The sign of typing reached a connection in the moment of its end, and then a new one.
    assert ["typing" in call for call in calls] == [False, True, True]
    assert "SignalR" not in caplog.text


async def test_a_service_that_always_hangs_up_is_asked_twice_and_noted(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[str] = []
    http = HttpSession()
    async with hanging_up(calls, answers=0) as url:
        await SignalR(f"Endpoint={url};AccessKey={KEY}", http, SystemClock()).nudge("session-1", "connected")
        await http.close()
    assert len(calls) == 2
    assert "SignalR was not reached: ServerDisconnectedError" in caplog.text


@pytest.mark.parametrize("status", [401, 503])
async def test_a_refusal_is_noted_and_nothing_more(status: int, caplog: pytest.LogCaptureFixture) -> None:
    async def refuse(request: Request) -> Response:
        return Response(status_code=status)

    http = HttpSession()
    async with serving(Starlette(routes=[Route("/{rest:path}", refuse, methods=["POST"])])) as server:
        await SignalR(f"Endpoint={server.url};AccessKey={KEY}", http, SystemClock()).nudge("session-1", "ended")
        await http.close()
    assert f"SignalR answered a nudge with {status}" in caplog.text


async def test_a_slow_service_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    released = asyncio.Event()

    async def hang(request: Request) -> Response:
        await released.wait()
        return Response(status_code=202)

    monkeypatch.setattr(signalr, "PATIENCE", 0.1)
    http = HttpSession()
    async with serving(Starlette(routes=[Route("/{rest:path}", hang, methods=["POST"])])) as server:
        await SignalR(f"Endpoint={server.url};AccessKey={KEY}", http, SystemClock()).nudge("session-1", "ended")
        assert not released.is_set()
        released.set()
        await http.close()
    assert "SignalR was not reached: TimeoutError" in caplog.text


def test_a_connection_string_without_a_key_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="AccessKey"):
        SignalR("Endpoint=https://push.example;", HttpSession(), SystemClock())
