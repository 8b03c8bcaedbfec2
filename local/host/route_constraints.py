"""The inline constraints of ASP.NET's route templates."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime

from local.host.failures import HostStartError

Constraint = Callable[[str], bool]


def constraint(text: str, *, template: str) -> Constraint:
    """The test `name` or `name(argument)` for a parameter's text; raises HostStartError for an unknown or wrong one."""
    name, bracket, argument = text.partition("(")
    try:
        if not bracket:
            return _PLAIN[name.lower()]
        return _WITH_ARGUMENT[name.lower()](argument.removesuffix(")"))
    except (KeyError, ValueError, re.error) as error:
        raise HostStartError(f"route '{template}': unknown or malformed constraint '{text}'") from error


def _parses(convert: Callable[[str], object]) -> Constraint:
    def holds(text: str) -> bool:
        try:
            convert(text)
        except ValueError:
            return False
        return True

    return holds


def _integer(bits: int) -> Constraint:
    limit = 1 << (bits - 1)
    return lambda text: re.fullmatch(r"[+-]?\d+", text, re.ASCII) is not None and -limit <= int(text) < limit


_long = _integer(64)


def _length(argument: str) -> Constraint:
    low, _, high = argument.partition(",")
    shortest, longest = int(low), int(high or low)
    return lambda text: shortest <= len(text) <= longest


def _range(argument: str) -> Constraint:
    low, high = (int(bound) for bound in argument.split(","))
    return lambda text: _long(text) and low <= int(text) <= high


def _at_least(argument: str) -> Constraint:
    bound = int(argument)
    return lambda text: _long(text) and int(text) >= bound


def _at_most(argument: str) -> Constraint:
    bound = int(argument)
    return lambda text: _long(text) and int(text) <= bound


def _longer(argument: str) -> Constraint:
    bound = int(argument)
    return lambda text: len(text) >= bound


def _shorter(argument: str) -> Constraint:
    bound = int(argument)
    return lambda text: len(text) <= bound


def _expression(argument: str) -> Constraint:
    pattern = re.compile(argument, re.IGNORECASE)
    return lambda text: pattern.search(text) is not None


_PLAIN: dict[str, Constraint] = {
    "alpha": lambda text: re.fullmatch(r"[A-Za-z]*", text) is not None,
    "bool": lambda text: text.lower() in ("true", "false"),
    "datetime": _parses(datetime.fromisoformat),
    "decimal": _parses(float),
    "double": _parses(float),
    "float": _parses(float),
    "guid": _parses(uuid.UUID),
    "int": _integer(32),
    "long": _long,
    "required": bool,
}

_WITH_ARGUMENT: dict[str, Callable[[str], Constraint]] = {
    "length": _length,
    "max": _at_most,
    "maxlength": _shorter,
    "min": _at_least,
    "minlength": _longer,
    "range": _range,
    "regex": _expression,
}
