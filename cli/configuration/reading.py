"""YAML as this configuration takes it: one document of plain values, each with its place, and nothing that surprises.

Only `true`, `false`, `null` and numbers are more than text (YAML 1.2): `no`, `17:00` and `2030-01-01` stay what they
look like. Anchors, aliases and tags are refused, so that a small file is a small document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from cli.configuration.documents import Place, Places

LARGEST = 1024 * 1024
"""Bytes of a file: as much as the API takes."""
DEEPEST = 32
MOST_VALUES = 100_000
ROOT = ""


class Unreadable(Exception):
    """A file that cannot be used, with the place; `rule` is stable."""

    def __init__(self, rule: str, place: Place, explanation: str) -> None:
        super().__init__(f"{place}: {explanation}")
        self.rule, self.place, self.explanation = rule, place, explanation


class _Loader(yaml.SafeLoader):
    """YAML 1.2's core schema, as far as 1.1 agrees, so that what is written by either is read as it was meant."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own way


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]+)?", "-+0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))


def read(text: bytes, file: Path) -> tuple[dict[str, Any], Places]:
    """The object that a file holds, and where each of its fields stands; raises Unreadable."""
    if len(text) > LARGEST:
        raise Unreadable("too_large", Place(file), f"has {len(text):,} bytes; at most {LARGEST:,} are taken")
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise Unreadable("no_utf8", Place(file, line), "is no UTF-8; save it as UTF-8") from None
    try:
        _check_events(yaml.parse(decoded, Loader=_Loader), file)
        node = yaml.compose(decoded, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        why = " ".join(part for part in (error.context, error.problem) if part)
        raise Unreadable("no_yaml", _place(file, error.problem_mark or error.context_mark), f"no YAML: {why}") from None
    except yaml.YAMLError as error:
        raise Unreadable("no_yaml", Place(file), f"no YAML: {error}".splitlines()[0]) from None
    if not isinstance(node, yaml.MappingNode):
        raise Unreadable("no_object", Place(file), "holds no document: write fields as `name: value`")
    places = Places(file)
    return _Values(places).object(node, ROOT), places


def _check_events(events: Iterable[Any], file: Path) -> None:
    """What would make a document larger than it looks, or something else than values, is refused before it is built."""
    depth = values = documents = 0
    for event in events:
        place = _place(file, event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Unreadable("several_documents", place, "a file holds one document; put the second in its own")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable("alias", place, "anchors (&) and aliases (*) are not taken; write the value out")
        if getattr(event, "tag", None) is not None:
            raise Unreadable("tag", place, f"the tag {event.tag} is not taken; remove it")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        values += isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if depth > DEEPEST or values > MOST_VALUES:
            raise Unreadable("too_much", place, f"more than {DEEPEST} levels or {MOST_VALUES:,} values are not taken")


class _Values:
    """Builds values of nodes and notes their places."""

    def __init__(self, places: Places) -> None:
        self._file, self._places = places.file, places

    def object(self, node: yaml.MappingNode, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            place = _place(self._file, key.start_mark)
            if not isinstance(key, yaml.ScalarNode) or not key.tag.endswith(":str"):
                raise Unreadable("key_no_text", place, "a field's name has to be text; put it in quotes")
            if key.value in found:
                raise Unreadable("key_twice", place, f"'{key.value}' stands here twice")
            inner = f"{path}.{key.value}" if path else key.value
            self._places.of_path[inner] = place
            found[key.value] = self._value(value, inner)
        return found

    def _value(self, node: yaml.Node, path: str) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self.object(node, path)
        if isinstance(node, yaml.SequenceNode):
            return self._list(node, path)
        return self._scalar(node)

    def _list(self, node: yaml.SequenceNode, path: str) -> list[Any]:
        found = []
        for number, one in enumerate(node.value):
            inner = f"{path}.{number}"
            self._places.of_path[inner] = _place(self._file, one.start_mark)
            value = self._value(one, inner)
            if isinstance(value, dict) and isinstance(value.get("id"), str):
                self._places.number_of.setdefault(f"{path}.{value['id']}", inner)
            found.append(value)
        return found

    def _scalar(self, node: yaml.Node) -> Any:
        kind = node.tag.rpartition(":")[2]
        if kind == "bool":
            return node.value == "true"
        if kind == "null":
            return None
        try:
            return int(node.value) if kind == "int" else float(node.value) if kind == "float" else node.value
        except ValueError:
            raise Unreadable("number", _place(self._file, node.start_mark), "is too long for a number") from None


def _place(file: Path, mark: Any) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file)
