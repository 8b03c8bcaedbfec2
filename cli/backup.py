"""Copies of a deployment's tables in files, and back: one file for each table, one row in each line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cli.errors import Unusable
from cli.storage_account import Storage

KEPT = ("config", "widgetkeys", "agents", "history")
"""What cannot be had again: configuration, and of each agent the conversation with the bot; and finished sessions."""
FLEETING = ("sessions", "index", "queue", "threads")
"""Conversations that go on now: without their timers, which are messages in a queue, they are no use elsewhere."""
ENDING = ".jsonl.gz"
NOT_WRITTEN = ("odata.etag", "Timestamp", "Timestamp@odata.type")


def save(storage: Storage, directory: Path, tables: Sequence[str]) -> dict[str, int]:
    """Write the tables into a new directory, and how many rows each has; raises Unusable where files are there."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(directory.iterdir()):
        raise Unusable(f"{directory} is not empty", "name a new directory for each backup")
    counts = {}
    for table in tables:
        count = 0
        with gzip.open(directory / f"{table}{ENDING}", "wt", encoding="utf-8") as file:
            for row in storage.rows(table):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
        counts[table] = count
    return counts


def saved_tables(directory: Path) -> list[str]:
    """The tables of a backup; raises Unusable where it is none."""
    found = sorted(file.name.removesuffix(ENDING) for file in directory.glob(f"*{ENDING}"))
    if not found:
        raise Unusable(f"{directory} holds no backup", "name the directory that interact backup has written")
    return found


def restore(storage: Storage, directory: Path, table: str, *, replace: bool) -> tuple[int, int]:
    """Write the rows of a table back: how many were written, and how many were there and left alone."""
    storage.make_table(table)
    written = left = 0
    for row in _rows(directory / f"{table}{ENDING}"):
        if storage.put_row(table, row, replace=replace):
            written += 1
        else:
            left += 1
    return written, left


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            row: dict[str, Any] = json.loads(line)
            yield {name: value for name, value in row.items() if name not in NOT_WRITTEN}
