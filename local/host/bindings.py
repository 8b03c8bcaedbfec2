"""What the engine tells about a function: its trigger and its outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.host.failures import HostStartError

TRIGGERS = ("httpTrigger", "eventGridTrigger", "queueTrigger", "timerTrigger")
OUTPUTS = ("http", "queue")


@dataclass(frozen=True)
class Binding:
    """One binding as it would stand in function.json; `settings` holds all of it, `name` is the Python parameter."""

    name: str
    type: str
    is_output: bool
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Function:
    """A function that this host can run: one trigger, outputs to HTTP or to queues."""

    name: str
    id: str
    trigger: Binding
    outputs: tuple[Binding, ...]

    @classmethod
    def of(cls, name: str, function_id: str, raw_bindings: Sequence[Mapping[str, Any]]) -> Function:
        """From the engine's metadata; raises HostStartError for a binding that this host does not have."""
        bindings = [_binding(raw) for raw in raw_bindings]
        for binding in bindings:
            if binding.type not in (OUTPUTS if binding.is_output else TRIGGERS):
                direction = "output" if binding.is_output else "input"
                raise HostStartError(
                    f"function '{name}': this host has no {direction} binding of type '{binding.type}'"
                )
        triggers = [binding for binding in bindings if not binding.is_output]
        if len(triggers) != 1:
            raise HostStartError(f"function '{name}' has {len(triggers)} triggers; a function has exactly one")
        return cls(name, function_id, triggers[0], tuple(binding for binding in bindings if binding.is_output))

    @property
    def bindings(self) -> list[Mapping[str, Any]]:
        return [self.trigger.settings, *(output.settings for output in self.outputs)]


def of_type(functions: Mapping[str, Function], trigger_type: str) -> list[Function]:
    """The functions with this trigger, in the order of their registration."""
    return [function for function in functions.values() if function.trigger.type == trigger_type]


def _binding(raw: Mapping[str, Any]) -> Binding:
    return Binding(raw["name"], raw["type"], str(raw["direction"]).upper() == "OUT", raw)
