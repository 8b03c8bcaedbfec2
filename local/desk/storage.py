"""Keeps conversations and presences in files, one per conversation, so that a restart finds them again."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from local.desk.state import AVAILABILITIES, Conversation, DeskState

DEBOUNCE_SECONDS = 0.5
PRESENCES = "presences.json"


class Storage:
    """Writes what changed half a second later, and the rest at the end; without a directory it does nothing."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._changed: set[str] = set()
        self._wake = asyncio.Event()

    def mark(self, conversation_id: str) -> None:
        """Remember that this conversation changed; "" stands for the presences."""
        if self._directory is not None:
            self._changed.add(conversation_id)
            self._wake.set()

    def load_into(self, state: DeskState) -> None:
        """Fill `state` from the files, leaving out people who are no longer users."""
        if self._directory is None:
            return
        (self._directory / "conversations").mkdir(parents=True, exist_ok=True)
        for path in sorted((self._directory / "conversations").glob("*.json")):
            conversation = Conversation.from_document(json.loads(path.read_text("utf-8")))
            if any(member in state.users for member in conversation.members):
                state.conversations[conversation.id] = conversation
        presences = self._directory / PRESENCES
        if presences.exists():
            for user_id, availability in json.loads(presences.read_text("utf-8")).items():
                if user_id in state.users and availability in AVAILABILITIES:
                    state.availability[user_id] = availability

    async def keep_writing(self, state: DeskState) -> None:
        """Write changes until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(DEBOUNCE_SECONDS)
            self._wake.clear()
            await asyncio.to_thread(_write_all, self._documents(state))

    def write_now(self, state: DeskState) -> None:
        """Write what is still unwritten; called at the end."""
        _write_all(self._documents(state))

    def _documents(self, state: DeskState) -> list[tuple[Path, str]]:
        if self._directory is None:
            return []
        changed, self._changed = self._changed, set()
        documents: list[tuple[Path, str]] = []
        for conversation_id in changed:
            if not conversation_id:
                documents.append((self._directory / PRESENCES, _json(state.availability)))
            elif conversation_id in state.conversations:
                path = self._directory / "conversations" / f"{_file_name(conversation_id)}.json"
                documents.append((path, _json(state.conversations[conversation_id].to_document())))
        return documents


def _file_name(conversation_id: str) -> str:
    return hashlib.sha256(conversation_id.encode()).hexdigest()[:32]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write_all(documents: list[tuple[Path, str]]) -> None:
    for path, text in documents:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(text, "utf-8")
        os.replace(unfinished, path)
