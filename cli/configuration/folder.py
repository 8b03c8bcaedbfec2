"""A folder of YAML with one document a file: `tenant.yaml`, and a folder for each collection."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.configuration.documents import ORDER, TENANT, Filed, Key, Place, name_of
from cli.configuration.reading import LARGEST, Unreadable, read
from cli.errors import Unusable
from cli.kinds import collection_of
from cli.yaml_text import as_yaml

SUFFIXES = (".yaml", ".yml")
TENANT_FILE = "tenant.yaml"
LONGEST_NAME = 60
SECRETS = {
    "acsConnectionString": "secrets do not belong into files: keep it in the key vault, and name it in acsSecret",
}


@dataclass(frozen=True)
class Folder:
    """What was found in a folder: documents, and files that cannot be used."""

    documents: Mapping[Key, Filed]
    unreadable: tuple[Unreadable, ...] = ()


def read_folder(root: Path) -> Folder:
    """All documents of a folder; raises Unusable where it is none. Files that are no YAML are passed over."""
    if not root.is_dir():
        raise Unusable(f"{root} is no folder", "make it with: interact config export")
    documents: dict[Key, Filed] = {}
    faults: list[Unreadable] = []
    for file in sorted(_files(root)):
        try:
            filed = _read_file(root, file)
        except Unreadable as error:
            faults.append(error)
            continue
        twin = documents.setdefault(filed.key, filed)
        if twin is not filed:
            why = f"{filed.key} stands in {twin.file} as well; remove one"
            faults.append(Unreadable("id_repeated", filed.places.find("id"), why))
    return Folder(documents, tuple(faults))


def write_document(root: Path, key: Key, body: Mapping[str, Any], file: Path | None, taken: set[Path]) -> Path:
    """Write a document whole or not at all, to its file or to a new one that is named after it; which one it was."""
    if file is None:
        file = _new_file(root, key, body, taken)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_text(file, as_yaml(dict(body)))
    return file


def replace_text(file: Path, text: str) -> None:
    """Put a text in the place of a file, so that nobody ever finds half of it."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, "utf-8")
    beside.replace(file)


def _files(root: Path) -> Iterator[Path]:
    """YAML files below the root; hidden ones, such as `.git`, are not ours. Links are named, and refused later."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in files:
            if name.endswith(SUFFIXES) and not name.startswith("."):
                yield Path(folder) / name
        yield from (Path(folder) / name for name in names if (Path(folder) / name).is_symlink())


def _read_file(root: Path, file: Path) -> Filed:
    start = Place(file)
    if file.is_symlink():
        raise Unreadable("link", start, "is a link; only files of the folder itself are read")
    if file.stat().st_size > LARGEST:
        raise Unreadable("too_large", start, f"has {file.stat().st_size:,} bytes; at most {LARGEST:,} are taken")
    collection = _collection(file.relative_to(root), start)
    body, places = read(file.read_bytes(), file)
    for name, why in SECRETS.items():
        if name in body:
            raise Unreadable("secret", places.find(name), why)
    if collection == TENANT:
        return Filed(Key(TENANT, ""), body, places)
    document_id = body.get("id")
    if not isinstance(document_id, str) or not document_id:
        raise Unreadable("id_missing", places.find("id"), "needs an `id` that is text, by which others can refer to it")
    return Filed(Key(collection, document_id), body, places)


def _collection(relative: Path, start: Place) -> str:
    if len(relative.parts) == 1:
        if relative.stem == TENANT:
            return TENANT
        known = ", ".join(ORDER[1:])
        raise Unreadable("kind_unknown", start, f"lies in no folder of a kind; move it into one of {known}")
    try:
        return collection_of(relative.parts[0])
    except Unusable as error:
        raise Unreadable("kind_unknown", start, f"{error}; {error.fix}") from None


def _new_file(root: Path, key: Key, body: Mapping[str, Any], taken: set[Path]) -> Path:
    if key.collection == TENANT:
        return root / TENANT_FILE
    folder, name = root / key.collection, _file_name(name_of(body)) or _file_name(key.id) or "document"
    number = 1
    while (file := folder / f"{name}{f'-{number}' if number > 1 else ''}.yaml") in taken or file.exists():
        number += 1
    return file


def _file_name(name: str) -> str:
    """Letters and digits of a name, as every file system takes them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].rstrip("-")
