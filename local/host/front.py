"""The ASGI front: sorts requests by path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.host import admin, event_grid
from local.host.admin import Administration
from local.host.event_grid import EventGridWebhook
from local.host.http_trigger import HttpTriggers
from local.host.wire import BodyTooLargeError, Receive, Request, Response, Send


class Front:
    """Routes of the host itself come before those of the app."""

    def __init__(self, http: HttpTriggers, webhook: EventGridWebhook, administration: Administration) -> None:
        self._http = http
        self._webhook = webhook
        self._administration = administration
        self._is_closing = False

    def close(self) -> None:
        """Refuse new requests with 503."""
        self._is_closing = True

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        else:
            response = await self._answer(Request.of(scope, receive))
            await response.send(send)

    async def _answer(self, request: Request) -> Response:
        if self._is_closing:
            return Response(503)
        path = request.path.lower()
        try:
            if path.rstrip("/") == event_grid.PATH:
                return await self._webhook.answer(request)
            if path.startswith(admin.PREFIX):
                return await self._administration.answer(request)
            return await self._http.answer(request)
        except BodyTooLargeError:
            return Response(413)


async def _lifespan(receive: Receive, send: Send) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
