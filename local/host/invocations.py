"""Runs a function and carries its outputs on; everything that triggers goes through here."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from typing import Any

from local.host.bindings import Function
from local.host.engine import Engine, Outcome
from local.host.failures import InvocationCutOffError, InvocationFailedError
from local.host.messages import TypedData
from local.host.queue_output import QueueOutputs

logger = logging.getLogger("local.host")


class Invocations:
    """Counts what is running, so that a stop can wait for it."""

    def __init__(self, engine: Engine, queue_outputs: QueueOutputs) -> None:
        self._engine = engine
        self._queue_outputs = queue_outputs
        self._running: set[asyncio.Task[Any]] = set()
        self._is_draining = False

    async def run(
        self,
        function: Function,
        data: TypedData,
        metadata: Mapping[str, TypedData] | None = None,
        trace_parent: str = "",
    ) -> Outcome:
        """Invoke and write the outputs; a failure is logged and raised as InvocationFailedError."""
        task = asyncio.create_task(self._run(function, data, metadata, trace_parent))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await task
        except asyncio.CancelledError:
            if task.cancelled() and self._is_draining:
                raise InvocationCutOffError(f"{function.name} was cut off, as the host stops") from None
            raise

    def start(self, function: Function, data: TypedData, metadata: Mapping[str, TypedData]) -> None:
        """Invoke without waiting; a failure is in the log."""
        task = asyncio.create_task(self._run_unattended(function, data, metadata))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self, seconds: float) -> None:
        """Give what is running this long, then cancel it."""
        self._is_draining = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                logger.warning("%d invocations were cut off", len(late))
                await asyncio.wait(late, timeout=0.2)

    async def _run(
        self, function: Function, data: TypedData, metadata: Mapping[str, TypedData] | None, trace_parent: str
    ) -> Outcome:
        began = time.perf_counter()
        try:
            outcome = await self._engine.invoke(function, data, metadata, trace_parent)
            await self._queue_outputs.write(function, outcome)
        except InvocationFailedError as failure:
            logger.error("%s failed: %s\n%s", function.name, failure, failure.stack_trace.rstrip())  # noqa: TRY400 - the trace of interest is the app's, which the engine has caught
            raise
        logger.debug("%s took %.0f ms", function.name, (time.perf_counter() - began) * 1000)
        return outcome

    async def _run_unattended(self, function: Function, data: TypedData, metadata: Mapping[str, TypedData]) -> None:
        with contextlib.suppress(InvocationFailedError):
            await self._run(function, data, metadata, "")
