"""Puts a host together, runs it and ends it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.host import app_settings, logs
from local.host.admin import Administration
from local.host.bindings import of_type
from local.host.engine import Engine
from local.host.event_grid import EventGridWebhook
from local.host.failures import HostStartError
from local.host.front import Front
from local.host.host_file import HostFile, level
from local.host.http_trigger import HttpTriggers
from local.host.invocations import Invocations
from local.host.keys import Keys
from local.host.queue_output import QueueOutputs
from local.host.queue_storage import QueueStorage
from local.host.queue_trigger import QueueListener
from local.host.routes import RouteTable
from local.host.timer_trigger import TimerListener
from local.serving import serving

logger = logging.getLogger("local.host")

GRACE = 1.0
"""Seconds that running invocations get when the host is told to end."""


@dataclass(frozen=True)
class HostOptions:
    """Which app to run and where; port 0 takes a free one."""

    app_directory: Path
    port: int
    keys_file: Path
    settings_file: Path | None = None
    """None takes the app's local.settings.json, if there is one."""


class Host:
    """An indexed app with everything that triggers its functions."""

    def __init__(self, engine: Engine, file: HostFile, keys: Keys) -> None:
        functions = engine.functions
        self.engine = engine
        self.storage = QueueStorage(use_base64=file.queues.base64)
        queue_outputs = QueueOutputs(functions.values(), self.storage, self._on_queue_written)
        self.invocations = Invocations(engine, queue_outputs)
        self.queue_listeners = [
            QueueListener(function, self.storage, file.queues, self.invocations.run)
            for function in of_type(functions, "queueTrigger")
        ]
        self.timers = [TimerListener(function, self.invocations.run) for function in of_type(functions, "timerTrigger")]
        routes = RouteTable.of(of_type(functions, "httpTrigger"), file.route_prefix)
        self.front = Front(
            HttpTriggers(routes, keys, self.invocations),
            EventGridWebhook(of_type(functions, "eventGridTrigger"), keys, self.invocations),
            Administration(functions, keys, self.invocations),
        )

    @property
    def listeners(self) -> Sequence[QueueListener | TimerListener]:
        return [*self.queue_listeners, *self.timers]

    async def stop(self, listening: Sequence[asyncio.Task[None]]) -> None:
        """Take nothing new, give what runs GRACE seconds, then cut it off."""
        self.front.close()
        for listener in self.listeners:
            listener.stop()
        await self.invocations.drain(GRACE)
        if listening:
            _, late = await asyncio.wait(listening, timeout=0.3)
            for task in late:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
        await self.storage.close()
        self.engine.stop()

    def _on_queue_written(self, name: str) -> None:
        for listener in self.queue_listeners:
            if listener.name == name:
                listener.look_now()


async def run(options: HostOptions, stop: asyncio.Event, on_ready: Callable[[str, Sequence[str]], None]) -> None:
    """Run an app until `stop`; `on_ready` hears the address and the names of the functions.

    Raises HostStartError where the app or its configuration is at fault, and PortTakenError.
    """
    app_directory = options.app_directory.resolve()
    if not app_directory.is_dir():
        raise HostStartError(f"the app directory {app_directory} does not exist")
    settings_file = options.settings_file or app_directory / "local.settings.json"
    app_settings.load_into(os.environ, settings_file, required=options.settings_file is not None)
    file = HostFile.read(app_directory)
    speaking = logs.configure(_log_level(file))
    keys = Keys.load(options.keys_file.resolve())
    os.chdir(app_directory)
    engine = await Engine.start(app_directory)
    speaking.of_running_function = engine.running_function
    host = Host(engine, file, keys)
    listening: list[asyncio.Task[None]] = []
    try:
        async with serving(host.front, port=options.port) as server:
            on_ready(f"http://localhost:{server.port}", list(engine.functions))
            listening += [asyncio.create_task(listener.listen()) for listener in host.listeners]
            try:
                await _until(stop, listening)
            finally:
                await host.stop(listening)
    finally:
        await host.storage.close()


async def _until(stop: asyncio.Event, listening: Sequence[asyncio.Task[None]]) -> None:
    """Wait for the end; a listener that ends before it has met a fault of this host, which is raised."""
    stopped = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([stopped, *listening], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        stopped.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await stopped


def _log_level(file: HostFile) -> int:
    name = os.environ.get("LOG_LEVEL")
    try:
        return level(name) if name else file.log_level
    except ValueError as error:
        raise HostStartError(f"the setting LOG_LEVEL: {error}") from error
