"""The conditional changes that a transaction of Table Storage is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Insert:
    """A new row; AlreadyExists where there is one."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Put:
    """A row, whether or not there is one; with `version`, only in place of exactly that one (VersionConflict)."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    version: str | None = None


@dataclass(frozen=True)
class Touch:
    """Give the row a new version and leave its values alone; VersionConflict where it is not at this version."""

    key: str
    version: str


@dataclass(frozen=True)
class Delete:
    """Remove the row; VersionConflict where it is missing or not at this version."""

    key: str
    version: str | None = None


Operation = Insert | Put | Touch | Delete


def as_change(partition: str, operation: Operation) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The operation as the SDK wants it: name, entity, options."""
    from azure.core import MatchConditions
    from azure.data.tables import UpdateMode

    keys = {"PartitionKey": partition, "RowKey": operation.key}
    version = getattr(operation, "version", None)
    condition = {"etag": version, "match_condition": MatchConditions.IfNotModified} if version else {}
    if isinstance(operation, Insert):
        return "create", {**operation.values, **keys}, {}
    if isinstance(operation, Delete):
        return "delete", keys, condition
    if isinstance(operation, Touch):
        return "update", keys, {"mode": UpdateMode.MERGE, **condition}
    return "update" if version else "upsert", {**operation.values, **keys}, {"mode": UpdateMode.REPLACE, **condition}
