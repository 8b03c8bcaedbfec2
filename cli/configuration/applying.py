"""A plan carried out: one conditional write after the other. It can end anywhere, and be begun again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cli.api import Api
from cli.configuration.documents import Held, Key, own_fields
from cli.configuration.plan import Action, Change
from cli.errors import ApiError, CommandError, ExitCode

WAITS_FOR_OTHERS = frozenset({"invalid_configuration", "in_use"})
"""Refusals that another change of the same plan may do away with."""
Done = Callable[[Change, str | None], None]
"""Told of each change that is made, with the version that the document has now."""


class Stopped(CommandError):
    """A change could not be made; those before it are, those behind it are not."""

    def __init__(self, change: Change, error: ApiError, left: int) -> None:
        super().__init__(
            f"{change.key}: {error} ({left} changes were not made)", "look at it with plan, then run apply again"
        )
        self.exit_code, self.code = error.exit_code, error.code


def apply(api: Api, changes: Sequence[Change], done: Done) -> None:
    """Make all changes; raises Stopped, or Unreachable. Where order alone cannot do it, several rounds are made."""
    made = 0
    for part in (
        [one for one in changes if one.action is not Action.DELETE],
        [one for one in changes if one.action is Action.DELETE],
    ):
        left = part
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
            if len(waiting) == len(left):
                raise Stopped(*waiting[0], len(changes) - made)
            left = [change for change, _ in waiting]


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
