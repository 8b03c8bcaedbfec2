"""A gate between the ACS stand-in's Event Grid and the host: events can be held back and let through later.

So the cost of what caused an event is told from the cost of the event itself. Handshakes always pass.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.serving import serving

PATH = "/events"
PASSED_ON = ("content-type", "aeg-event-type", "aeg-subscription-name", "aeg-delivery-count")


class EventGate:
    """Open at first. `passed` counts the events that went through."""

    def __init__(self, webhook: str) -> None:
        self.passed = 0
        self._webhook = webhook
        self._open = asyncio.Event()
        self._open.set()

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold events back until the block is left."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    @contextlib.asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """Serve the gate until the block is left; its address is what Event Grid should call."""
        async with aiohttp.ClientSession() as session:

            async def deliver(request: Request) -> Response:
                if request.headers.get("aeg-event-type") == "Notification":
                    await self._open.wait()
                    self.passed += 1
                headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
                try:
                    async with session.post(self._webhook, data=await request.body(), headers=headers) as answer:
                        return Response(await answer.read(), answer.status, media_type=answer.content_type)
                except aiohttp.ClientConnectionError:
                    # The host has ended, which it does before this gate.
                    return Response(status_code=503)

            async with serving(Starlette(routes=[Route(PATH, deliver, methods=["POST"])])) as server:
                yield f"{server.url}{PATH}"
