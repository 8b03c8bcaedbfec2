"""Queue output bindings: what a function set is put into a queue once the function has succeeded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.host.app_settings import connection_string, substitute
from local.host.bindings import Binding, Function
from local.host.engine import Outcome
from local.host.failures import InvocationFailedError
from local.host.messages import TypedData
from local.host.queue_storage import QueueStorage

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueClient

RETURN = "$return"


@dataclass(frozen=True)
class _Target:
    name: str
    queue: QueueClient


class QueueOutputs:
    """The queue outputs of all functions; `on_written` hears the name of every queue that was written to."""

    def __init__(self, functions: Iterable[Function], storage: QueueStorage, on_written: Callable[[str], None]) -> None:
        """Raises HostStartError for a missing setting or a malformed connection string."""
        self._storage = storage
        self._on_written = on_written
        self._targets: dict[str, Mapping[str, _Target]] = {
            function.name: {
                output.name: self._target(function, output) for output in function.outputs if output.type == "queue"
            }
            for function in functions
        }

    async def write(self, function: Function, outcome: Outcome) -> None:
        """Raises InvocationFailedError where storage refuses: the function then counts as failed, as on Azure."""
        for parameter, target in self._targets[function.name].items():
            value = outcome.return_value if parameter == RETURN else outcome.outputs.get(parameter)
            if value is None:
                continue
            for content in _contents(value):
                await self._send(target, content)
            self._on_written(target.name)

    async def _send(self, target: _Target, content: bytes) -> None:
        from azure.core.exceptions import AzureError

        try:
            await self._storage.send(target.queue, self._storage.encode(content))
        except UnicodeDecodeError as error:
            raise InvocationFailedError(f"bytes that are no UTF-8 do not fit in queue '{target.name}'") from error
        except AzureError as error:
            raise InvocationFailedError(f"the output to queue '{target.name}' failed: {error.message}") from error

    def _target(self, function: Function, output: Binding) -> _Target:
        name = substitute(str(output.settings["queueName"]), function=function.name).lower()
        connection = connection_string(str(output.settings.get("connection") or ""), function=function.name)
        return _Target(name, self._storage.queue(connection, name, function=function.name))


def _contents(value: TypedData) -> list[bytes]:
    """One message of a text or bytes, several of a JSON list."""
    kind = value.WhichOneof("data")
    if kind == "string":
        return [value.string.encode()]
    if kind == "bytes":
        return [value.bytes]
    if kind == "json":
        document = json.loads(value.json)
        items = document if isinstance(document, list) else [document]
        return [(item if isinstance(item, str) else json.dumps(item)).encode() for item in items]
    return []
