"""The ways between the parts: what passes, and what faults do to it."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from local.azurite import StoragePorts
from local.serving import serving
from tests.soak.front import Front
from tests.soak.http_pipe import piped
from tests.soak.storage_faults import FaultyStorage, StorageFaults


class Echo:
    """A server that counts what reaches it."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    async def answer(self, request: Request) -> Response:
        self.bodies.append((await request.body()).decode())
        if request.method == "DELETE":
            return Response(status_code=204)
        if "chunked" in request.query_params:
            return StreamingResponse(_parts(self.bodies[-1]))
        return PlainTextResponse(self.bodies[-1], headers={"x-path": request.url.path})


async def _parts(text: str) -> AsyncIterator[str]:
    for letter in text:
        yield letter


@contextlib.asynccontextmanager
async def echoing() -> AsyncIterator[tuple[Echo, int]]:
    echo = Echo()
    route = Route("/{path:path}", echo.answer, methods=["GET", "POST", "DELETE"])
    async with serving(Starlette(routes=[route])) as server:
        yield echo, server.port


@contextlib.asynccontextmanager
async def before_storage(faults: StorageFaults) -> AsyncIterator[tuple[Echo, FaultyStorage, str, str]]:
    """An echo as storage; the addresses of its tables and queues."""
    faulty = FaultyStorage(faults, random.Random(1))
    async with echoing() as (echo, port), faulty.before(StoragePorts(0, port, port)) as seen:
        yield echo, faulty, f"http://127.0.0.1:{seen.table}/t", f"http://127.0.0.1:{seen.queue}/q"


async def test_requests_and_answers_pass_whole_on_one_connection() -> None:
    async with (
        before_storage(StorageFaults()) as (echo, _, tables, _),
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as http,
    ):
        async with http.post(tables, data=b"a row") as answer:
            assert (await answer.text(), answer.headers["x-path"]) == ("a row", "/t")
        async with http.delete(tables) as answer:
            assert answer.status == 204
        async with http.post(f"{tables}?chunked", data=_chunks()) as answer:
            assert await answer.text() == "in two parts"
    assert echo.bodies == ["a row", "", "in two parts"]


async def _chunks() -> AsyncIterator[bytes]:
    yield b"in two "
    yield b"parts"


@pytest.mark.parametrize(
    ("faults", "status"), [(StorageFaults(busy=1), 503), (StorageFaults(error=1), 500)], ids=["busy", "error"]
)
async def test_a_fault_before_the_effect_reaches_nobody(faults: StorageFaults, status: int) -> None:
    async with before_storage(faults) as (echo, faulty, tables, queues), aiohttp.ClientSession() as http:
        for address in (tables, queues):
            async with http.post(address, data=b"x") as answer:
                assert answer.status == status
        async with http.get(queues) as answer:
            assert answer.status == 200
        assert echo.bodies == [""]
        assert sum(faulty.counts.values()) == 2


async def test_an_answer_that_is_lost_had_its_effect() -> None:
    async with before_storage(StorageFaults(lost=1)) as (echo, _, tables, _), aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientConnectionError):
            await http.post(tables, data=b"x")
        assert echo.bodies == ["x"]


async def test_the_front_goes_round_a_host_that_is_down() -> None:
    front = Front(random.Random(1))
    async with echoing() as (_, port), piped(front.answer) as entrance, aiohttp.ClientSession() as http:
        front.add(_closed_port())
        front.add(port)
        for _ in range(5):
            async with http.get(f"http://127.0.0.1:{entrance}/") as answer:
                assert answer.status == 200
        front.close()


async def test_the_front_says_that_nobody_is_there() -> None:
    front = Front(random.Random(1))
    async with piped(front.answer) as entrance, aiohttp.ClientSession() as http:
        front.add(_closed_port())
        async with http.get(f"http://127.0.0.1:{entrance}/") as answer:
            assert answer.status == 503


async def test_a_host_that_dies_with_a_request_in_its_hands_is_a_bad_gateway() -> None:
    async def die(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    dying, front = await asyncio.start_server(die, "127.0.0.1", 0), Front(random.Random(1))
    async with piped(front.answer) as entrance, aiohttp.ClientSession() as http:
        front.add(dying.sockets[0].getsockname()[1])
        async with http.post(f"http://127.0.0.1:{entrance}/", data=b"x") as answer:
            assert answer.status == 502
    dying.close()


def _closed_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
