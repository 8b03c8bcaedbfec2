"""Try a workflow out: people act at their times, the world around answers at once, and what happened is told.

Pure like the engine itself: nothing is sent and nobody waits, so that a day takes milliseconds.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.calendars import Calendar
from shared.domain.effects import Effect, ReadThread
from shared.domain.events import CustomerMessageReceived, Event, SessionOpened, TimerDue, Transferred, VisitorSeen
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.parameters import Customer
from shared.domain.sessions import (
    ChatChannel,
    ContactKind,
    ContactReference,
    EndReason,
    Phase,
    Session,
    VisitorPresence,
)
from shared.domain.system_messages import wording
from shared.domain.workflows import Definition, Workflow
from shared.workflow.engine import decide
from shared.workflow.surroundings import Scene, Surroundings, addressed, texts_of

MOST_EVENTS = 20_000
LONGEST = timedelta(hours=2)
SERVICE_ID = "simulated"


@dataclass(frozen=True)
class Visit:
    """A stay in one activity; `left` and `exit` are None where the conversation ended in it, or it goes on."""

    activity: str
    entered: float
    left: float | None = None
    exit: str | None = None


@dataclass(frozen=True)
class Said:
    """A text to the customer or to an agent, whose id `to` is then; `event` is what it means, if anything."""

    at: float
    to: str
    text: str
    event: str | None = None


@dataclass(frozen=True)
class Fired:
    """A deadline that came while it was still wanted."""

    at: float
    deadline: str


@dataclass(frozen=True)
class Course:
    """What happened; all times are seconds from the start. `ended` is None where the conversation was not over yet."""

    visits: tuple[Visit, ...]
    said: tuple[Said, ...]
    timers: tuple[Fired, ...]
    effects: tuple[tuple[float, Effect], ...]
    ended: float | None
    end_reason: EndReason | None
    session: Session

    @property
    def path(self) -> tuple[str, ...]:
        """The activities in the order in which they were entered."""
        return tuple(visit.activity for visit in self.visits)

    def to_customer(self) -> tuple[str, ...]:
        return tuple(said.text for said in self.said if said.to == CUSTOMER)


CUSTOMER = "customer"


def simulate(
    workflow: Workflow | Definition,
    begins: datetime,
    happenings: Iterable[tuple[float, Event]] = (),
    scene: Scene | None = None,
    until: timedelta = LONGEST,
) -> Course:
    """Run one conversation from its start to its end, or for so long.

    `happenings` are what people do, each with its time in seconds; an empty offer id in them means the offer of the
    moment. Timers, heartbeats and the answers of the world come by themselves.
    """
    definition = workflow if isinstance(workflow, Definition) else definition_of(workflow)
    run = _Run(definition, begins, scene or Scene())
    run.play(happenings, begins + until)
    return run.course()


def definition_of(workflow: Workflow, *calendars: Calendar, language: str = "en") -> Definition:
    """A definition with the built-in system messages."""
    by_id = {calendar.id: calendar for calendar in calendars}
    return Definition(workflow, wording(None, language, "en"), workflow.name, language, 600, calendars=by_id)


class _Run:
    """One conversation while it is played."""

    def __init__(self, definition: Definition, begins: datetime, scene: Scene) -> None:
        self._definition = definition
        self._begins = self._now = begins
        self._scene = scene
        self._around = Surroundings(scene)
        self._session = _session(scene, begins)
        self._visits: list[Visit] = []
        self._said: list[Said] = []
        self._timers: list[Fired] = []
        self._effects: list[tuple[float, Effect]] = []
        self._unread: list[CustomerMessageReceived] = []

    def play(self, happenings: Iterable[tuple[float, Event]], until: datetime) -> None:
        self._happens(SessionOpened())
        self._happens(VisitorSeen())
        acts = [(self._begins + timedelta(seconds=at), number, event) for number, (at, event) in enumerate(happenings)]
        heapq.heapify(acts)
        for _ in range(MOST_EVENTS):
            due = min(self._session.deadlines, key=lambda deadline: (deadline.due, deadline.id), default=None)
            at = min([*(act[0] for act in acts[:1]), *([due.due] if due else [])], default=None)
            if at is None or at > until:
                return
            self._now = max(self._now, at)
            if acts and acts[0][0] == at:
                self._acts(heapq.heappop(acts)[2])
            elif due is not None:
                self._timers.append(Fired(self._seconds(), due.id))
                self._happens(TimerDue(due.id, self._presence()))

    def course(self) -> Course:
        ended = self._session.ended_at
        return Course(
            tuple(self._visits),
            tuple(self._said),
            tuple(self._timers),
            tuple(self._effects),
            (ended - self._begins).total_seconds() if ended else None,
            self._session.end_reason,
            self._session,
        )

    def _acts(self, event: Event) -> None:
        if isinstance(event, CustomerMessageReceived) and not self._session.reads_thread:
            self._unread.append(event)
        else:
            self._happens(addressed(event, self._session))

    def _happens(self, event: Event) -> None:
        events = [event]
        while events:
            for effect in self._decide(events.pop(0)):
                events += self._answers(effect)

    def _decide(self, event: Event) -> tuple[Effect, ...]:
        transfers = self._session.transfers
        step = decide(self._session, self._definition, event, self._now)
        self._session = step.session
        if isinstance(event, Transferred) and step.session.transfers > transfers:
            self._definition = event.definition
        for activity, exit_name in step.way:
            self._walk(activity, exit_name)
        return step.effects

    def _answers(self, effect: Effect) -> list[Event]:
        self._effects.append((self._seconds(), effect))
        for to, text, event in texts_of(effect):
            self._said.append(Said(self._seconds(), to or CUSTOMER, text, event))
        answers = self._around.answer(effect, self._session)
        if isinstance(effect, ReadThread):
            answers += self._unread
            self._unread = []
        return answers

    def _walk(self, activity: str, exit_name: str | None) -> None:
        if exit_name is None:
            self._visits.append(Visit(activity, self._seconds()))
            return
        number = next(i for i, one in enumerate(self._visits) if one.activity == activity and one.left is None)
        self._visits[number] = replace(self._visits[number], left=self._seconds(), exit=exit_name)

    def _presence(self) -> VisitorPresence:
        leaves = self._scene.visitor_leaves
        if leaves is not None and self._seconds() >= leaves:
            return VisitorPresence(self._begins + timedelta(seconds=leaves), leaving=True)
        return VisitorPresence(self._now)

    def _seconds(self) -> float:
        return (self._now - self._begins).total_seconds()


def _session(scene: Scene, begins: datetime) -> Session:
    return Session(
        id="simulation",
        tenant_id="",
        contact=ContactReference(ContactKind.SERVICE, SERVICE_ID),
        origin="",
        customer=Customer("Carla Customer", "customer@example.com"),
        modality=INSTANT_MESSAGING.id,
        channels=(ChatChannel("simulated", "thread", "visitor", "relay"),),
        created_at=begins,
        last_now=begins,
        phase=Phase.OPENED,
        parameters=scene.parameters,
    )
