"""All ports at once: those that matter are given, the others are in memory."""

from __future__ import annotations

from typing import Any

from shared.adapters.memory.administration import MemoryAdministration, MemoryAdministrators
from shared.adapters.memory.agents import MemoryAgents
from shared.adapters.memory.challenges import MemoryChallenges
from shared.adapters.memory.config import MemoryConfigStore, MemorySecrets
from shared.adapters.memory.history import MemoryDigests, MemoryHistory
from shared.adapters.memory.messaging import MemoryIdentity, MemoryMessaging
from shared.adapters.memory.presence import MemoryPresence
from shared.adapters.memory.preview_series import MemoryPreviewSeries
from shared.adapters.memory.seals import MemoryArrivals, MemorySeals
from shared.adapters.memory.site_tokens import MemorySiteTokens, MemorySpentTokens
from shared.adapters.memory.stores import MemoryAgentStore, MemoryQueueStore, MemorySessionStore
from shared.adapters.memory.threads import MemoryThreadStore
from shared.adapters.memory.time import CountingIds, ManualClock
from shared.adapters.memory.timers import MemoryTimers
from shared.adapters.memory.watches import MemoryWatchStore
from shared.adapters.memory.widgets import MemoryRealtime
from shared.ports import Clock, Ports, SessionTokens


def memory_ports(clock: Clock | None = None, *, tokens: SessionTokens, **given: Any) -> Ports:
    """`given` are ports under their names in `Ports`; a name that is none raises TypeError."""
    clock = clock or ManualClock()
    identity = given.get("identity") or MemoryIdentity(clock)
    config = given.get("config") or MemoryConfigStore()
    ports: dict[str, Any] = {
        "clock": clock,
        "ids": CountingIds(),
        "config": config,
        "sessions": MemorySessionStore(),
        "queue": MemoryQueueStore(),
        "agent_store": MemoryAgentStore(),
        "identity": identity,
        "messaging": MemoryMessaging(clock, identity),
        "threads": MemoryThreadStore(clock),
        "agents": MemoryAgents(),
        "presence": MemoryPresence(),
        "watches": MemoryWatchStore(),
        "timers": MemoryTimers(),
        "realtime": MemoryRealtime(),
        "tokens": tokens,
        "challenges": MemoryChallenges(),
        "site_tokens": MemorySiteTokens(),
        "spent_tokens": MemorySpentTokens(clock),
        "administration": MemoryAdministration(config if isinstance(config, MemoryConfigStore) else None, clock=clock),
        "administrators": MemoryAdministrators(),
        "secrets": MemorySecrets(),
        "history": MemoryHistory(),
        "digests": MemoryDigests(),
        "seals": MemorySeals(),
        "arrivals": MemoryArrivals(),
        "preview_series": MemoryPreviewSeries(),
    }
    return Ports(**{**ports, **given})
