"""Whether what the app needs answers: looked at together, and only every few seconds however many ask."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.domain.errors import PortError
from shared.ports import Clock

Probe = Callable[[], Awaitable[object]]

FRESH = timedelta(seconds=10)
"""Anybody may ask for health; nobody shall make us call others as often as they like."""
PATIENCE = 3.0
"""Seconds; what takes longer is no use to a visitor either."""
OK, UNREACHABLE = "ok", "unreachable"

if TYPE_CHECKING:
    from shared.adapters.queue_timers import QueueTimers
    from shared.adapters.teams_token import BotToken
    from shared.ports import Realtime

logger = logging.getLogger(__name__)


class Dependencies:
    """`probes` by the names that health has for them; one that raises a PortError, or takes long, is unreachable."""

    def __init__(self, probes: Mapping[str, Probe], clock: Clock) -> None:
        self._probes = probes
        self._clock = clock
        self._lock = asyncio.Lock()
        self._seen: tuple[datetime, Mapping[str, str]] | None = None

    async def states(self) -> Mapping[str, str]:
        """The state of each, `ok` or `unreachable`."""
        async with self._lock:
            now = self._clock.now()
            if self._seen is None or now - self._seen[0] >= FRESH:
                found = await asyncio.gather(*(_state(name, probe) for name, probe in self._probes.items()))
                self._seen = now, dict(zip(self._probes, found, strict=True))
            return self._seen[1]


def of_app(timers: QueueTimers, bot: BotToken, realtime: Realtime, clock: Clock) -> Dependencies:
    """What an app has beside its tables; push only where there is any."""
    from shared.adapters.signalr import SignalR

    push: dict[str, Probe] = {"push": realtime.probe} if isinstance(realtime, SignalR) else {}
    return Dependencies({"queues": timers.probe, "bot": bot.get, **push}, clock)


async def _state(name: str, probe: Probe) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            await probe()
    except (PortError, TimeoutError) as error:
        logger.error("%s: %s: %s", name, type(error).__name__, error)  # noqa: TRY400 (an answer, not a bug)
        return UNREACHABLE
    return OK
