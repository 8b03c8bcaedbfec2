"""What is different between two documents, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NOTHING = object()
"""Where there is no such field on a side."""


@dataclass(frozen=True)
class Difference:
    """A field such as `activities.queue.parameters.timeLimit`; a side is NOTHING where the field is missing."""

    field: str
    before: Any
    after: Any

    def document(self) -> dict[str, Any]:
        """As JSON; a side that is missing is left out."""
        sides = {"before": self.before, "after": self.after}
        return {"field": self.field, **{name: value for name, value in sides.items() if value is not NOTHING}}


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """All differences, in the order of the fields; entries of lists are told apart by their ids where all have one."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(name for name in after if name not in before)]:
            inner = f"{path}.{name}" if path else name
            yield from differences(before.get(name, NOTHING), after.get(name, NOTHING), inner)
    elif _named(before) and _named(after):
        yield from differences(_by_id(before), _by_id(after), path)
        sides = [[one["id"] for one in side if one["id"] in _by_id(other)] for side, other in _both(before, after)]
        if sides[0] != sides[1]:
            yield Difference(f"{path} (order)", *sides)
    elif before != after or isinstance(before, bool) is not isinstance(after, bool):
        yield Difference(path, before, after)


def _named(value: Any) -> bool:
    """Whether it is a list whose entries all have ids of their own."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return False
    ids = [one.get("id") if isinstance(one, Mapping) else None for one in value]
    return all(isinstance(one, str) for one in ids) and len(set(ids)) == len(ids)


def _both(one: Any, other: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    return (one, other), (other, one)


def _by_id(value: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {one["id"]: one for one in value}
