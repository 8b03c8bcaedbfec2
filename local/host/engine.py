"""Drives Microsoft's Python engine (package azure-functions-runtime) inside this process.

Azure's own worker for Python 3.13 and later is a thin gRPC shell around the same coroutines, so that what runs here is
what runs there. The engine keeps its state in module globals: one app per process.
"""

from __future__ import annotations

import contextvars
import importlib
import json
import secrets
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local.host.bindings import Function
from local.host.failures import IndexingError, InvocationFailedError
from local.host.messages import MESSAGES, Message, ParameterBinding, StatusResult, TypedData

ENTRY_FILE = "function_app.py"

current_function: contextvars.ContextVar[str] = contextvars.ContextVar("current_function", default="")


@dataclass(frozen=True)
class Outcome:
    """What a function gave back: its return value and what it set on its output bindings, by parameter name."""

    return_value: TypedData | None
    outputs: Mapping[str, TypedData]


class Engine:
    """The functions of one app, ready to be invoked by name."""

    def __init__(self, runtime: Any, functions: Mapping[str, Function]) -> None:
        self._runtime = runtime
        self.functions = functions
        self._function_of_invocation: dict[str, str] = {}

    @classmethod
    async def start(cls, app_directory: Path) -> Engine:
        """Import and index the app; raises IndexingError with the engine's own message."""
        if not (app_directory / ENTRY_FILE).is_file():
            raise IndexingError(f"there is no {ENTRY_FILE} in {app_directory}")
        # First, so that a package of the directory the host was started in cannot hide one of the app.
        sys.path.insert(0, str(app_directory))
        runtime = importlib.import_module("azure_functions_runtime")
        runtime.start_threadpool_executor()
        request = Message(capabilities={}, function_app_directory=str(app_directory))
        started = await runtime.worker_init_request(_envelope(worker_init_request=request))
        _raise_unless_indexed(started.result)
        if "HttpUri" in started.capabilities:
            raise IndexingError(
                "the app uses HTTP streaming (azurefunctions-extensions-http), which this host cannot do"
            )
        listed = await runtime.functions_metadata_request(_envelope())
        _raise_unless_indexed(listed.result)
        functions = [
            Function.of(metadata.name, metadata.function_id, [json.loads(raw) for raw in metadata.raw_bindings])
            for metadata in listed.function_metadata_results or ()
        ]
        if not functions:
            raise IndexingError(f"{app_directory / ENTRY_FILE} registers no function")
        return cls(runtime, {function.name: function for function in functions})

    async def invoke(
        self,
        function: Function,
        data: TypedData,
        metadata: Mapping[str, TypedData] | None = None,
        trace_parent: str = "",
    ) -> Outcome:
        """Call a function with its trigger's `data`; raises InvocationFailedError."""
        invocation_id = str(uuid.uuid4())
        request = Message(
            invocation_id=invocation_id,
            function_id=function.id,
            input_data=[ParameterBinding(name=function.trigger.name, data=data)],
            trigger_metadata=dict(metadata or {}),
            trace_context=Message(trace_parent=_child_of(trace_parent), trace_state="", attributes={}),
            retry_context=Message(
                retry_count=0, max_retry_count=0, exception=Message(source="", stack_trace="", message="")
            ),
        )
        self._function_of_invocation[invocation_id] = function.name
        token = current_function.set(function.name)
        try:
            response = await self._runtime.invocation_request(_envelope(invocation_request=request))
        finally:
            current_function.reset(token)
            del self._function_of_invocation[invocation_id]
        if response.result.status != StatusResult.Success:
            raise InvocationFailedError(response.result.exception.message, response.result.exception.stack_trace)
        return Outcome(response.return_value, {output.name: output.data for output in response.output_data})

    def running_function(self) -> str:
        """The name of the function that calls this, or whose thread does; else an empty string."""
        in_thread = self._runtime.invocation_id_cv.get() or ""
        return current_function.get() or self._function_of_invocation.get(in_thread, "")

    def stop(self) -> None:
        """Let the threads of sync functions go; one that still runs is not waited for."""
        executor = self._runtime.get_threadpool_executor()
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)


def _envelope(**fields: Message) -> SimpleNamespace:
    return SimpleNamespace(request=Message(**fields), properties={"protos": MESSAGES, "host": "127.0.0.1"})


def _raise_unless_indexed(result: Any) -> None:
    if result.status != StatusResult.Success:
        raise IndexingError(result.exception.message, result.exception.stack_trace)


def _child_of(trace_parent: str) -> str:
    """A W3C traceparent in the caller's trace, or in a new one."""
    parts = trace_parent.split("-")
    trace_id = parts[1] if len(parts) == 4 and len(parts[1]) == 32 else secrets.token_hex(16)
    flags = parts[3] if len(parts) == 4 else "00"
    return f"00-{trace_id}-{secrets.token_hex(8)}-{flags}"
