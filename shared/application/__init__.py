"""The application: verbs of visitors and agents, wired to ports."""

from __future__ import annotations

from dataclasses import dataclass

from shared.application.agents import Conversations
from shared.application.carry_out import CarryOut
from shared.application.queue import TaskQueue
from shared.application.relay import Relay
from shared.application.sessions import Sessions
from shared.ports import Ports


@dataclass(frozen=True)
class Application:
    """Everything that a trigger can call."""

    ports: Ports
    sessions: Sessions
    conversations: Conversations
    relay: Relay


def assemble(ports: Ports) -> Application:
    """Wire the verbs; the ports decide what is real."""
    relay = Relay(ports, CarryOut(ports, TaskQueue(ports)))
    return Application(ports, Sessions(ports, relay), Conversations(ports, relay), relay)
