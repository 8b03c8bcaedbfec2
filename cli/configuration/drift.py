"""What has changed on the server since the folder and the server were the same last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cli.api import Api
from cli.configuration.differences import Difference, differences
from cli.configuration.documents import Held, Key
from cli.configuration.folder import Folder
from cli.configuration.lock import Lock
from cli.configuration.server import check, with_kept


@dataclass(frozen=True)
class Drift:
    """`what` is created, changed or deleted; differences lead from what the folder says to what is there now."""

    key: Key
    what: str
    held: Held | None = None
    differences: tuple[Difference, ...] = ()


def drift_of(api: Api, folder: Folder, held: Mapping[Key, Held], lock: Lock) -> list[Drift]:
    """In the order of the server's documents, what was deleted last."""
    changed = {key: one for key, one in held.items() if lock.has_drifted(one)}
    bodies = {key: with_kept(folder.documents[key], one) for key, one in changed.items() if key in folder.documents}
    checked = check(api, bodies)

    def found() -> Iterator[Drift]:
        for key, one in held.items():
            if key not in lock.versions and key not in folder.documents:
                yield Drift(key, "created", one)
            elif key in changed:
                said = checked[key].body or bodies[key] if key in bodies else {}
                if said != one.body:
                    yield Drift(key, "changed", one, tuple(differences(said, one.body)) if said else ())
        yield from (Drift(key, "deleted") for key in lock.versions if key not in held)

    return list(found())
