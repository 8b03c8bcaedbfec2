"""The application: verbs of visitors and agents, wired to ports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from shared.application.agent_overview import AgentOverview
from shared.application.agent_rows import AgentRows
from shared.application.agents import Conversations
from shared.application.announced_agents import AnnouncedAgents
from shared.application.arrivals import ArrivedEvents
from shared.application.availability import Availability
from shared.application.carry_out import CarryOut
from shared.application.diagnosis import Diagnosis
from shared.application.duty import Duty
from shared.application.erasure import Erasure
from shared.application.left_messages import LeftMessages
from shared.application.management import Management
from shared.application.native_messages import NativeMessages
from shared.application.presence import VisiblePresence
from shared.application.preview_links import PreviewLinks
from shared.application.queue import TaskQueue
from shared.application.rate_limiter import RateLimiter
from shared.application.read_receipts import ReadReceipts
from shared.application.refusals import Refusals
from shared.application.relay import Relay
from shared.application.session_lists import SessionLists
from shared.application.session_stories import SessionStories
from shared.application.sessions import Sessions
from shared.application.slots import Slots
from shared.application.tasks import Tasks
from shared.application.tenant_extensions import TenantExtensions
from shared.application.transfers import Transfers
from shared.application.typing_indicators import TypingIndicators
from shared.application.waiting import Waiting
from shared.application.watching import INTERVAL, PresenceWatch
from shared.application.workflow_trials import WorkflowTrials
from shared.ports import Ports

CONFIG_CACHE = timedelta(seconds=30)
"""So late a change of the configuration is live everywhere; design.md, "Promises"."""


@dataclass(frozen=True)
class Application:
    """Everything that a trigger can call."""

    ports: Ports
    sessions: Sessions
    conversations: Conversations
    relay: Relay
    duty: Duty
    tasks: Tasks
    left_messages: LeftMessages
    native_messages: NativeMessages
    availability: Availability
    presence: VisiblePresence
    watch: PresenceWatch
    rate_limiter: RateLimiter
    typing_indicators: TypingIndicators
    read_receipts: ReadReceipts
    management: Management
    tenant_extensions: TenantExtensions
    workflow_trials: WorkflowTrials
    session_lists: SessionLists
    session_stories: SessionStories
    agent_overview: AgentOverview
    erasure: Erasure
    diagnosis: Diagnosis
    refusals: Refusals
    preview_links: PreviewLinks
    arrived_events: ArrivedEvents


def assemble(
    ports: Ports,
    presence_interval: timedelta = INTERVAL,
    limit_factor: float = 1.0,
    config_cache: timedelta = CONFIG_CACHE,
) -> Application:
    """Wire the verbs; the ports decide what is real.

    `presence_interval`: see `PresenceWatch`. `limit_factor` multiplies the rate limits. `config_cache`: for how long a
    process keeps what it has read of the configuration.
    """
    availability = Availability(ports)
    watch = PresenceWatch(ports, availability, presence_interval)
    ports = replace(ports, agent_store=AnnouncedAgents(ports.agent_store, watch))
    rows, waiting, slots = AgentRows(ports), Waiting(ports), Slots(ports)
    queue = TaskQueue(ports, rows, waiting)
    relay = Relay(ports, CarryOut(ports, queue, waiting, Transfers(ports, slots)))
    sessions = Sessions(ports, relay, slots)
    management, limiter = Management(ports, config_cache), RateLimiter(ports.clock, ports.ids, limit_factor)
    extensions = TenantExtensions(ports, management)
    diagnosis = Diagnosis(ports, extensions, limiter)
    return Application(
        ports,
        sessions,
        Conversations(ports, relay, rows, waiting),
        relay,
        Duty(ports, rows, waiting),
        Tasks(ports, relay, rows, waiting),
        LeftMessages(ports, relay),
        NativeMessages(ports, relay, sessions),
        availability,
        VisiblePresence(ports, availability, watch),
        watch,
        limiter,
        TypingIndicators(ports, sessions),
        ReadReceipts(ports),
        management,
        extensions,
        WorkflowTrials(ports.administration),
        SessionLists(ports),
        SessionStories(ports, relay),
        AgentOverview(ports, rows, waiting),
        Erasure(ports, relay),
        diagnosis,
        Refusals(ports, diagnosis),
        PreviewLinks(ports, diagnosis),
        ArrivedEvents(ports),
    )
