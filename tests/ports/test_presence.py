"""What presence has to do: answer for everybody who is asked for, quickly, and never fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.serving import serving
from shared.adapters import graph_presence
from shared.adapters.graph_presence import PRESENCES, GraphPresence
from shared.adapters.http_session import HttpSession
from shared.adapters.memory import ManualClock, MemoryPresence
from shared.adapters.system import SystemClock
from shared.adapters.teams_token import GRAPH_SCOPE, BotToken
from shared.adapters.unknown_presence import UnknownPresence
from shared.domain.availability import TeamsPresence
from shared.domain.tenants import Tenant
from shared.ports import Presence
from tests.ports.desk import BOT_ID, LUISA, SECRET, Desk, running_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

TENANT = Tenant(id="lunifico", name="Lunifico", widget_key="widget-key-of-lunifico")
NOBODY = "b0000000-0000-4000-8000-000000000009"
KEPT = timedelta(seconds=3)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Desk]:
    async with running_desk() as opened:
        await opened.install()
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def desk(running: Desk) -> Desk:
    return await running.cleaned()


def of_desk(desk: Desk, kept: timedelta = timedelta(0)) -> GraphPresence:
    token = BotToken(desk.http, SystemClock(), desk.token_url, BOT_ID, SECRET, GRAPH_SCOPE)
    return GraphPresence(desk.http, SystemClock(), token, f"{desk.url}/graph/v1.0", kept)


Setting = Callable[[str], Awaitable[None]]


@pytest.fixture(params=["memory", "unknown", "graph"])
def presence(request: pytest.FixtureRequest, desk: Desk) -> tuple[Presence, Setting]:
    """The port, and how Luisa sets her presence; an adapter that does not ask Teams hears nothing of it."""
    memory = MemoryPresence()

    async def in_memory(availability: str) -> None:
        memory.states[LUISA.id] = PRESENCES[availability]

    async def at_the_desk(availability: str) -> None:
        await desk.standin("POST", "presence", {"user": LUISA.id, "availability": availability})

    ports: dict[str, tuple[Presence, Setting]] = {
        "memory": (memory, in_memory),
        "unknown": (UnknownPresence(), at_the_desk),
        "graph": (of_desk(desk), at_the_desk),
    }
    return ports[request.param]


async def test_everybody_is_answered_for(presence: tuple[Presence, Setting]) -> None:
    port, sets = presence
    await sets("Busy")
    answer = await port.of(TENANT, [LUISA.id, NOBODY, "no object id"])
    assert list(answer) == [LUISA.id, NOBODY, "no object id"]
    assert answer[NOBODY] is answer["no object id"] is TeamsPresence.UNKNOWN
    expected = TeamsPresence.UNKNOWN if isinstance(port, UnknownPresence) else TeamsPresence.BUSY
    assert answer[LUISA.id] is expected


async def test_nobody_is_an_answer_too(presence: tuple[Presence, Setting]) -> None:
    assert dict(await presence[0].of(TENANT, [])) == {}


async def test_a_change_is_seen(presence: tuple[Presence, Setting]) -> None:
    port, sets = presence
    seen = set()
    for availability in ("Away", "Offline", "Available"):
        await sets(availability)
        seen.add((await port.of(TENANT, [LUISA.id]))[LUISA.id])
    is_deaf = isinstance(port, UnknownPresence)
    assert seen == ({TeamsPresence.UNKNOWN} if is_deaf else set(TeamsPresence) - {"busy", "doNotDisturb", "unknown"})


# --- Graph's own sides ----------------------------------------------------------------------------------------------


@dataclass
class Graph:
    """Answers by `status` and `document`, and notes which ids each request has named."""

    asked: list[list[str]] = field(default_factory=list)
    availabilities: dict[str, str] = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    document: str | None = None
    hold: asyncio.Event | None = None

    async def answer(self, request: Request) -> Response:
        self.asked.append(json.loads(await request.body())["ids"])
        if self.hold is not None:
            await self.hold.wait()
        found = [{"id": each, "availability": self.availabilities.get(each, "Available")} for each in self.asked[-1]]
        content = json.dumps({"value": found}) if self.document is None else self.document
        return Response(content, self.status, self.headers, "application/json")


class FakeToken:
    def __init__(self) -> None:
        self.forgotten = 0

    async def get(self) -> str:
        return "token"

    def forget(self) -> None:
        self.forgotten += 1


@dataclass(frozen=True)
class Asked:
    graph: Graph
    clock: ManualClock
    token: FakeToken
    presence: GraphPresence

    async def of(self, *user_ids: str) -> Mapping[str, TeamsPresence]:
        return await self.presence.of(TENANT, user_ids)


@pytest_asyncio.fixture(loop_scope="module")
async def asked() -> AsyncIterator[Asked]:
    graph, clock, token, http = Graph(), ManualClock(), FakeToken(), HttpSession()
    path = "/v1.0/communications/getPresencesByUserId"
    async with serving(Starlette(routes=[Route(path, graph.answer, methods=["POST"])])) as server:
        any_token: Any = token
        yield Asked(graph, clock, token, GraphPresence(http, clock, any_token, f"{server.url}/v1.0", KEPT))
        await http.close()


def user(number: int) -> str:
    return f"a0000000-0000-4000-8000-{number:012}"


@pytest.mark.parametrize(
    ("availability", "presence"),
    [
        ("Available", "available"),
        ("AvailableIdle", "available"),
        ("Away", "away"),
        ("BeRightBack", "away"),
        ("Busy", "busy"),
        ("BusyIdle", "busy"),
        ("DoNotDisturb", "doNotDisturb"),
        ("Offline", "offline"),
        ("PresenceUnknown", "unknown"),
        ("SomethingNew", "unknown"),
    ],
)
async def test_each_availability_has_its_meaning(asked: Asked, availability: str, presence: str) -> None:
    asked.graph.availabilities[user(1)] = availability
    assert (await asked.of(user(1)))[user(1)] == presence


async def test_an_answer_is_kept_for_a_while(asked: Asked) -> None:
    await asked.of(user(1))
    asked.graph.availabilities[user(1)] = "Busy"
    asked.clock.advance(2.9)
    assert (await asked.of(user(1)))[user(1)] is TeamsPresence.AVAILABLE
    asked.clock.advance(0.2)
    assert (await asked.of(user(1)))[user(1)] is TeamsPresence.BUSY
    assert len(asked.graph.asked) == 2


async def test_all_who_ask_at_the_same_time_share_one_request(asked: Asked) -> None:
    asked.graph.hold = asyncio.Event()
    first = asyncio.create_task(asked.of(user(1), user(2)))
    second = asyncio.create_task(asked.of(user(2), user(3)))
    while not asked.graph.asked:
        await asyncio.sleep(0.005)
    third = asyncio.create_task(asked.of(user(3)))
    await asyncio.sleep(0.02)
    asked.graph.hold.set()
    await asyncio.gather(first, second, third)
    assert asked.graph.asked == [[user(1), user(2), user(3)]]


async def test_whoever_gives_up_takes_the_answer_from_nobody(asked: Asked) -> None:
    asked.graph.hold = asyncio.Event()
    impatient, patient = (asyncio.create_task(asked.of(user(1))) for _ in range(2))
    while not asked.graph.asked:
        await asyncio.sleep(0.005)
    impatient.cancel()
    asked.graph.hold.set()
    assert (await patient)[user(1)] is TeamsPresence.AVAILABLE


async def test_a_request_names_650_users_at_most_and_only_object_ids(asked: Asked) -> None:
    people = [user(number) for number in range(651)]
    answer = await asked.of(*people, "mario", "")
    assert [len(ids) for ids in asked.graph.asked] == [650, 1]
    assert len(answer) == 653
    assert all(answer[person] is TeamsPresence.AVAILABLE for person in people)


async def test_ids_are_the_same_in_capitals(asked: Asked) -> None:
    written = user(1).upper()
    asked.graph.availabilities[user(1)] = "Busy"
    assert (await asked.of(written))[written] is TeamsPresence.BUSY


async def test_who_is_throttled_waits_as_long_as_asked(asked: Asked) -> None:
    asked.graph.status, asked.graph.headers = 429, {"Retry-After": "20"}
    assert (await asked.of(user(1)))[user(1)] is TeamsPresence.UNKNOWN
    asked.graph.status = 200
    asked.clock.advance(19)
    await asked.of(user(1))
    assert len(asked.graph.asked) == 1
    asked.clock.advance(2)
    assert (await asked.of(user(1)))[user(1)] is TeamsPresence.AVAILABLE


@pytest.mark.parametrize(
    ("status", "document"),
    [(500, None), (403, None), (401, None), (200, "no JSON"), (200, "[]"), (200, '{"value": 1}')],
)
async def test_where_graph_fails_the_last_answer_counts_for_half_a_minute(
    asked: Asked, status: int, document: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    asked.graph.availabilities[user(1)] = "Busy"
    await asked.of(user(1))
    asked.graph.status, asked.graph.document = status, document
    for _ in range(2):
        asked.clock.advance(10)
        assert (await asked.of(user(1)))[user(1)] is TeamsPresence.BUSY
    asked.clock.advance(11)
    assert (await asked.of(user(1)))[user(1)] is TeamsPresence.UNKNOWN
    told = [record for record in caplog.records if "is not known" in record.message]
    assert len(told) == 1, "once for each outage"
    assert asked.token.forgotten == (3 if status == 401 else 0)


async def test_after_a_failure_graph_is_left_alone_for_a_moment(asked: Asked) -> None:
    asked.graph.status = 503
    for _ in range(5):
        await asked.of(user(1))
    assert len(asked.graph.asked) == 1
    asked.clock.advance(5)
    await asked.of(user(1))
    assert len(asked.graph.asked) == 2


async def test_a_slow_graph_holds_nobody_up(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_presence, "PATIENCE", 0.05)
    asked.graph.hold = asyncio.Event()
    assert (await asked.of(user(1)))[user(1)] is TeamsPresence.UNKNOWN
    asked.graph.hold.set()
    monkeypatch.setattr(graph_presence, "PATIENCE", 5)
    assert (await asked.of(user(1)))[user(1)] is TeamsPresence.AVAILABLE
    assert len(asked.graph.asked) == 1, "the first request was still under way"


async def test_a_graph_that_is_not_there_is_no_error() -> None:
    http, token = HttpSession(), FakeToken()
    any_token: Any = token
    port = GraphPresence(http, ManualClock(), any_token, "http://127.0.0.1:9/v1.0", KEPT)
    assert (await port.of(TENANT, [user(1)]))[user(1)] is TeamsPresence.UNKNOWN
    await http.close()


async def test_a_registration_that_gets_no_token_is_no_error(desk: Desk) -> None:
    token = BotToken(desk.http, SystemClock(), desk.token_url, BOT_ID, "another secret", GRAPH_SCOPE)
    port = GraphPresence(desk.http, SystemClock(), token, f"{desk.url}/graph/v1.0", KEPT)
    assert (await port.of(TENANT, [LUISA.id]))[LUISA.id] is TeamsPresence.UNKNOWN


async def test_the_desk_takes_tokens_for_graph_only(desk: Desk) -> None:
    token = BotToken(desk.http, SystemClock(), desk.token_url, BOT_ID, SECRET)
    port = GraphPresence(desk.http, SystemClock(), token, f"{desk.url}/graph/v1.0", KEPT)
    assert (await port.of(TENANT, [LUISA.id]))[LUISA.id] is TeamsPresence.UNKNOWN
    assert (await desk.counts()).get("graph.presences") == 1
