"""A plan carried out: one conditional write after the other. It can end anywhere, and be begun again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from cli.api import Api
from cli.configuration.detour import way_round
from cli.configuration.documents import Held, Key, own_fields
from cli.configuration.plan import Action, Change
from cli.errors import ApiError, CommandError, ExitCode

WAITS_FOR_OTHERS = frozenset({"invalid_configuration", "in_use"})
"""Refusals that another change of the same plan may do away with."""
Done = Callable[[Change, str | None], None]
"""Told of each change that is made, with the version that the document has now."""
Moved = Callable[[Key, str], None]
"""Told of each document that is somewhere else for a moment, with the version that it has there."""


class Stopped(CommandError):
    """A change could not be made; those before it are, those behind it are not."""

    def __init__(self, change: Change, error: ApiError, left: int) -> None:
        super().__init__(
            f"{change.key}: {error} ({left} changes were not made)", "look at it with plan, then run apply again"
        )
        self.exit_code, self.code = error.exit_code, error.code


def apply(api: Api, changes: Sequence[Change], done: Done, moved: Moved = lambda _key, _version: None) -> None:
    """Make all changes; raises Stopped, or Unreachable.

    Where order alone cannot do it several rounds are made, and what cannot go first goes by a way round.
    """
    made = 0
    for part in (
        [one for one in changes if one.action is not Action.DELETE],
        [one for one in changes if one.action is Action.DELETE],
    ):
        left, went_round = part, False
        while left:
            waiting: list[tuple[Change, ApiError]] = []
            for change in left:
                try:
                    version = _make(api, change)
                except ApiError as error:
                    if error.code not in WAITS_FOR_OTHERS:
                        raise Stopped(change, error, len(changes) - made) from error
                    waiting.append((change, error))
                else:
                    made += 1
                    done(change, version)
            stuck = len(waiting) == len(left)
            left = [change for change, _ in waiting]
            if stuck:
                on_the_way = left if went_round else _go_round(api, left, moved)
                if on_the_way == left:
                    raise Stopped(*waiting[0], len(changes) - made)
                left, went_round = on_the_way, True


def _go_round(api: Api, changes: Sequence[Change], moved: Moved) -> list[Change]:
    """The same changes, with those that had to be moved in between as they are now."""
    units = list(api.pages("organizationUnits"))
    found: list[Change] = []
    for change in changes:
        body = way_round(change, units)
        if body is not None and change.held is not None:
            try:
                version = str(api.put(change.key.path, dict(body), version=change.held.version)["version"])
            except ApiError as error:
                raise Stopped(change, error, len(changes)) from error
            moved(change.key, version)
            found.append(replace(change, held=Held(change.key, body, version)))
        else:
            found.append(change)
    return found


def _make(api: Api, change: Change) -> str | None:
    """The version that was written; None for what was deleted."""
    version = change.held.version if change.held is not None else None
    try:
        if change.action is Action.DELETE:
            api.delete(change.key.path, version=version or "*")
            return None
        return str(api.put(change.key.path, dict(change.body), version=version)["version"])
    except ApiError as error:
        # The answer to an earlier attempt may have been lost.
        found = _now(api, change.key) if error.exit_code in _MAYBE_DONE else None
        if change.action is Action.DELETE and error.exit_code is ExitCode.NOT_FOUND:
            return None
        if found is not None and change.action is not Action.DELETE and found.body == change.result:
            return found.version
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
