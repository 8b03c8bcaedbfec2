"""The rate limits of the Bot Connector, per conversation."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

# Documented for Teams: operations per window of seconds that a bot may do in one conversation.
DOCUMENTED = ((7, 1.0), (60, 30.0), (1800, 3600.0))


@dataclass(frozen=True)
class Limit:
    """At most `operations` in any `seconds`."""

    operations: int
    seconds: float


class ConversationLimits:
    """Counts accepted operations in sliding windows; a refused operation does not count."""

    def __init__(self, factor: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = _times(factor)
        self._of_conversations: dict[str, tuple[Limit, ...]] = {}
        self._clock = clock
        self._accepted: dict[tuple[str, Limit], deque[float]] = defaultdict(deque)

    def set_factor(self, conversation_id: str, factor: float) -> None:
        """From now on this conversation has another factor than the others."""
        self._of_conversations[conversation_id] = _times(factor)

    def admit(self, conversation_id: str) -> float:
        """0 where the operation may happen, and it is counted; else the seconds to wait."""
        now, limits = self._clock(), self._of_conversations.get(conversation_id, self.limits)
        windows = [self._accepted[conversation_id, limit] for limit in limits]
        wait = max(_wait(window, limit, now) for window, limit in zip(windows, limits, strict=True))
        if wait <= 0:
            for window in windows:
                window.append(now)
        return max(0.0, wait)

    def describe(self) -> str:
        return ", ".join(f"{limit.operations} in {limit.seconds:g} s" for limit in self.limits)


def _times(factor: float) -> tuple[Limit, ...]:
    return tuple(Limit(max(1, round(count * factor)), seconds) for count, seconds in DOCUMENTED)


def _wait(window: deque[float], limit: Limit, now: float) -> float:
    while window and window[0] <= now - limit.seconds:
        window.popleft()
    return window[0] + limit.seconds - now if len(window) >= limit.operations else 0.0


def retry_after(seconds: float) -> str:
    """The value of a Retry-After header: whole seconds, never too early."""
    return str(max(1, math.ceil(seconds)))
