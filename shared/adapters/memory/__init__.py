"""All ports in memory: plain, deterministic, without faults and without waiting, for tests and simulations."""

from __future__ import annotations

from shared.adapters.memory.administration import MemoryAdministration, MemoryAdministrators
from shared.adapters.memory.agents import MemoryAgents, Sent
from shared.adapters.memory.challenges import MemoryChallenges
from shared.adapters.memory.config import MemoryConfigStore, MemorySecrets
from shared.adapters.memory.history import MemoryDigests, MemoryHistory
from shared.adapters.memory.messaging import MemoryIdentity, MemoryMessaging
from shared.adapters.memory.ports import memory_ports
from shared.adapters.memory.presence import MemoryPresence
from shared.adapters.memory.preview_series import MemoryPreviewSeries
from shared.adapters.memory.seals import MemoryArrivals, MemorySeals
from shared.adapters.memory.site_tokens import MemorySiteTokens, MemorySpentTokens
from shared.adapters.memory.stores import MemoryAgentStore, MemoryQueueStore, MemorySessionStore
from shared.adapters.memory.threads import MemoryThreadStore
from shared.adapters.memory.time import CountingIds, ManualClock
from shared.adapters.memory.timers import MemoryTimers, WakeUp
from shared.adapters.memory.watches import MemoryWatchStore
from shared.adapters.memory.widgets import MemoryRealtime, Nudge

__all__ = [
    "CountingIds",
    "ManualClock",
    "MemoryAdministration",
    "MemoryAdministrators",
    "MemoryAgentStore",
    "MemoryAgents",
    "MemoryArrivals",
    "MemoryChallenges",
    "MemoryConfigStore",
    "MemoryDigests",
    "MemoryHistory",
    "MemoryIdentity",
    "MemoryMessaging",
    "MemoryPresence",
    "MemoryPreviewSeries",
    "MemoryQueueStore",
    "MemoryRealtime",
    "MemorySeals",
    "MemorySecrets",
    "MemorySessionStore",
    "MemorySiteTokens",
    "MemorySpentTokens",
    "MemoryThreadStore",
    "MemoryTimers",
    "MemoryWatchStore",
    "Nudge",
    "Sent",
    "WakeUp",
    "memory_ports",
]
