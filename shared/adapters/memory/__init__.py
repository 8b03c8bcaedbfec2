"""All ports in memory: plain, deterministic, without faults and without waiting, for tests and simulations."""

from __future__ import annotations

from shared.adapters.memory.channels import (
    MemoryAgents,
    MemoryIdentity,
    MemoryMessaging,
    MemoryRealtime,
    MemoryTimers,
    Nudge,
    Sent,
    WakeUp,
)
from shared.adapters.memory.config import MemoryConfigStore, MemorySecrets
from shared.adapters.memory.stores import MemoryAgentStore, MemoryQueueStore, MemorySessionStore
from shared.adapters.memory.time import CountingIds, ManualClock

__all__ = [
    "CountingIds",
    "ManualClock",
    "MemoryAgentStore",
    "MemoryAgents",
    "MemoryConfigStore",
    "MemoryIdentity",
    "MemoryMessaging",
    "MemoryQueueStore",
    "MemoryRealtime",
    "MemorySecrets",
    "MemorySessionStore",
    "MemoryTimers",
    "Nudge",
    "Sent",
    "WakeUp",
]
