"""*Queue Task*: wait for an agent, offer the task, and stay with the conversation once somebody has accepted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from shared.domain.distribution import Distribution
from shared.domain.effects import (
    AnnounceState,
    ClaimAgent,
    CloseInvitation,
    Effect,
    EnterQueue,
    InviteAgent,
    LeaveQueue,
    ReadThread,
    ReleaseAgent,
    SendToCustomer,
    ShowConversation,
)
from shared.domain.events import (
    AgentAccepted,
    AgentDeclined,
    AgentFreed,
    AgentsReserved,
    ConversationShown,
    DeliveryFailed,
    Event,
    InvitationSent,
    TimerDue,
)
from shared.domain.parameters import Agent
from shared.domain.sessions import ContactKind, Declined, Invitation, Phase, Session, Task, TaskPhase
from shared.workflow.activity import Context, Step, choice, switch, whole_number
from shared.workflow.offers import LOOK_AGAIN, PASSED_OVER, begin_round, withdraw

RING_SECONDS = 30


@dataclass(frozen=True)
class Parameters:
    """Times in seconds: `time_limit` in the queue, `ring_seconds` for each offer.

    `decline_ends`: the first refusal leaves by the exit `declined`; for a single user there is nobody else to ask.
    """

    distribution: str = choice(Distribution.DIRECT.value, tuple(Distribution))
    time_limit: int = whole_number(300, 5, 86_400)
    ring_seconds: int = whole_number(RING_SECONDS, 5, 600)
    decline_ends: bool = switch(False)


class QueueTask:
    type = "queue_task"
    parameters = Parameters
    exits = ("time_limit",)
    optional_exits = ("declined",)

    def enter(self, context: Context) -> Step:
        session, now = context.session, context.now
        if session.task is not None:
            # A task may be queued only once per session; lint refuses such a workflow, and an old one goes on here.
            return Step(session, exit="time_limit")
        effects: list[Effect] = [EnterQueue(now)]
        if session.contact.kind is ContactKind.SERVICE:
            effects += self._say(context, "waiting", "waiting")
        queued = replace(session, task=Task(TaskPhase.WAITING, now)).with_deadline(
            "queue_limit", now + timedelta(seconds=context.parameters.time_limit)
        )
        offering, offer = self._begin_round(context, queued)
        return Step(offering, (*effects, *offer))

    def on(self, context: Context, event: Event) -> Step | None:
        task = context.session.task
        if task is None:
            return None
        match event:
            case AgentsReserved():
                return self._reserved(context, task, event)
            case InvitationSent():
                return self._invitation_sent(context, task, event)
            case ConversationShown():
                return Step(replace(context.session, conversation_card_id=event.card_id))
            case AgentAccepted():
                return self._accepted(context, task, event)
            case AgentDeclined():
                return self._declined(context, task, event.agent_id, event.offer_id)
            case DeliveryFailed(effect="invite_agent"):
                return self._declined(context, task, event.agent_id or "", event.offer_id or "")
            case AgentFreed():
                return self._look_again(context, task) if task.phase is TaskPhase.WAITING else None
            case TimerDue(deadline_id="offer"):
                return self._offer_due(context, task)
            case TimerDue(deadline_id="queue_limit"):
                return self._limit_reached(context, task)
        return None

    def _reserved(self, context: Context, task: Task, event: AgentsReserved) -> Step | None:
        if task.phase is not TaskPhase.OFFERING or task.offer_id != event.offer_id:
            return None
        session, parameters = context.session, context.parameters
        if not event.agents:
            if parameters.decline_ends:
                return self._give_up(context, task)
            waiting = replace(task, phase=TaskPhase.WAITING, offer_id=None, until=None)
            return Step(replace(session, task=waiting).with_deadline("offer", context.now + LOOK_AGAIN))
        until = context.now + timedelta(seconds=parameters.ring_seconds)
        offered = replace(
            task, phase=TaskPhase.OFFERED, until=until, invitations=tuple(Invitation(agent) for agent in event.agents)
        )
        wording = context.definition.wording
        invitations = tuple(
            InviteAgent(agent, event.offer_id, wording.text("incoming", session.customer, agent))
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

    def _accepted(self, context: Context, task: Task, event: AgentAccepted) -> Step | None:
        invitation = task.invitation(event.agent.id)
        if not _is_open(task, event.offer_id, context) or invitation is None:
            return None
        session, agent = context.session, event.agent
        others, _ = withdraw(
            replace(task, invitations=tuple(i for i in task.invitations if i is not invitation)),
            "taken",
            taken_by=agent.display_name,
        )
        end_question = context.definition.wording.text("end_question", session.customer, agent)
        effects: list[Effect] = [
            ClaimAgent(agent.id, event.offer_id),
            ShowConversation(agent.id, end_question),
            *self._say(context, "connected", "connected", agent),
            *others,
        ]
        if invitation.card_id:
            effects.append(CloseInvitation(agent.id, invitation.card_id, "accepted"))
        connected = replace(task, phase=TaskPhase.CONNECTED, until=None, invitations=())
        next_session = replace(session, phase=Phase.CONNECTED, agent=agent, task=connected)
        next_session = next_session.with_deadline("offer", None).with_deadline("queue_limit", None)
        return Step(next_session, (*effects, LeaveQueue(task.queued_at), AnnounceState(), ReadThread()))

    def _declined(self, context: Context, task: Task, agent_id: str, offer_id: str) -> Step | None:
        invitation = task.invitation(agent_id)
        if task.phase is not TaskPhase.OFFERED or task.offer_id != offer_id or invitation is None:
            return None
        effects: list[Effect] = [ReleaseAgent(agent_id, offer_id)]
        if invitation.card_id:
            effects.append(CloseInvitation(agent_id, invitation.card_id, "declined"))
        remaining = tuple(i for i in task.invitations if i is not invitation)
        entry = Declined(agent_id, context.now + PASSED_OVER, offer_id)
        declined = replace(task, invitations=remaining, declined=(*task.declined, entry))
        session = replace(context.session, task=declined)
        if remaining:
            return Step(session, tuple(effects))
        return self._next_round(context, session, effects)

    def _offer_due(self, context: Context, task: Task) -> Step | None:
        if task.phase is TaskPhase.OFFERED:
            effects, withdrawn = withdraw(task, "expired", missed=True)
            return self._next_round(context, replace(context.session, task=withdrawn), effects)
        if task.phase in (TaskPhase.WAITING, TaskPhase.OFFERING):
            return self._look_again(context, task)
        return None

    def _next_round(self, context: Context, session: Session, effects: list[Effect]) -> Step:
        if context.parameters.decline_ends:
            return Step(session, tuple(effects), exit="declined")
        offering, offer = self._begin_round(context, session)
        return Step(offering, (*effects, *offer))

    def _look_again(self, context: Context, task: Task) -> Step:
        # The hint is inserted again each time, so that a lost one cannot leave somebody waiting for ever.
        offering, offer = self._begin_round(context, context.session)
        return Step(offering, (EnterQueue(task.queued_at), *offer))

    def _limit_reached(self, context: Context, task: Task) -> Step | None:
        if task.phase in (TaskPhase.CONNECTED, TaskPhase.CANCELLED):
            return None
        effects, withdrawn = withdraw(task, "withdrawn")
        waiting = replace(withdrawn, phase=TaskPhase.WAITING, offer_id=None, until=None)
        session = replace(context.session, task=waiting).with_deadline("offer", None)
        if context.parameters.decline_ends:
            return Step(session, tuple(effects), exit="declined")
        return Step(session, (*effects, *self._say(context, "no_agent_available", "noAgent")), exit="time_limit")

    def _give_up(self, context: Context, task: Task) -> Step:
        waiting = replace(task, phase=TaskPhase.WAITING, offer_id=None, until=None)
        return Step(replace(context.session, task=waiting).with_deadline("offer", None), exit="declined")

    def _begin_round(self, context: Context, session: Session) -> tuple[Session, tuple[Effect, ...]]:
        return begin_round(session, context.parameters.distribution, context.parameters.ring_seconds, context.now)

    def _say(self, context: Context, slot: str, event: str, agent: Agent | None = None) -> list[Effect]:
        text = context.definition.wording.text(slot, context.session.customer, agent)
        return [SendToCustomer(text, context.definition.contact_name, "system", event)] if text else []


def _close_late(session: Session, task: Task, event: InvitationSent) -> CloseInvitation:
    """The round is over already: the card that has just arrived is closed at once."""
    agent = session.agent
    if agent is not None and agent.id == event.agent_id:
        return CloseInvitation(event.agent_id, event.card_id, "accepted")
    if agent is not None:
        return CloseInvitation(event.agent_id, event.card_id, "taken", agent.display_name)
    has_declined = task.was_declined(event.agent_id, event.offer_id)
    return CloseInvitation(event.agent_id, event.card_id, "declined" if has_declined else "expired")


def _is_open(task: Task, offer_id: str, context: Context) -> bool:
    in_time = task.until is not None and context.now < task.until
    return task.phase is TaskPhase.OFFERED and task.offer_id == offer_id and in_time
