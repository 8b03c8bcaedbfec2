"""Documents of the configuration as files and the server have them, and the order in which they can be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli.api import at

TENANT = "tenant"
ORDER: Sequence[str] = (
    TENANT,
    "organizationUnits",
    "calendars",
    "domainTemplates",
    "systemMessages",
    "workflows",
    "users",
    "services",
)
"""Collections, those first to which others refer."""
SET_BY_SERVER = frozenset({"version", "changedAt", "changedBy", "liveFrom", "notes", "workflowVersion"})
KEPT_BY_SERVER = ("widgetKey", "previousWidgetKey", "previousWidgetKeyUntil")
"""Of the tenant: what its file may leave out, since keys are rotated by a command."""
Body = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Key:
    """Names a document: its collection and its id; the tenant's id is empty, since there is one."""

    collection: str
    id: str

    @property
    def path(self) -> str:
        """Where the API has it."""
        return TENANT if self.collection == TENANT else at(self.collection, self.id)

    def __str__(self) -> str:
        return TENANT if self.collection == TENANT else f"{self.collection}/{self.id}"


@dataclass(frozen=True)
class Place:
    """A place in a file; lines and columns count from 1."""

    file: Path
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Places:
    """Where the fields of a document stand in a file, by paths with the numbers of entries of lists.

    `number_of`: the path of an entry by that with its id.
    """

    file: Path
    of_path: dict[str, Place] = field(default_factory=dict)
    number_of: dict[str, str] = field(default_factory=dict)

    def find(self, path: str) -> Place:
        """The place of a field such as `activities.queue.exits`, else of the nearest one around it."""
        found, known, open_part = Place(self.file), "", ""
        for part in path.split("."):
            # Names may have dots in them.
            open_part = f"{open_part}.{part}" if open_part else part
            inner = f"{known}.{open_part}" if known else open_part
            inner = self.number_of.get(inner, inner)
            if inner in self.of_path:
                found, known, open_part = self.of_path[inner], inner, ""
        return found


@dataclass(frozen=True)
class Filed:
    """A document as it stands in a file."""

    key: Key
    body: Body
    places: Places

    @property
    def file(self) -> Path:
        return self.places.file


@dataclass(frozen=True)
class Held:
    """A document as the server has it: its version, who changed it and when."""

    key: Key
    body: Body
    version: str
    changed_by: str = ""
    changed_at: str = ""


def name_of(body: Body) -> str:
    """What people call the document; empty where it has no name."""
    return str(body.get("name") or body.get("displayName") or "")


def own_fields(body: Mapping[str, Any], collection: str) -> dict[str, Any]:
    """The document without what the server sets."""
    left_out = SET_BY_SERVER | ({"id"} if collection == TENANT else set())
    return {name: value for name, value in body.items() if name not in left_out}


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a document: a reference to another is one of them, whatever field it stands in."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from texts_in(one)
