"""What the application needs of the world, as Protocols. Adapters fulfil them; tests use `adapters.memory`.

Every method may raise a PortError (see `domain.errors`); which of its kinds matters is said where it does.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.ports.administration import (
    ANY_VERSION,
    INTERACT,
    Actor,
    Administration,
    AuditAction,
    AuditEntry,
    AuditPage,
    Changed,
    Page,
    Selection,
    Stored,
    WorkflowVersion,
)
from shared.ports.administrators import Administrators
from shared.ports.agents import (
    AgentCards,
    Agents,
    BotAuthentication,
    BotConversation,
    ConversationView,
    InvitationView,
    LeftMessageView,
    ServiceStatus,
    StatusView,
    TaskLine,
    TasksView,
)
from shared.ports.arrivals import Arrivals
from shared.ports.challenges import Challenges
from shared.ports.configuration import ConfigStore, Secrets
from shared.ports.distribution import (
    AgentPage,
    AgentRecord,
    AgentStore,
    QueueStore,
    RecentWait,
    Running,
    RunningPage,
    Slot,
)
from shared.ports.history import Digests, History, HistoryPage, HistorySelection
from shared.ports.messaging import ELSEWHERE, Credentials, Identity, Messaging, ThreadMessage
from shared.ports.presence import Presence
from shared.ports.preview_series import PreviewSeries
from shared.ports.seals import SealPurpose, Seals
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
from shared.ports.site_tokens import SiteTokens, SpentTokens
from shared.ports.system import Clock, Ids, Timers
from shared.ports.threads import NewMessage, StoredMessage, ThreadStore
from shared.ports.watches import Chain, Watched, Watching, WatchStore
from shared.ports.widgets import Endpoints, Realtime, RealtimeAccess, SessionClaims, SessionTokens

__all__ = [
    "ANY_VERSION",
    "ELSEWHERE",
    "INTERACT",
    "Actor",
    "Administration",
    "Administrators",
    "AgentCards",
    "AgentPage",
    "AgentRecord",
    "AgentStore",
    "Agents",
    "Arrivals",
    "AuditAction",
    "AuditEntry",
    "AuditPage",
    "BotAuthentication",
    "BotConversation",
    "Chain",
    "Challenges",
    "Changed",
    "Clock",
    "ConfigStore",
    "ConversationView",
    "Credentials",
    "Cursor",
    "Digests",
    "Endpoints",
    "History",
    "HistoryPage",
    "HistorySelection",
    "Identity",
    "Ids",
    "InvitationView",
    "Lease",
    "LeftMessageView",
    "Messaging",
    "NewMessage",
    "Page",
    "PendingEffect",
    "Ports",
    "Presence",
    "PreviewSeries",
    "QueueStore",
    "Realtime",
    "RealtimeAccess",
    "RecentWait",
    "RelayState",
    "Running",
    "RunningPage",
    "SealPurpose",
    "Seals",
    "Secrets",
    "Selection",
    "ServiceStatus",
    "SessionChange",
    "SessionClaims",
    "SessionRecord",
    "SessionStore",
    "SessionTokens",
    "SiteTokens",
    "Slot",
    "SpentTokens",
    "StatusView",
    "Stored",
    "StoredMessage",
    "TaskLine",
    "TasksView",
    "ThreadMessage",
    "ThreadStore",
    "TimelineEntry",
    "Timers",
    "WatchStore",
    "Watched",
    "Watching",
    "WorkflowVersion",
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
    threads: ThreadStore
    agents: Agents
    presence: Presence
    watches: WatchStore
    timers: Timers
    realtime: Realtime
    tokens: SessionTokens
    challenges: Challenges
    site_tokens: SiteTokens
    spent_tokens: SpentTokens
    administration: Administration
    administrators: Administrators
    secrets: Secrets
    history: History
    digests: Digests
    seals: Seals
    arrivals: Arrivals
    preview_series: PreviewSeries
