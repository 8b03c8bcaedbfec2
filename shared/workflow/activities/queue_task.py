"""*Queue Task*: wait for an agent, offer the task, and stay with the conversation once somebody has accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.domain.distribution import Distribution, are_asked_by_others
from shared.domain.effects import CloseInvitation, Effect, EnterQueue, InviteAgent, LeaveQueue, ReleaseAgent
from shared.domain.events import (
    AgentAccepted,
    AgentDeclined,
    AgentFreed,
    AgentPickedUp,
    AgentsReserved,
    ConversationShown,
    DeliveryFailed,
    Event,
    InvitationSent,
    QueueEntered,
    TimerDue,
    VisitorSeen,
)
from shared.domain.sessions import ContactKind, Invitation, Session, Task, TaskPhase
from shared.workflow.activity import Context, Step, choice, switch, texts, whole_number
from shared.workflow.connecting import connect
from shared.workflow.offers import LOOK_AGAIN, begin_round, pass_over, withdraw
from shared.workflow.positions import take_position
from shared.workflow.texts import known_of, say

RING_SECONDS = 30
NOT_QUEUED = (TaskPhase.CONNECTED, TaskPhase.LEFT, TaskPhase.CANCELLED)
MOST_WAITING = 99
"""Positions are counted up to 100."""


@dataclass(frozen=True)
class Parameters:
    """Times in seconds: `time_limit` in the queue, `ring_seconds` for each offer.

    `max_waiting`: with more tasks in the queue a new one leaves by `queue_full` (0 = no limit). `announce_every`: the
    customer hears a new position at most so often (0 = never), in the words of `announcement` or in ours.
    `decline_ends`: the first refusal leaves by the exit `declined`; for a single user there is nobody else to ask.
    """

    distribution: str = choice(Distribution.DIRECT.value, tuple(Distribution))
    time_limit: int = whole_number(300, 5, 86_400)
    ring_seconds: int = whole_number(RING_SECONDS, 5, 600)
    max_waiting: int = whole_number(0, 0, MOST_WAITING)
    announce_every: int = whole_number(0, 0, 3_600)
    announcement: Mapping[str, str] = texts()
    decline_ends: bool = switch(False)


class QueueTask:
    type = "queue_task"
    parameters = Parameters
    exits = ("time_limit",)
    optional_exits = ("declined", "queue_full")
    waiting_exits = ("time_limit", "declined")
    before_accept = False

    def enter(self, context: Context) -> Step:
        session, now = context.session, context.now
        if session.task is not None:
            # A task may be queued only once per session; lint refuses such a workflow, and an old one goes on here.
            return Step(session, exit="time_limit")
        # Whoever nobody has seen yet takes no place: others would wait behind machines that only start sessions.
        effects: list[Effect] = [EnterQueue(now)] if session.visitor_seen else []
        if session.contact.kind is ContactKind.SERVICE:
            effects += say(context, "waiting", "waiting")
        limit = now + timedelta(seconds=context.parameters.time_limit)
        queued = replace(session, task=Task(TaskPhase.WAITING, now)).with_deadline("queue_limit", limit)
        if context.parameters.max_waiting:
            # Whether there is room comes with the position; only then somebody is asked.
            return Step(queued.with_deadline("offer", now + LOOK_AGAIN), tuple(effects))
        offering, offer = self._offer(context, queued)
        return Step(offering, (*effects, *offer))

    def on(self, context: Context, event: Event) -> Step | None:
        task = context.session.task
        if task is None:
            return None
        match event:
            case QueueEntered():
                return self._entered(context, task, event)
            case AgentsReserved():
                return self._reserved(context, task, event)
            case InvitationSent():
                return self._invitation_sent(context, task, event)
            case ConversationShown():
                return Step(replace(context.session, conversation_card_id=event.card_id))
            case AgentAccepted() if _is_open(task, event, context):
                return connect(context, task, event.agent, event.offer_id)
            case AgentPickedUp() if self._can_be_picked_up(context, task, event):
                return connect(context, task, event.agent, event.offer_id)
            case AgentDeclined():
                return self._declined(context, task, event.agent_id, event.offer_id)
            case DeliveryFailed(effect="invite_agent"):
                return self._declined(context, task, event.agent_id or "", event.offer_id or "")
            case AgentFreed():
                return self._look_again(context, task) if task.phase is TaskPhase.WAITING else None
            case VisitorSeen() if task.phase is TaskPhase.WAITING:
                return self._seen(context, task)
            case TimerDue(deadline_id="offer"):
                return self._offer_due(context, task)
            case TimerDue(deadline_id="queue_limit"):
                return self._limit_reached(context, task)
        return None

    def _entered(self, context: Context, task: Task, event: QueueEntered) -> Step | None:
        if task.phase in NOT_QUEUED:
            return None
        parameters = context.parameters
        is_first, limit = task.first_position is None, parameters.max_waiting
        if limit and is_first and event.position > limit:
            return self._leave(context, task, "queue_full")
        session, effects = take_position(context, task, event, parameters.announce_every, parameters.announcement)
        if limit and is_first and task.phase is TaskPhase.WAITING:
            offering, offer = self._offer(context, session)
            return Step(offering, (*effects, *offer))
        return Step(session, effects)

    def _offer(self, context: Context, session: Session) -> tuple[Session, tuple[Effect, ...]]:
        """Begin a round, if agents are to be asked at all, and a person is there who waits for them."""
        parameters = context.parameters
        if parameters.distribution == Distribution.PICKUP.value or not session.visitor_seen:
            return session.with_deadline("offer", context.now + LOOK_AGAIN), ()
        return begin_round(session, parameters.distribution, parameters.ring_seconds, context.now)

    def _seen(self, context: Context, task: Task) -> Step:
        """Somebody is there: the task takes its place; with a limit of waiting tasks the position decides first."""
        entered = EnterQueue(task.queued_at)
        if context.parameters.max_waiting:
            return Step(context.session.with_deadline("offer", context.now + LOOK_AGAIN), (entered,))
        offering, offer = self._offer(context, context.session)
        return Step(offering, (entered, *offer))

    def _can_be_picked_up(self, context: Context, task: Task, event: AgentPickedUp) -> bool:
        is_on_list = context.parameters.distribution == Distribution.PICKUP.value and context.session.visitor_seen
        in_time = event.until is None or context.now < event.until
        return is_on_list and in_time and task.phase is TaskPhase.WAITING

    def _reserved(self, context: Context, task: Task, event: AgentsReserved) -> Step | None:
        if task.phase is not TaskPhase.OFFERING or task.offer_id != event.offer_id:
            return None
        session, parameters, definition = context.session, context.parameters, context.definition
        if not event.agents:
            if parameters.decline_ends and not are_asked_by_others(event.left_out):
                return self._leave(context, task, "declined")
            waiting = replace(task, phase=TaskPhase.WAITING, offer_id=None, until=None)
            return Step(replace(session, task=waiting).with_deadline("offer", context.now + LOOK_AGAIN))
        until = context.now + timedelta(seconds=parameters.ring_seconds)
        offered = replace(
            task, phase=TaskPhase.OFFERED, until=until, invitations=tuple(Invitation(agent) for agent in event.agents)
        )
        known = known_of(session, definition)
        invitations = tuple(
            InviteAgent(agent, event.offer_id, definition.wording.text("incoming", session.customer, agent, known))
            for agent in event.agents
        )
        return Step(replace(session, task=offered).with_deadline("offer", until), invitations)

    def _invitation_sent(self, context: Context, task: Task, event: InvitationSent) -> Step | None:
        if task.offer_id != event.offer_id or task.invitation(event.agent_id) is None:
            return Step(context.session, (_close_late(context.session, task, event),))
        invitations = tuple(
            replace(invitation, card_id=event.card_id) if invitation.agent.id == event.agent_id else invitation
            for invitation in task.invitations
        )
        return Step(replace(context.session, task=replace(task, invitations=invitations)))

    def _declined(self, context: Context, task: Task, agent_id: str, offer_id: str) -> Step | None:
        invitation = task.invitation(agent_id)
        if task.phase is not TaskPhase.OFFERED or task.offer_id != offer_id or invitation is None:
            return None
        effects: list[Effect] = [ReleaseAgent(agent_id, offer_id)]
        if invitation.card_id:
            effects.append(CloseInvitation(agent_id, invitation.card_id, "declined"))
        remaining = tuple(i for i in task.invitations if i is not invitation)
        declined = pass_over(task, [agent_id], context.now, offer_id)
        session = replace(context.session, task=replace(declined, invitations=remaining))
        if remaining:
            return Step(session, tuple(effects))
        return self._next_round(context, session, effects)

    def _offer_due(self, context: Context, task: Task) -> Step | None:
        if task.phase is TaskPhase.OFFERED:
            effects, withdrawn = withdraw(task, "expired", missed=True)
            unreached = [invitation.agent.id for invitation in task.invitations if not invitation.card_id]
            passed_over = pass_over(withdrawn, unreached, context.now)
            return self._next_round(context, replace(context.session, task=passed_over), effects)
        if task.phase in (TaskPhase.WAITING, TaskPhase.OFFERING):
            return self._look_again(context, task)
        return None

    def _next_round(self, context: Context, session: Session, effects: list[Effect]) -> Step:
        if context.parameters.decline_ends and session.task is not None:
            return self._leave(replace(context, session=session), session.task, "declined", effects)
        offering, offer = self._offer(context, session)
        return Step(offering, (*effects, *offer))

    def _look_again(self, context: Context, task: Task) -> Step:
        if not context.session.visitor_seen:
            return Step(context.session.with_deadline("offer", context.now + LOOK_AGAIN))
        # The hint is inserted again each time, so that a lost one cannot leave somebody waiting for ever.
        offering, offer = self._offer(context, context.session)
        return Step(offering, (EnterQueue(task.queued_at), *offer))

    def _limit_reached(self, context: Context, task: Task) -> Step | None:
        if task.phase in NOT_QUEUED:
            return None
        return self._leave(context, task, "declined" if context.parameters.decline_ends else "time_limit")

    def _leave(self, context: Context, task: Task, exit_name: str, done: Sequence[Effect] = ()) -> Step:
        """Leave the queue unanswered, so that nobody waits behind; an exit without a target is that of the limit."""
        effects, withdrawn = withdraw(task, "withdrawn")
        session = _out_of_the_round(replace(context.session, task=withdrawn))
        activity = context.definition.workflow.activity(session.position or "")
        taken = exit_name if activity is not None and exit_name in activity.exits else "time_limit"
        told = () if taken == "declined" else say(context, "no_agent_available", "noAgent")
        return Step(session, (*done, *effects, LeaveQueue(task.queued_at), *told), exit=taken)


def _out_of_the_round(session: Session) -> Session:
    """The session as it leaves the queue unanswered: nobody is asked, and nothing of the queue is due any more."""
    task = session.task
    waiting = replace(task, phase=TaskPhase.LEFT, offer_id=None, until=None) if task is not None else None
    return replace(session, task=waiting).with_deadline("offer", None).with_deadline("queue_limit", None)


def _close_late(session: Session, task: Task, event: InvitationSent) -> CloseInvitation:
    """The round is over already: the card that has just arrived is closed at once."""
    agent = session.agent
    if agent is not None and agent.id == event.agent_id:
        return CloseInvitation(event.agent_id, event.card_id, "accepted")
    if agent is not None:
        return CloseInvitation(event.agent_id, event.card_id, "taken", agent.display_name)
    has_declined = task.was_declined(event.agent_id, event.offer_id)
    return CloseInvitation(event.agent_id, event.card_id, "declined" if has_declined else "expired")


def _is_open(task: Task, accepted: AgentAccepted, context: Context) -> bool:
    in_time = task.until is not None and context.now < task.until
    is_current = task.phase is TaskPhase.OFFERED and task.offer_id == accepted.offer_id
    return is_current and in_time and task.invitation(accepted.agent.id) is not None
