"""The service's documented rate limits, counted in sliding windows.

Numbers: Microsoft's "Service limits for Azure Communication Services", sections Identity and Chat. Refused requests
count too, as that page warns.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from local.acs.errors import too_many_requests

_SWEEP_AFTER = 10_000


class Scope(Enum):
    """What one window counts for."""

    RESOURCE = "resource"
    USER = "user"
    THREAD = "thread"
    USER_IN_THREAD = "user in thread"


@dataclass(frozen=True)
class Limit:
    scope: Scope
    requests: int
    seconds: float


@dataclass(frozen=True)
class Budget:
    """Limits that several operations may share."""

    name: str
    limits: tuple[Limit, ...]


def _budget(name: str, *limits: tuple[Scope, int, float]) -> Budget:
    return Budget(name, tuple(Limit(*limit) for limit in limits))


CREATE_IDENTITY = _budget("create identity", (Scope.RESOURCE, 1000, 30))
DELETE_IDENTITY = _budget("delete identity", (Scope.RESOURCE, 500, 30))
ISSUE_TOKEN = _budget("issue access token", (Scope.RESOURCE, 1000, 30))
REVOKE_TOKENS = _budget("revoke access token", (Scope.RESOURCE, 500, 30))
CREATE_THREAD = _budget("create chat thread", (Scope.USER, 10, 10))
DELETE_THREAD = _budget("delete chat thread", (Scope.USER, 10, 10))
UPDATE_THREAD = _budget("update chat thread", (Scope.THREAD, 5, 10))
READ_THREADS = _budget("get or list chat threads", (Scope.USER, 50, 10))
CHANGE_PARTICIPANTS = _budget("add or remove participants", (Scope.THREAD, 10, 10), (Scope.THREAD, 30, 60))
LIST_PARTICIPANTS = _budget("list participants", (Scope.USER_IN_THREAD, 10, 10), (Scope.THREAD, 250, 10))
GET_MESSAGE = _budget("get chat message", (Scope.USER_IN_THREAD, 50, 10), (Scope.THREAD, 250, 10))
LIST_MESSAGES = _budget(
    "list chat messages",
    (Scope.USER_IN_THREAD, 50, 10),
    (Scope.USER_IN_THREAD, 200, 60),
    (Scope.THREAD, 250, 10),
    (Scope.THREAD, 400, 60),
)
CHANGE_MESSAGES = _budget("send, update or delete message", (Scope.THREAD, 10, 10), (Scope.THREAD, 30, 60))
READ_RECEIPTS = _budget("get read receipts", (Scope.USER_IN_THREAD, 5, 10), (Scope.THREAD, 100, 10))
SEND_RECEIPT = _budget("send read receipt", (Scope.USER_IN_THREAD, 10, 10), (Scope.USER_IN_THREAD, 30, 60))
SEND_TYPING = _budget(
    "send typing indicator",
    (Scope.USER_IN_THREAD, 5, 10),
    (Scope.USER_IN_THREAD, 15, 60),
    (Scope.THREAD, 10, 10),
    (Scope.THREAD, 30, 60),
)


class RateLimiter:
    """Counts requests; `limit_factor` multiplies every documented number, at least one request always passes."""

    def __init__(self, limit_factor: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._factor = limit_factor
        self._clock = clock
        self._windows: dict[tuple[str, str, float], deque[float]] = {}
        self._factors: dict[str, float] = {}
        self._spent = 0

    def set_factor(self, thread_id: str, factor: float) -> None:
        """From now on this thread's requests have another factor than the others'."""
        self._factors[thread_id] = factor

    def spend(self, budget: Budget, user_id: str = "", thread_id: str = "") -> None:
        """Count one request against every limit of the budget; raises 429 with the whole seconds to wait."""
        now, factor = self._clock(), self._factors.get(thread_id, self._factor)
        waits = [
            self._count(budget.name, limit, _subject(limit.scope, user_id, thread_id), now, factor)
            for limit in budget.limits
        ]
        self._sweep(now)
        if max(waits) > 0:
            raise too_many_requests(math.ceil(max(waits)))

    def _count(self, name: str, limit: Limit, subject: str, now: float, factor: float) -> float:
        """Seconds until a request would pass; 0 if this one does."""
        window = self._windows.setdefault((name, subject, limit.seconds), deque())
        while window and window[0] <= now - limit.seconds:
            window.popleft()
        window.append(now)
        allowed = max(1, round(limit.requests * factor))
        if len(window) <= allowed:
            return 0
        return window[-allowed] + limit.seconds - now

    def _sweep(self, now: float) -> None:
        """Forget, from time to time, the windows of users and threads that have gone quiet."""
        self._spent += 1
        if self._spent % _SWEEP_AFTER:
            return
        quiet = [key for key, window in self._windows.items() if window[-1] <= now - key[2]]
        for key in quiet:
            del self._windows[key]


def _subject(scope: Scope, user_id: str, thread_id: str) -> str:
    subjects = {
        Scope.RESOURCE: "",
        Scope.USER: user_id,
        Scope.THREAD: thread_id,
        Scope.USER_IN_THREAD: f"{user_id} {thread_id}",
    }
    return subjects[scope]
