"""Places in documents as the API writes them: the domain's names in camelCase, and what stands there."""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from shared.domain.documents import TYPE_OF_KIND
from shared.domain.errors import Finding

NOT_REPEATED = re.compile(r"secret|public_?key|connection_?string", re.IGNORECASE)
"""Fields whose values an answer never repeats: somebody may have put a secret there by mistake."""
LONGEST_VALUE = 200
_SNAKE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")


def camel(name: str) -> str:
    """A field's name as the API writes it: organization_unit_id → organizationUnitId."""
    first, *others = name.split("_")
    return first + "".join(one[:1].upper() + one[1:] for one in others)


def place(document: object, path: str | Sequence[str]) -> tuple[str, Any]:
    """A path of the domain as the API writes it, and the value there; None where nothing stands there.

    Entries of lists are named by their ids or their numbers. A path given as text may name keys with dots in them.
    """
    left = path.split(".") if isinstance(path, str) else list(path)
    given, value = [], document
    while left:
        if value is not None and is_dataclass(value):
            name, left = left[0], left[1:]
            given.append(camel(name))
            value = getattr(value, name, None)
            continue
        entries = _entries(value)
        count = next((n for n in range(len(left), 0, -1) if ".".join(left[:n]) in entries), 1)
        key, left = ".".join(left[:count]), left[count:]
        given.append(key)
        value = entries.get(key)
    return ".".join(given), value


def rendered(finding: Finding, document: object = None) -> dict[str, Any]:
    """A finding as the API writes it: rule, field, the value there if there is one, and what to do about it."""
    field, value = place(document, finding.field) if document is not None and finding.field else (finding.field, None)
    known = finding.value if finding.value is not None else _shown(finding.field, value)
    found = {"rule": finding.rule, "field": field, "explanation": in_camel(finding.explanation)}
    return {**found, "value": known} if known is not None else found


def all_rendered(findings: Iterable[Finding], document: object = None) -> list[dict[str, Any]]:
    return [rendered(finding, document) for finding in findings]


def in_camel(explanation: str) -> str:
    """A sentence in which the fields have the names that the API gives them."""
    return _SNAKE.sub(lambda found: camel(found[0]) if found[0] in _field_names() else found[0], explanation)


def _shown(field: str, value: Any) -> Any:
    """A short value, which an administrator recognizes; None for long and for delicate ones."""
    if NOT_REPEATED.search(field) or value is None or isinstance(value, bool | int | float):
        return None if NOT_REPEATED.search(field) else value
    return value[:LONGEST_VALUE] if isinstance(value, str) else None


def _entries(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return {str(key): one for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        numbered = {str(number): one for number, one in enumerate(value)}
        return {**numbered, **{one.id: one for one in value if hasattr(one, "id")}}
    return {}


@functools.cache
def _field_names() -> frozenset[str]:
    """The names of all fields of documents, and of what is in them."""
    found, seen = set[str](), set[Any]()
    left: list[Any] = list(TYPE_OF_KIND.values())
    while left:
        kind = left.pop()
        left += [part for part in typing.get_args(kind) if part not in seen]
        if is_dataclass(kind) and kind not in seen:
            seen.add(kind)
            found |= {one.name for one in fields(kind)}
            left += typing.get_type_hints(kind).values()
    return frozenset(found)
