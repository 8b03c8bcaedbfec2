"""Reads as much of Bicep as these tests ask about: parameters, values in .bicepparam files, lists and keys of objects.

Azure's own compiler cannot be had everywhere; what is not understood raises an error instead of being passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
BICEP = INFRA / "bicep"
MODULES = BICEP / "modules"

PARAMETER = re.compile(
    r"(?P<decorators>(?:^@[^\n]*\n)*)^param (?P<name>\w+) (?P<type>\w+)(?: = (?P<default>[^\n]+))?", re.MULTILINE
)
TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+)|(?P<word>\w+)|(?P<mark>[\[\](){}:,]))")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a Bicep file; `default` is its source, None where a value has to be given."""

    name: str
    type: str
    default: str | None
    description: str
    is_secure: bool


def parameters(file: Path) -> dict[str, Parameter]:
    found = {}
    for match in PARAMETER.finditer(file.read_text("utf-8")):
        said = re.search(r"@description\('((?:[^'\\]|\\.)*)'\)", match["decorators"])
        description = said[1].replace("\\'", "'") if said else ""
        secure = "@secure()" in match["decorators"]
        found[match["name"]] = Parameter(match["name"], match["type"], match["default"], description, secure)
    return found


def values(file: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """What a .bicepparam file says, with the variables of `environment`."""
    text = re.sub(r"^\s*//[^\n]*$", "", file.read_text("utf-8"), flags=re.MULTILINE)
    parts = re.split(r"^param (\w+) = ", text, flags=re.MULTILINE)
    return {name: _value(_tokens(value), environment) for name, value in zip(parts[1::2], parts[2::2], strict=True)}


def keys(file: Path, variable: str) -> list[str]:
    """The keys of an object that stands in a variable, one on each line."""
    body = _body(file, variable, r"\{", r"^\}")
    return re.findall(r"^\s+'?([\w-]+)'?:", body, re.MULTILINE)


def texts(file: Path, variable: str) -> list[str]:
    """The strings of a list that stands in a variable."""
    return re.findall(r"'([^']*)'", _body(file, variable, r"\[", r"\]"))


def _body(file: Path, variable: str, opening: str, closing: str) -> str:
    found = re.search(rf"^var {variable} = {opening}(.*?){closing}", file.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None, f"{file.name} has no variable {variable}"
    return found[1]


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        assert match is not None, f"not understood: {text[position : position + 40]!r}"
        tokens.append(match[0].strip())
        position = match.end()
    return tokens


def _value(tokens: list[str], environment: Mapping[str, str]) -> Any:
    stream = iter(tokens)
    value = _next(next(stream), stream, environment)
    assert next(stream, None) is None, f"more than one value: {tokens}"
    return value


def _next(token: str, stream: Iterator[str], environment: Mapping[str, str]) -> Any:
    if token.startswith("'"):
        return token[1:-1].replace("\\'", "'")
    if token in ("true", "false"):
        return token == "true"
    if token == "readEnvironmentVariable":
        opening, name, comma, default, closing = (next(stream) for _ in range(5))
        assert (opening, comma, closing) == ("(", ",", ")")
        return environment.get(name[1:-1], default[1:-1])
    if token == "[":
        return list(_until("]", stream, environment))
    if token == "{":
        return dict(_pairs(stream, environment))
    return int(token)


def _until(closing: str, stream: Iterator[str], environment: Mapping[str, str]) -> Iterator[Any]:
    for token in stream:
        if token == closing:
            return
        if token != ",":
            yield _next(token, stream, environment)


def _pairs(stream: Iterator[str], environment: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for key in stream:
        if key == "}":
            return
        if key != ",":
            assert next(stream) == ":"
            yield key.strip("'"), _next(next(stream), stream, environment)
