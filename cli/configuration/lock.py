"""What a folder and the server had in common last: the versions of documents after an export or an apply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cli.configuration.documents import TENANT, Held, Key
from cli.configuration.folder import replace_text
from cli.errors import Unusable

FILE = "interact.lock.json"
FORMAT = 1


@dataclass(frozen=True)
class Lock:
    """`versions`: of each document, by its key; empty where this folder and this deployment have not met yet."""

    url: str
    versions: Mapping[Key, str] = field(default_factory=dict)

    def has_drifted(self, held: Held) -> bool:
        """Whether somebody has changed a document that both had in common."""
        known = self.versions.get(held.key)
        return known is not None and known != held.version


def read_lock(root: Path, url: str) -> Lock:
    """The lock of this deployment; one of another counts for nothing. Raises Unusable where it cannot be read."""
    file = root / FILE
    try:
        content = json.loads(file.read_text("utf-8"))
        if content["format"] != FORMAT or content["deployment"] != url:
            return Lock(url)
        return Lock(url, {_key(name): str(version) for name, version in content["documents"].items()})
    except FileNotFoundError:
        return Lock(url)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unusable(
            f"{file} cannot be read ({type(error).__name__})", "remove it; the next export makes it"
        ) from None


def write_lock(root: Path, lock: Lock) -> None:
    """Put the lock into the folder, in an order that makes small differences small."""
    documents = {str(key): lock.versions[key] for key in sorted(lock.versions)}
    content = {"format": FORMAT, "deployment": lock.url, "documents": documents}
    replace_text(root / FILE, json.dumps(content, indent=2) + "\n")


def _key(name: str) -> Key:
    collection, _, document_id = name.partition("/")
    return Key(TENANT, "") if collection == TENANT else Key(collection, document_id)
