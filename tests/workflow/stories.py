"""Small stories about one session: people act, time passes, and the story remembers what the engine asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from shared.domain.effects import Effect, OfferTask, SendToCustomer
from shared.domain.events import (
    AgentAccepted,
    AgentDeclined,
    AgentEnded,
    AgentMessageReceived,
    AgentsReserved,
    ConversationShown,
    CustomerEnded,
    CustomerMessageReceived,
    Event,
    InvitationSent,
    SessionOpened,
    TimerDue,
)
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.parameters import Agent, Customer
from shared.domain.sessions import (
    ChatChannel,
    ContactKind,
    ContactReference,
    Phase,
    Session,
    Task,
    TaskPhase,
    VisitorPresence,
)
from shared.domain.system_messages import BUILT_IN, SystemMessageTexts, Wording
from shared.domain.workflows import ActivityDefinition, Definition, Workflow
from shared.workflow.direct import DIRECT_WORKFLOW
from shared.workflow.engine import advance

NINE = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)
CARLA = Customer("Carla Customer", "carla@example.org")
MARIO = Agent("mario", "Mario", "Mario", "Lunifico", "mario@lunifico.example")
LUISA = Agent("luisa", "Luisa", "Luisa", "Lunifico", "luisa@lunifico.example")
SALES = ContactReference(ContactKind.SERVICE, "sales")

RING, LIMIT, RECOVERY = 30, 300, 600
"""Seconds: of an offer, in the queue, and until a silent visitor is given up."""
GREETING, SORRY = "Welcome, $(Customer.DisplayName)!", "Sorry. Please come back tomorrow."

ACCEPT = ActivityDefinition("accept", "accept_conversation", {}, {"next": "greeting"})
MESSAGE = ActivityDefinition("greeting", "message", {"texts": {"en": GREETING}}, {"next": "queue"})
QUEUE = ActivityDefinition("queue", "queue_task", {"ring_seconds": RING, "time_limit": LIMIT}, {"time_limit": "cancel"})
CANCEL = ActivityDefinition("cancel", "cancel_task", {}, {"next": "sorry"})
SAY_SORRY = ActivityDefinition("sorry", "message", {"texts": {"en": SORRY}}, {"next": "disconnect"})
DISCONNECT = ActivityDefinition("disconnect", "disconnect", {}, {})

Kind = TypeVar("Kind")


def workflow(*activities: ActivityDefinition, start: str = "accept") -> Workflow:
    return Workflow("chat", "Chat", INSTANT_MESSAGING.workflow_type, "root", start, activities)


AS_THE_GUIDE_RECOMMENDS = workflow(ACCEPT, MESSAGE, QUEUE, CANCEL, SAY_SORRY, DISCONNECT)


def definition(
    of: Workflow = AS_THE_GUIDE_RECOMMENDS,
    *,
    language: str = "en",
    default_language: str = "en",
    display_name: str | None = None,
    recovery_timeout: int = RECOVERY,
    **texts: str,
) -> Definition:
    """What the engine needs besides the session; `texts` replace single built-in system messages."""
    built_in: SystemMessageTexts = replace(BUILT_IN[language], **texts)
    return Definition(
        of, Wording(built_in, display_name), "Lunifico Sales", language, recovery_timeout, default_language
    )


def session(contact: ContactReference = SALES) -> Session:
    return Session(
        id="session",
        tenant_id="lunifico",
        contact=contact,
        origin="https://www.lunifico.example",
        customer=CARLA,
        modality=INSTANT_MESSAGING.id,
        channels=(ChatChannel("acs", "thread", "visitor", "relay"),),
        created_at=NINE,
        last_now=NINE,
        visitor_seen=True,
    )


@dataclass
class Story:
    """`told` is every effect so far; each verb returns those that it brought about."""

    session: Session = field(default_factory=session)
    definition: Definition = field(default_factory=definition)
    now: datetime = NINE
    presence: VisitorPresence | None = None
    told: list[Effect] = field(default_factory=list)

    def happens(self, event: Event) -> tuple[Effect, ...]:
        self.session, effects = advance(self.session, self.definition, event, self.now)
        self.told.extend(effects)
        return effects

    def passes(self, seconds: float) -> tuple[Effect, ...]:
        """Let time pass; what comes due on the way happens at its time."""
        until, effects = self.now + timedelta(seconds=seconds), tuple[Effect, ...]()
        while due := self.session.due(until):
            self.now = max(self.now, due[0].due)
            effects += self.happens(TimerDue(due[0].id, self.presence))
        self.now = until
        return effects

    def opens(self) -> tuple[Effect, ...]:
        return self.happens(SessionOpened())

    def are_free(self, *agents: Agent) -> tuple[Effect, ...]:
        """Those who can be reserved for the current offer; none means that nobody is free."""
        return self.happens(AgentsReserved(self.offer, agents))

    def card_arrives(self, agent: Agent, card_id: str, offer_id: str | None = None) -> tuple[Effect, ...]:
        return self.happens(InvitationSent(agent.id, offer_id or self.offer, card_id))

    def conversation_shown(self, card_id: str) -> tuple[Effect, ...]:
        return self.happens(ConversationShown(card_id))

    def accepts(self, agent: Agent, offer_id: str | None = None) -> tuple[Effect, ...]:
        return self.happens(AgentAccepted(agent, offer_id or self.offer))

    def declines(self, agent: Agent, offer_id: str | None = None) -> tuple[Effect, ...]:
        return self.happens(AgentDeclined(agent.id, offer_id or self.offer))

    def customer_writes(self, text: str) -> tuple[Effect, ...]:
        return self.happens(CustomerMessageReceived("message", text))

    def writes(self, agent: Agent, text: str) -> tuple[Effect, ...]:
        return self.happens(AgentMessageReceived(agent.id, text))

    def ends(self, agent: Agent) -> tuple[Effect, ...]:
        return self.happens(AgentEnded(agent.id))

    def customer_ends(self) -> tuple[Effect, ...]:
        return self.happens(CustomerEnded())

    @property
    def task(self) -> Task:
        assert self.session.task is not None
        return self.session.task

    @property
    def offer(self) -> str:
        return self.task.offer_id or "no offer"

    @property
    def state(self) -> tuple[Phase, TaskPhase]:
        return self.session.phase, self.task.phase

    @property
    def said(self) -> list[str]:
        """What the customer has read so far."""
        return texts(self.told)


def opened(of: Definition | None = None) -> Story:
    """Carla has written to the service; agents are being looked for."""
    story = Story(definition=of or definition())
    story.opens()
    return story


def ringing(*agents: Agent, of: Definition | None = None) -> Story:
    """The task is offered, and the invitation cards have arrived: `invitation-mario`, …"""
    story = opened(of)
    story.are_free(*agents)
    for agent in agents:
        story.card_arrives(agent, f"invitation-{agent.id}")
    return story


def connected(of: Definition | None = None) -> Story:
    """Mario has accepted and sees the card `conversation`."""
    story = ringing(MARIO, of=of)
    story.accepts(MARIO)
    story.conversation_shown("conversation")
    return story


def direct(of: Definition | None = None) -> Story:
    """Carla has written to Mario directly; whether Mario is free is being looked up."""
    story = Story(session(ContactReference(ContactKind.USER, "mario")), of or definition(DIRECT_WORKFLOW))
    story.opens()
    return story


def of(effects: Iterable[Effect], kind: Callable[..., Kind]) -> list[Kind]:
    """The effects of one kind, in their order."""
    return [effect for effect in effects if type(effect) is kind]  # type: ignore[misc]  # `kind` is a class


def kinds(effects: Iterable[Effect]) -> list[str]:
    return [effect.kind for effect in effects]


def texts(effects: Iterable[Effect]) -> list[str]:
    """What the customer reads."""
    return [effect.text for effect in of(effects, SendToCustomer)]


def offers(effects: Iterable[Effect]) -> list[str]:
    return [effect.offer_id for effect in of(effects, OfferTask)]
