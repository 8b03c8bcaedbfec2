"""Brings many rows into Azurite at once, by files; it has to run with many_rows.cjs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from shared.adapters.tables import Tables

PRELOAD = Path(__file__).with_suffix(".cjs")
TABLE = "manyrows"
IN_A_FILE = 1_000
"""A file is read within the time that a call may take, on a busy machine too."""


@dataclass(frozen=True)
class StoredRow:
    """A row and where it belongs; values are those of JSON."""

    table: str
    partition: str
    key: str
    values: Mapping[str, Any]


async def store(tables: Tables, rows: Iterable[StoredRow]) -> None:
    """Store rows that are not there yet, in tables that are."""
    with tempfile.TemporaryDirectory(prefix="interact-rows-") as directory:
        for number, some in enumerate(_parts(iter(rows))):
            file = Path(directory, f"{number}.jsonl")
            lines = (json.dumps([row.table, row.partition, row.key, dict(row.values)]) for row in some)
            file.write_text("\n".join(lines), "utf-8")
            await tables.put(TABLE, "files", file.name, {"file": str(file)})


def _parts(rows: Iterator[StoredRow]) -> Iterator[Sequence[StoredRow]]:
    while some := tuple(islice(rows, IN_A_FILE)):
        yield some
