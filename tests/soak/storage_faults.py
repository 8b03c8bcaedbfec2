"""Faults of storage, which Azurite does not have: proxies of ours before its tables and its queues.

Every request to a table counts; of the queues only messages that are put in, as the listener belongs to the host.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

from local.azurite import StoragePorts
from tests.soak.http_pipe import HttpMessage, NotReachedError, Upstream, piped, response

REFUSALS = {
    "busy": ("503 Service Unavailable", "ServerBusy"),
    "error": ("500 Internal Server Error", "InternalError"),
    "refused": ("403 Forbidden", "AccountIsReadOnly"),
}
LONGER_THAN_A_CALL = 7.0
"""Seconds; the app gives a call 6."""


@dataclass(frozen=True)
class StorageFaults:
    """Probabilities for each request: ServerBusy and a server's error before the effect; after it, the answer is lost
    at once, or comes later than anybody waits. With `read_only` nothing can be written."""

    busy: float = 0.0
    error: float = 0.0
    lost: float = 0.0
    late: float = 0.0
    read_only: bool = False


class FaultyStorage:
    """Counts what it does to whom; `faults` may be changed at any time."""

    def __init__(self, faults: StorageFaults, chance: random.Random) -> None:
        self.faults = faults
        self.counts: Counter[str] = Counter()
        self._chance = chance

    @contextlib.asynccontextmanager
    async def before(self, ports: StoragePorts) -> AsyncIterator[StoragePorts]:
        """Ports that lead to the storage at `ports`; its blobs, which nobody uses, are as they are."""
        tables, queues = Upstream(ports.table), Upstream(ports.queue)
        async with (
            piped(lambda request: self._answer(tables, request, is_table=True)) as table,
            piped(lambda request: self._answer(queues, request, is_table=False)) as queue,
        ):
            yield StoragePorts(blob=ports.blob, queue=queue, table=table)
        tables.close()
        queues.close()

    async def _answer(self, upstream: Upstream, request: HttpMessage, *, is_table: bool) -> bytes | None:
        fault = self._drawn() if is_table or request.method == "POST" else ""
        if self.faults.read_only and request.method != "GET":
            fault = "refused"
        if fault:
            self.counts[f"{'table' if is_table else 'queue'} {fault}"] += 1
        if fault in REFUSALS:
            return _refusal(fault, is_table=is_table)
        try:
            answer = await upstream.exchange(request)
        except (NotReachedError, ConnectionError):
            return None
        if fault == "late":
            await asyncio.sleep(LONGER_THAN_A_CALL)
        return None if fault in ("lost", "late") else answer.raw

    def _drawn(self) -> str:
        left = self._chance.random()
        for fault in ("busy", "error", "lost", "late"):
            left -= getattr(self.faults, fault)
            if left < 0:
                return fault
        return ""


def _refusal(fault: str, *, is_table: bool) -> bytes:
    status, code = REFUSALS[fault]
    if is_table:
        document = {"odata.error": {"code": code, "message": {"lang": "en-US", "value": "A fault on request."}}}
        return response(status, json.dumps(document).encode(), "application/json", f"x-ms-error-code: {code}")
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>A fault.</Message></Error>'
    return response(status, body.encode(), "application/xml", f"x-ms-error-code: {code}")
