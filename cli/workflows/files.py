"""A workflow or a story in a file, and answers of the API told with the file's lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.configuration.documents import Places
from cli.errors import ApiError, ExitCode, Unusable


@dataclass(frozen=True)
class InFile:
    """What a file holds, and where."""

    body: Mapping[str, Any]
    places: Places

    def placed(self, finding: Mapping[str, Any]) -> dict[str, Any]:
        """A finding of the API with the line and column that it is about."""
        place = self.places.find(_inside(str(finding.get("field") or "")))
        return {**finding, "file": str(place.file), "line": place.line, "column": place.column}


def read_file(file: Path) -> InFile:
    """The object in a YAML or JSON file; raises Unusable with the place."""
    from cli.configuration.reading import Unreadable, read

    try:
        return InFile(*read(file.read_bytes(), file))
    except OSError as error:
        raise Unusable(f"{file} cannot be read: {error.strerror}") from error
    except Unreadable as error:
        raise Unusable(str(error)) from error


def lines_of(findings: Iterable[Mapping[str, Any]]) -> list[str]:
    """Findings that have their places, as editors understand them."""
    return [_line(one) for one in findings]


def refused(given: InFile, findings: Iterable[Mapping[str, Any]]) -> Unusable:
    """What a file holds cannot be used: every place, and why."""
    return Unusable("\n".join(["this cannot be used as it is:", *lines_of(map(given.placed, findings))]))


def explained(error: ApiError, *files: InFile) -> Unusable | ApiError:
    """The refusal of something that stood in files: with the place where it names one."""
    if error.exit_code is not ExitCode.NOT_ACCEPTED:
        return error
    if error.findings:
        return refused(files[0], error.findings)
    field = error.field or ""
    first = _inside(field).partition(".")[0]
    found = next((one for one in files if first in one.body), None)
    return Unusable(f"{found.places.find(_inside(field))}: {field}: {error}") if found is not None else error


def _line(finding: Mapping[str, Any]) -> str:
    field = f"{finding['field']}: " if finding.get("field") else ""
    place = f"{finding['file']}:{finding['line']}:{finding['column']}"
    return f"{place}: {field}{finding['explanation']} ({finding['rule']})"


def _inside(field: str) -> str:
    """A field of a request as one of the definition in it."""
    return field.removeprefix("definition.")
