"""The tree of organization units, which says what may be selected where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OrganizationUnit:
    """A node of the tree; the root has no parent."""

    id: str
    name: str
    parent_id: str | None = None


def is_same_or_higher(candidate_id: str, unit_id: str, units: Mapping[str, OrganizationUnit]) -> bool:
    """Whether documents of `candidate_id` are offered to users and services of `unit_id`.

    The guide: "templates with the same or a higher Organization Units level … may be available for selection".
    """
    current: str | None = unit_id
    visited: set[str] = set()
    while current is not None and current not in visited:
        if current == candidate_id:
            return True
        visited.add(current)
        unit = units.get(current)
        current = unit.parent_id if unit else None
    return False
