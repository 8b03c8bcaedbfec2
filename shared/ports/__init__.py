"""What the application needs of the world, as Protocols. Adapters fulfil them; tests use `adapters.memory`.

Every method may raise a PortError (see `domain.errors`); which of its kinds matters is said where it does.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.ports.agents import AgentCards, Agents, BotAuthentication, BotConversation, ConversationView, InvitationView
from shared.ports.configuration import ConfigStore, Secrets
from shared.ports.distribution import AgentRecord, AgentStore, QueueStore
from shared.ports.messaging import Credentials, Identity, Messaging, ThreadMessage
from shared.ports.sessions import (
    Cursor,
    Lease,
    PendingEffect,
    RelayState,
    SessionChange,
    SessionRecord,
    SessionStore,
    TimelineEntry,
)
from shared.ports.system import Clock, Ids, Timers
from shared.ports.widgets import Endpoints, Realtime, RealtimeAccess, SessionClaims, SessionTokens

__all__ = [
    "AgentCards",
    "AgentRecord",
    "AgentStore",
    "Agents",
    "BotAuthentication",
    "BotConversation",
    "Clock",
    "ConfigStore",
    "ConversationView",
    "Credentials",
    "Cursor",
    "Endpoints",
    "Identity",
    "Ids",
    "InvitationView",
    "Lease",
    "Messaging",
    "PendingEffect",
    "Ports",
    "QueueStore",
    "Realtime",
    "RealtimeAccess",
    "RelayState",
    "Secrets",
    "SessionChange",
    "SessionClaims",
    "SessionRecord",
    "SessionStore",
    "SessionTokens",
    "ThreadMessage",
    "TimelineEntry",
    "Timers",
]


@dataclass(frozen=True)
class Ports:
    """All ports, wired by `bootstrap` (or by tests)."""

    clock: Clock
    ids: Ids
    config: ConfigStore
    sessions: SessionStore
    queue: QueueStore
    agent_store: AgentStore
    identity: Identity
    messaging: Messaging
    agents: Agents
    timers: Timers
    realtime: Realtime
    tokens: SessionTokens
