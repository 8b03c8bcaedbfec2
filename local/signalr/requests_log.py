"""Counts the REST calls of publishers."""

from __future__ import annotations

from collections import Counter
from typing import Any


class RequestsLog:
    """Counts per operation and per status code, since the last reset."""

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, int]] = Counter()

    def note(self, operation: str, status: int) -> None:
        self._calls[operation, status] += 1

    def reset(self) -> None:
        self._calls.clear()

    def to_document(self) -> dict[str, Any]:
        """`{"counts": {operation: n}, "statuses": {operation: {status: n}}}`."""
        counts: Counter[str] = Counter()
        statuses: dict[str, dict[str, int]] = {}
        for (operation, status), count in sorted(self._calls.items()):
            counts[operation] += count
            statuses.setdefault(operation, {})[str(status)] = count
        return {"counts": dict(counts), "statuses": statuses}
