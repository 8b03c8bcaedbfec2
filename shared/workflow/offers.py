"""Offers of a task: beginning a round, and taking one back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.effects import CloseInvitation, Effect, OfferTask, ReleaseAgent
from shared.domain.sessions import Declined, Session, Task, TaskPhase

OFFERING = timedelta(seconds=8)
"""A host that has said it reserves agents must be done by then; later another one starts anew."""
LOOK_AGAIN = timedelta(seconds=10)
"""While nobody is free, a waiting task is looked at this often, even if no one tells that an agent is free."""
PASSED_OVER = timedelta(seconds=60)
"""An agent who declined, or could not be reached, is not offered the same task again before this."""


def begin_round(
    session: Session, distribution: str, ring_seconds: int, now: datetime
) -> tuple[Session, tuple[Effect, ...]]:
    """Say that agents will be reserved (intent first), then do it; the round's id is the same on every host."""
    task = session.task
    if task is None:
        return session, ()
    number = max(task.round, session.rounds) + 1
    offer_id = f"{session.id}.{number}"
    until = now + OFFERING
    declined = tuple(entry for entry in task.declined if entry.until > now)
    offering = replace(
        task, phase=TaskPhase.OFFERING, round=number, offer_id=offer_id, until=until, invitations=(), declined=declined
    )
    passed_over = tuple(entry.agent_id for entry in declined)
    effect = OfferTask(offer_id, distribution, until, ring_seconds, passed_over)
    return replace(session, task=offering, rounds=number).with_deadline("offer", until), (effect,)


def pass_over(task: Task, agent_ids: Iterable[str], now: datetime, declined: str = "") -> Task:
    """The task, for a while not to be offered to these agents again; `declined` is the offer that they have refused."""
    entries = tuple(Declined(agent_id, now + PASSED_OVER, declined) for agent_id in agent_ids)
    return replace(task, declined=(*task.declined, *entries))


def withdraw(
    task: Task, outcome: str, *, missed: bool = False, taken_by: str | None = None
) -> tuple[list[Effect], Task]:
    """Take back all invitations of the current round; `missed` marks the agents as not having answered.

    Whoever was not reached in time, as far as we know, has missed nothing.
    """
    effects: list[Effect] = []
    for invitation in task.invitations:
        effects.append(ReleaseAgent(invitation.agent.id, task.offer_id or "", missed and bool(invitation.card_id)))
        if invitation.card_id:
            effects.append(CloseInvitation(invitation.agent.id, invitation.card_id, outcome, taken_by))
    return effects, replace(task, invitations=())
