"""An agent takes the task: from an invitation or from the list of those who wait."""

from __future__ import annotations

from dataclasses import replace

from shared.domain.effects import (
    AnnounceState,
    ClaimAgent,
    CloseInvitation,
    Effect,
    LeaveQueue,
    ReadThread,
    ShowConversation,
)
from shared.domain.parameters import Agent
from shared.domain.sessions import Phase, Task, TaskPhase
from shared.workflow.activity import Context, Step
from shared.workflow.offers import withdraw
from shared.workflow.texts import known_of, say


def connect(context: Context, task: Task, agent: Agent, offer_id: str) -> Step:
    """Connect customer and agent; all other invitations of the round are taken back."""
    session, definition = context.session, context.definition
    invitation = task.invitation(agent.id)
    others, _ = withdraw(
        replace(task, invitations=tuple(i for i in task.invitations if i is not invitation)),
        "taken",
        taken_by=agent.display_name,
    )
    question = definition.wording.text("end_question", session.customer, agent, known_of(session, definition))
    effects: list[Effect] = [
        ClaimAgent(agent.id, offer_id),
        ShowConversation(agent.id, question),
        *say(context, "connected", "connected", agent),
        *others,
    ]
    if invitation is not None and invitation.card_id:
        effects.append(CloseInvitation(agent.id, invitation.card_id, "accepted"))
    connected = replace(task, phase=TaskPhase.CONNECTED, offer_id=offer_id, until=None, invitations=())
    after = replace(session, phase=Phase.CONNECTED, agent=agent, task=connected, connected_at=context.now)
    after = after.with_deadline("offer", None).with_deadline("queue_limit", None)
    return Step(after, (*effects, LeaveQueue(task.queued_at), AnnounceState(), ReadThread()))
