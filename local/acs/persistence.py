"""Keeps the state in one SQLite file: changed documents only, all of one moment in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from local.acs.state import DeadLetter, Delivery, Document, Identity, State, Thread

SAVE_EVERY_SECONDS = 0.5
_FILE = "acs.sqlite3"
_KINDS: dict[str, type[Document]] = {
    "identity": Identity,
    "thread": Thread,
    "delivery": Delivery,
    "deadLetter": DeadLetter,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_ADAPTERS: dict[type[Document], TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in _KINDS.values()}
_Row = tuple[str, str, bytes | None]


class Persistence:
    """Reads the state of the last run and saves what changed; without a directory it does nothing."""

    def __init__(self, directory: Path | None) -> None:
        self._file = directory / _FILE if directory is not None else None

    def load(self) -> State:
        """The saved state, or a new one with a signing key that is saved at once."""
        state = State()
        if self._file is None:
            return state
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS document (kind TEXT, id TEXT, body BLOB, PRIMARY KEY (kind, id))"
            )
            rows = connection.execute("SELECT kind, id, body FROM document").fetchall()
        saved_key = next((body for kind, _, body in rows if kind == "signingKey"), None)
        if saved_key is None:
            self._write([("signingKey", "", state.signing_key.encode())])
        else:
            state.signing_key = saved_key.decode()
        for kind, _, body in rows:
            if kind in _KINDS:
                state.put(_ADAPTERS[_KINDS[kind]].validate_json(body))
        return state

    async def keep_saving(self, state: State, closing: asyncio.Event) -> None:
        """Save whatever changed twice a second, outside the loop's thread, and once more when `closing` is set."""
        while not closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(closing.wait(), SAVE_EVERY_SECONDS)
            await asyncio.to_thread(self._write, _take_unsaved(state))

    def _write(self, rows: list[_Row]) -> None:
        if self._file is None or not rows:
            return
        kept = [row for row in rows if row[2] is not None]
        dropped = [row[:2] for row in rows if row[2] is None]
        with self._connection() as connection:
            connection.executemany("INSERT OR REPLACE INTO document VALUES (?, ?, ?)", kept)
            connection.executemany("DELETE FROM document WHERE kind = ? AND id = ?", dropped)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._file is None:
            raise RuntimeError("there is no data directory")
        with contextlib.closing(sqlite3.connect(self._file)) as connection, connection:
            yield connection


def _take_unsaved(state: State) -> list[_Row]:
    rows: list[_Row] = [
        (_NAMES[kind], identifier, _ADAPTERS[kind].dump_json(document) if document is not None else None)
        for (kind, identifier), document in state.unsaved.items()
    ]
    state.unsaved.clear()
    return rows
