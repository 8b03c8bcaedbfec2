"""What the world around a simulated conversation answers, and which texts go out to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from shared.domain.availability import ContactState
from shared.domain.distribution import AGENTS_AT_ONCE, Distribution
from shared.domain.effects import (
    Effect,
    EnterQueue,
    FindAvailability,
    InviteAgent,
    LeaveMessage,
    NotifyAgent,
    OfferTask,
    RelayToAgent,
    ReleaseAgent,
    SendToCustomer,
    ShowConversation,
    TransferTask,
)
from shared.domain.events import (
    AgentAccepted,
    AgentDeclined,
    AgentPickedUp,
    AgentsReserved,
    AvailabilityFound,
    ConversationShown,
    Event,
    InvitationSent,
    QueueEntered,
    Transferred,
    TransferRefused,
)
from shared.domain.parameters import Agent
from shared.domain.sessions import ContactKind, ContactReference, Session
from shared.domain.workflows import Definition


@dataclass(frozen=True)
class Scene:
    """The world around the conversation; seconds count from its start.

    `free` are the agents that can be offered the task, longest idle first. `services` are those to which a *Transfer*
    can lead, by their ids. `visitor_leaves` is when the visitor closes the page; None for a visitor who stays.
    """

    free: tuple[Agent, ...] = ()
    availability: ContactState = ContactState.AVAILABLE
    position: int = 1
    expected_wait: int | None = None
    services: Mapping[str, Definition] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    visitor_leaves: float | None = None


class Surroundings:
    """Agents, queue and other services as they answer to effects; who misses an offer is not free any more."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._free = list(scene.free)

    def answer(self, effect: Effect, session: Session) -> list[Event]:
        match effect:
            case OfferTask():
                return [AgentsReserved(effect.offer_id, self._asked(effect))]
            case InviteAgent():
                return [InvitationSent(effect.agent.id, effect.offer_id, f"card-{effect.offer_id}-{effect.agent.id}")]
            case ReleaseAgent(missed=True):
                self._free = [agent for agent in self._free if agent.id != effect.agent_id]
            case ShowConversation():
                return [ConversationShown(f"conversation-{session.id}")]
            case EnterQueue():
                return [QueueEntered(self._scene.position, self._scene.expected_wait)]
            case FindAvailability():
                return [AvailabilityFound(self._scene.availability.value)]
            case TransferTask():
                return [self._transfer(effect)]
        return []

    def _asked(self, effect: OfferTask) -> tuple[Agent, ...]:
        free = tuple(agent for agent in self._free if agent.id not in effect.passed_over)
        return free[: AGENTS_AT_ONCE[Distribution(effect.distribution)]]

    def _transfer(self, effect: TransferTask) -> Event:
        definition = self._scene.services.get(effect.service_id)
        if definition is None:
            return TransferRefused("contact_unknown")
        return Transferred(ContactReference(ContactKind.SERVICE, effect.service_id), definition)


def addressed(event: Event, session: Session) -> Event:
    """The event with the offer of the moment, where it names none."""
    if isinstance(event, AgentAccepted | AgentDeclined | AgentPickedUp) and not event.offer_id and session.task:
        return replace(event, offer_id=session.task.offer_id or f"{session.id}.picked")
    return event


def texts_of(effect: Effect) -> Iterator[tuple[str, str, str | None]]:
    """To whom ("" for the customer), the text, and what it means."""
    match effect:
        case SendToCustomer():
            yield "", effect.text, effect.event
        case InviteAgent():
            yield effect.agent.id, effect.text, effect.kind
        case RelayToAgent() | NotifyAgent() | LeaveMessage():
            yield effect.agent_id, effect.text, effect.kind
