"""A plan carried out: one conditional write after the other. It can end anywhere, and be begun again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cli.api import Api
from cli.configuration.detour import ways_round
from cli.configuration.documents import Held, Key, own_fields
from cli.configuration.plan import Action, Change
from cli.errors import ApiError, CommandError, ExitCode

WAITS_FOR_OTHERS = frozenset({"invalid_configuration", "in_use"})
"""Refusals that another change of the same plan may do away with."""


@dataclass(frozen=True)
class Written:
    """What the server says of a document that is as it should be: its version, and what to look at all the same."""

    version: str | None = None
    notes: tuple[Mapping[str, Any], ...] = ()


Done = Callable[[Change, Written], None]
"""Told of each change that is made, with what was written; of a deletion without a version."""
Moved = Callable[[Key, str], None]
"""Told of each document that is something else for a moment, with the version that it has then."""


class Stopped(CommandError):
    """A change could not be made; those before it are, those behind it are not."""

    def __init__(self, change: Change, error: ApiError, left: int) -> None:
        super().__init__(
            f"{change.key}: {error} ({left} changes were not made)", "look at it with plan, then run apply again"
        )
        self.exit_code, self.code = error.exit_code, error.code


def apply(api: Api, changes: Sequence[Change], done: Done, moved: Moved = lambda _key, _version: None) -> None:
    """Make all changes, deletions last; raises Stopped, or Unreachable."""
    deletions = [one for one in changes if one.action is Action.DELETE]
    others = [one for one in changes if one.action is not Action.DELETE]
    _make_all(api, others, len(deletions), done, moved)
    _make_all(api, deletions, 0, done, moved)


def _make_all(api: Api, changes: Sequence[Change], behind: int, done: Done, moved: Moved) -> None:
    """In several rounds where order alone cannot do it; what cannot go first goes by a way round.

    `behind` is the number of changes that come after these.
    """
    left = list(changes)
    while left:
        waiting = _make_round(api, left, behind, done)
        if len(waiting) < len(left):
            left = [change for change, _ in waiting]
            continue
        on_the_way = _go_round(api, waiting, behind, moved)
        if on_the_way == left:
            raise Stopped(*waiting[0], len(left) + behind)
        left = on_the_way


def _make_round(api: Api, changes: Sequence[Change], behind: int, done: Done) -> list[tuple[Change, ApiError]]:
    """Try each change once; those that have to wait for others, and why."""
    waiting: list[tuple[Change, ApiError]] = []
    for number, change in enumerate(changes):
        try:
            written = _write(api, change)
        except ApiError as error:
            if error.code not in WAITS_FOR_OTHERS:
                raise Stopped(change, error, len(waiting) + len(changes) - number + behind) from error
            waiting.append((change, error))
        else:
            done(change, written)
    return waiting


def _go_round(api: Api, waiting: Sequence[tuple[Change, ApiError]], behind: int, moved: Moved) -> list[Change]:
    """The same changes, with those that had to be changed in between as they are now; none goes the same way twice."""
    ways = ways_round(waiting, api.pages("organizationUnits"))
    found: list[Change] = []
    for change, _ in waiting:
        body = ways.get(change.key)
        if body is None:
            found.append(change)
            continue
        try:
            version = str(_put(api, replace(change, body=body, result=body)).version)
        except ApiError as error:
            raise Stopped(change, error, len(waiting) + behind) from error
        moved(change.key, version)
        found.append(replace(change, held=Held(change.key, body, version)))
    return found


def _write(api: Api, change: Change) -> Written:
    if change.action is Action.DELETE:
        _delete(api, change)
        return Written()
    return _put(api, change)


def _put(api: Api, change: Change) -> Written:
    """What was written, also where only the answer to an earlier attempt was lost."""
    try:
        version = change.held.version if change.held is not None else None
        answer = api.put(change.key.path, dict(change.body), version=version)
        return Written(str(answer["version"]), tuple(answer.get("notes") or ()))
    except ApiError as error:
        found = _now(api, change.key) if error.exit_code in _MAYBE_DONE else None
        if found is None or found.body != change.result:
            raise
        return Written(found.version)


def _delete(api: Api, change: Change) -> None:
    try:
        api.delete(change.key.path, version=change.held.version if change.held is not None else "*")
    except ApiError as error:
        if error.exit_code is not ExitCode.NOT_FOUND:
            raise


_MAYBE_DONE = (ExitCode.CHANGED_MEANWHILE, ExitCode.NOT_ACCEPTED)


def _now(api: Api, key: Key) -> Held | None:
    try:
        document = api.get(key.path)
    except ApiError as error:
        if error.exit_code is ExitCode.NOT_FOUND:
            return None
        raise
    return Held(key, own_fields(document, key.collection), str(document["version"]))
