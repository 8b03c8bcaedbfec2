"""What is different between two documents of a kind, place by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from shared.domain.documents import Document


class Missing:
    """What stands where there is nothing on one side."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


@dataclass(frozen=True)
class Difference:
    """A place, by the names of fields, keys, ids of entries or their numbers, and what stands there before and after.

    `before` or `after` is MISSING where something was added or removed.
    """

    path: tuple[str, ...]
    before: Any
    after: Any


def differences(before: Document, after: Document) -> tuple[Difference, ...]:
    """All of them, in the order of the fields; entries of lists that have ids are compared by these."""
    return tuple(_compared((), before, after))


def _compared(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if is_dataclass(before) and type(before) is type(after):
        for one in fields(before):
            yield from _compared((*path, one.name), getattr(before, one.name), getattr(after, one.name))
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _entries(path, dict(before), dict(after))
    elif _is_list(before) and _is_list(after):
        yield from _entries(path, _numbered(before), _numbered(after))
    else:
        yield Difference(path, before, after)


def _entries(path: tuple[str, ...], before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[Difference]:
    for key in dict.fromkeys((*before, *after)):
        there, now = before.get(key, MISSING), after.get(key, MISSING)
        place = (*path, str(key))
        if there is MISSING or now is MISSING:
            yield Difference(place, there, now)
        else:
            yield from _compared(place, there, now)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _numbered(values: Sequence[Any]) -> dict[str, Any]:
    """Entries by their ids where all have different ones, else by their numbers."""
    ids = [str(value.id) for value in values if hasattr(value, "id")]
    if len(set(ids)) == len(values):
        return dict(zip(ids, values, strict=True))
    return {str(number): value for number, value in enumerate(values)}
