"""What an activity is, and the one place where activities are registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Protocol

from shared.domain.effects import Effect
from shared.domain.errors import Finding
from shared.domain.events import Event
from shared.domain.parameters import CUSTOM_NAME
from shared.domain.sessions import Session
from shared.domain.workflows import Definition

LONGEST_REFERENCE = 200


@dataclass(frozen=True)
class Context:
    """What an activity sees. `parameters` is an instance of its own parameter dataclass."""

    session: Session
    definition: Definition
    parameters: Any
    now: datetime


@dataclass(frozen=True)
class Step:
    """What an activity decides: the next state, effects in order, and the exit it leaves by (None = it stays).

    `way` is written by the engine: each activity's id as it is entered (with None) and left (with the exit).
    """

    session: Session
    effects: tuple[Effect, ...] = ()
    exit: str | None = None
    way: tuple[tuple[str, str | None], ...] = ()


class Activity(Protocol):
    """A box of the workflow editor: pure, and total over all events.

    `exits` must be connected in a workflow, `optional_exits` may be. Time has passed when an activity leaves by one of
    its `waiting_exits`, so that a circle through it does not spin. `before_accept`: may come before the conversation is
    accepted.
    """

    @property
    def type(self) -> str: ...

    @property
    def parameters(self) -> Callable[..., Any]:
        """The dataclass of its parameters."""
        ...

    @property
    def exits(self) -> tuple[str, ...]: ...

    @property
    def optional_exits(self) -> tuple[str, ...]: ...

    @property
    def waiting_exits(self) -> tuple[str, ...]: ...

    @property
    def before_accept(self) -> bool: ...

    def enter(self, context: Context) -> Step: ...

    def on(self, context: Context, event: Event) -> Step | None:
        """Answer an event; None where it does not concern this activity."""
        ...


def whole_number(default: int, minimum: int, maximum: int) -> Any:
    """A parameter that is a whole number within bounds."""
    return field(default=default, metadata={"type": int, "minimum": minimum, "maximum": maximum})


def choice(default: str, options: tuple[str, ...]) -> Any:
    """A parameter that is one of several names."""
    return field(default=default, metadata={"type": str, "options": options})


def switch(default: bool) -> Any:
    """A parameter that is on or off."""
    return field(default=default, metadata={"type": bool})


def reference() -> Any:
    """A parameter that names another document by its id; required."""
    return field(default="", metadata={"type": str, "longest": LONGEST_REFERENCE, "required": True})


def word(default: str = "", *, longest: int = 1_000) -> Any:
    """A parameter that is a short text."""
    return field(default=default, metadata={"type": str, "longest": longest})


def name() -> Any:
    """A parameter that names a custom parameter; required."""
    return field(default="", metadata={"type": str, "name": True, "required": True})


def texts() -> Any:
    """A parameter that holds a text for each language code."""
    return field(default_factory=dict, metadata={"type": dict})


def read_parameters(kind: Any, given: Mapping[str, Any], where: str) -> tuple[Any, tuple[Finding, ...]]:
    """Build a parameter dataclass; values that break a rule are reported and replaced by their defaults."""
    known = {parameter.name: parameter for parameter in fields(kind)}
    findings = [
        Finding("parameter_unknown", f"{where}.{name}", f"does not exist; known are {', '.join(known) or 'none'}")
        for name in given
        if name not in known
    ]
    values: dict[str, Any] = {}
    for name, parameter in known.items():
        if not given.get(name) and parameter.metadata.get("required"):
            findings.append(Finding("parameter_missing", f"{where}.{name}", "is required"))
            continue
        if name not in given:
            continue
        problem = _problem(given[name], parameter.metadata)
        if problem:
            findings.append(Finding("parameter_invalid", f"{where}.{name}", problem))
        else:
            values[name] = given[name]
    return kind(**values), tuple(findings)


def _problem(value: Any, rule: Mapping[str, Any]) -> str | None:
    expected = rule["type"]
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        return f"must be {expected.__name__}, not {type(value).__name__}"
    if expected is int and not rule["minimum"] <= value <= rule["maximum"]:
        return f"must be from {rule['minimum']} to {rule['maximum']}; it is {value}"
    if expected is str:
        return _problem_of_text(value, rule)
    if expected is dict and not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        return "must map language codes to texts"
    return None


def _problem_of_text(value: str, rule: Mapping[str, Any]) -> str | None:
    if "options" in rule:
        return None if value in rule["options"] else f"must be one of {', '.join(rule['options'])}"
    if "name" in rule:
        fits = CUSTOM_NAME.fullmatch(value) is not None
        return None if fits else "must be the name of a custom parameter: a letter, then letters, digits or _"
    return None if len(value) <= rule["longest"] else f"must have at most {rule['longest']} characters"
