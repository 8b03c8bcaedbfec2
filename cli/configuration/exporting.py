"""The server's configuration put into a folder: short, without what is empty, and checked to mean the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.api import Api
from cli.configuration.documents import KEPT_BY_SERVER, TENANT, Body, Held, Key
from cli.configuration.folder import Folder, write_document
from cli.configuration.lock import Lock
from cli.configuration.server import check, with_kept

_, *OLD_KEYS = KEPT_BY_SERVER
NO_VALUE: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Exported:
    """Files that were written and removed, those that were right already, and those that the server does not know."""

    written: tuple[Path, ...]
    removed: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    unknown: tuple[Path, ...]


def export(
    api: Api, root: Path, folder: Folder, held: Mapping[Key, Held], lock: Lock, step: Callable[[int], None]
) -> Exported:
    """Write what the server has; a file that says the same already stays as it is, with its comments.

    What was deleted on the server since the last time is removed. Other files are left alone.
    """
    same = _that_say_the_same(api, folder, held)
    differing = {key: one for key, one in held.items() if key not in same}
    short = _shortened(api, differing, step)
    taken = {one.file for one in folder.documents.values()}
    written = []
    for key, body in short.items():
        filed = folder.documents.get(key)
        written.append(write_document(root, key, body, filed.file if filed else None, taken))
        taken.add(written[-1])
    gone = [one for key, one in folder.documents.items() if key not in held]
    removed = [one.file for one in gone if one.key in lock.versions]
    for file in removed:
        file.unlink()
    unchanged = [one.file for key, one in folder.documents.items() if key in held and key not in differing]
    return Exported(
        tuple(written), tuple(removed), tuple(unchanged), tuple(one.file for one in gone if one.file not in removed)
    )


def _that_say_the_same(api: Api, folder: Folder, held: Mapping[Key, Held]) -> set[Key]:
    """Documents whose files the server takes for what it has."""
    bodies = {key: with_kept(filed, held[key]) for key, filed in folder.documents.items() if key in held}
    checked = check(api, {key: body for key, body in bodies.items() if body != held[key].body})
    return {key for key, body in bodies.items() if (checked[key].body if key in checked else body) == held[key].body}


def _shortened(api: Api, held: Mapping[Key, Held], step: Callable[[int], None]) -> dict[Key, Body]:
    """Documents without what is empty, where the server takes them for the same; the others whole."""
    whole = {key: _for_file(one) for key, one in held.items()}
    short: dict[Key, Body] = {key: _without_empty(body) for key, body in whole.items()}
    checked = check(api, {key: _again(key, body, held[key]) for key, body in short.items()}, step)
    return {key: short[key] if checked[key].body == held[key].body else whole[key] for key in held}


def _for_file(held: Held) -> dict[str, Any]:
    left_out = OLD_KEYS if held.key.collection == TENANT else ()
    return {name: value for name, value in held.body.items() if name not in left_out}


def _again(key: Key, body: Body, held: Held) -> Body:
    kept = KEPT_BY_SERVER if key.collection == TENANT else ()
    return {**{name: held.body[name] for name in kept if name in held.body}, **body}


def _without_empty(value: Any) -> Any:
    """The value without fields that say nothing."""
    if isinstance(value, Mapping):
        shorter = {name: _without_empty(one) for name, one in value.items()}
        return {name: one for name, one in shorter.items() if one not in NO_VALUE}
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    return value
