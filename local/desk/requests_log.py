"""Counts what the bot asked of the desk and what the desk asked of the bot."""

from __future__ import annotations

from collections import Counter
from typing import Any


class RequestsLog:
    """Counts per operation and per status code, since the last reset."""

    def __init__(self) -> None:
        self._operations: Counter[str] = Counter()
        self._statuses: Counter[tuple[str, str]] = Counter()

    def note(self, operation: str, status: int | str) -> None:
        """Count one finished request; `status` is an HTTP status or a word such as "timeout"."""
        self._operations[operation] += 1
        self._statuses[operation, str(status)] += 1

    def reset(self) -> None:
        self._operations.clear()
        self._statuses.clear()

    def to_document(self) -> dict[str, Any]:
        """`{"counts": {operation: n}, "statuses": {operation: {status: n}}}`."""
        statuses: dict[str, dict[str, int]] = {}
        for (operation, status), count in sorted(self._statuses.items()):
            statuses.setdefault(operation, {})[status] = count
        return {"counts": dict(sorted(self._operations.items())), "statuses": statuses}
