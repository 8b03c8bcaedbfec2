"""Runs an ASGI app on loopback inside the running event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import uvicorn

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Certificate:
    """Files of a server certificate and its key, in PEM."""

    certificate_file: str
    key_file: str


@dataclass(frozen=True)
class RunningServer:
    """A server that accepts connections; `port` is the real one, also where 0 was asked for."""

    port: int
    scheme: str

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"


class PortTakenError(Exception):
    """Another program listens on the port that was asked for."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken by another program; end it or set INTERACT_PORT_BASE to move all ports")
        self.port = port


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        # Signals belong to the process that supervises several servers.
        yield


@contextlib.asynccontextmanager
async def serving(app: Any, *, port: int = 0, tls: Certificate | None = None) -> AsyncIterator[RunningServer]:
    """Serve `app` until the block is left; raises PortTakenError where the port is in use."""
    listener = _listen(port)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="on",
        ssl_certfile=tls.certificate_file if tls else None,
        ssl_keyfile=tls.key_file if tls else None,
        ssl_version=ssl.PROTOCOL_TLS_SERVER,
        timeout_graceful_shutdown=1,
        ws="websockets-sansio",
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if task.done():
                raise RuntimeError("the server ended before it had started") from task.exception()
            await asyncio.sleep(0.01)
        yield RunningServer(port=listener.getsockname()[1], scheme="https" if tls else "http")
    finally:
        server.should_exit = True
        if not task.done():
            await task
        listener.close()


def _listen(port: int) -> socket.socket:
    # The protocol has to be named: without it asyncio does not switch Nagle off, which costs 45 ms a request.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(port) from error
    return listener
