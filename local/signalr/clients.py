"""Clients: negotiation, and the SignalR hub protocol as JSON over WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from local.signalr.hubs import CLOSE, PING, Connection, Hubs, close_message
from local.signalr.options import SignalROptions
from local.signalr.tokens import TokenRefusedError, require_client

RECORD_SEPARATOR = "\x1e"
NEGOTIATED_AT_ONCE = 10_000
UNAUTHORIZED, UNAVAILABLE = 4401, 1013


class Clients:
    """Lets clients connect; in serverless mode they only listen."""

    def __init__(self, options: SignalROptions, hubs: Hubs) -> None:
        self._options = options
        self._hubs = hubs
        self._negotiated: dict[str, str] = {}
        self._refusing_until = 0.0

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/client/negotiate", self.negotiate, methods=["POST"]),
            WebSocketRoute("/client", self.connect),
            WebSocketRoute("/client/", self.connect),
        ]

    def refuse_for(self, seconds: float) -> None:
        """Play an outage: nobody can connect for so long."""
        self._refusing_until = time.monotonic() + seconds

    async def negotiate(self, request: Request) -> Response:
        if self._refusing():
            return JSONResponse({"error": "the service is unavailable"}, 503)
        try:
            require_client(request, self._options.access_key, request.query_params.get("hub", ""))
        except TokenRefusedError as refusal:
            return JSONResponse({"error": str(refusal)}, 401)
        connection_id, connection_token = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        if len(self._negotiated) >= NEGOTIATED_AT_ONCE:
            self._negotiated.pop(next(iter(self._negotiated)))
        self._negotiated[connection_token] = connection_id
        return JSONResponse(
            {
                "negotiateVersion": 1,
                "connectionId": connection_id,
                "connectionToken": connection_token,
                "availableTransports": [{"transport": "WebSockets", "transferFormats": ["Text"]}],
            }
        )

    async def connect(self, socket: WebSocket) -> None:
        if self._refusing():
            await socket.close(UNAVAILABLE)
            return
        hub = socket.query_params.get("hub", "")
        try:
            claims = require_client(socket, self._options.access_key, hub)
        except TokenRefusedError:
            await socket.close(UNAUTHORIZED)
            return
        await socket.accept()
        connection_id = self._negotiated.pop(socket.query_params.get("id", ""), secrets.token_urlsafe(16))
        connection = Connection(connection_id, hub, claims.user_id)
        with contextlib.suppress(WebSocketDisconnect):
            if await self._shake_hands(socket):
                await self._converse(socket, connection, claims.expires - time.time())

    async def _shake_hands(self, socket: WebSocket) -> bool:
        try:
            text = await asyncio.wait_for(socket.receive_text(), self._options.handshake_seconds)
        except TimeoutError:
            await socket.close()
            return False
        handshake = next(_records(text), {})
        if handshake.get("protocol") == "json":
            await socket.send_text("{}" + RECORD_SEPARATOR)
            return True
        await _send(socket, {"error": f"The protocol {handshake.get('protocol')!r} is not supported."})
        await socket.close()
        return False

    async def _converse(self, socket: WebSocket, connection: Connection, lifetime: float) -> None:
        """Until the client leaves, breaks a rule, is cut, or its token expires."""
        self._hubs.add(connection)
        loop = asyncio.get_running_loop()
        expired = close_message("The access token has expired.", allow_reconnect=True)
        expiry = loop.call_later(max(0.0, lifetime), connection.end, expired)
        tasks = {
            asyncio.create_task(_write(socket, connection)),
            asyncio.create_task(_read(socket, connection)),
            asyncio.create_task(self._ping(connection)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            expiry.cancel()
            self._hubs.discard(connection)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _ping(self, connection: Connection) -> None:
        while True:
            await asyncio.sleep(self._options.ping_seconds)
            connection.send({"type": PING})

    def _refusing(self) -> bool:
        return time.monotonic() < self._refusing_until


async def _write(socket: WebSocket, connection: Connection) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while not isinstance(message := await connection.outbox.get(), int):
            await _send(socket, message)
        await socket.close(message)


async def _read(socket: WebSocket, connection: Connection) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            for message in _records(await socket.receive_text()):
                kind = message.get("type")
                if kind == CLOSE:
                    return
                if kind != PING:
                    connection.end(close_message("Clients cannot invoke methods in serverless mode."))
                    # The writer still has to say so, and ends the connection then.
                    await asyncio.Event().wait()


async def _send(socket: WebSocket, message: dict[str, Any]) -> None:
    await socket.send_text(json.dumps(message) + RECORD_SEPARATOR)


def _records(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of a frame; what is none counts as a message of no known type."""
    for record in filter(None, text.split(RECORD_SEPARATOR)):
        try:
            message = json.loads(record)
        except ValueError:
            message = None
        yield message if isinstance(message, dict) else {}
