"""How a finished session went, and what the history keeps of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.history import Outcome, entry_of, normalized_address, outcome_of
from shared.domain.sessions import EndReason, Phase, Session, Task, TaskPhase
from tests.workflow.stories import MARIO, NINE, Story

QUEUED = Task(TaskPhase.CANCELLED, NINE)


def finished(reason: EndReason | None, **changes: object) -> Session:
    ended = NINE + timedelta(minutes=5)
    return replace(Story().session, phase=Phase.ENDED, end_reason=reason, ended_at=ended, **changes)  # type: ignore[arg-type]  # names of a Session


@pytest.mark.parametrize(
    ("session", "outcome"),
    [
        (finished(EndReason.AGENT, agent=MARIO), Outcome.ANSWERED),
        (finished(EndReason.ADMINISTRATOR, agent=MARIO), Outcome.ANSWERED),
        (finished(EndReason.CUSTOMER), Outcome.ABANDONED),
        (finished(EndReason.CUSTOMER_GONE, task=QUEUED), Outcome.ABANDONED),
        (finished(EndReason.WORKFLOW, task=QUEUED), Outcome.ABANDONED),
        (finished(EndReason.WORKFLOW, task=replace(QUEUED, phase=TaskPhase.LEFT)), Outcome.ABANDONED),
        (finished(EndReason.WORKFLOW), Outcome.DISCONNECTED),
        (finished(EndReason.DECLINED), Outcome.DECLINED),
        (finished(EndReason.MESSAGE_LEFT), Outcome.MESSAGE_LEFT),
        (finished(EndReason.WORKFLOW_FAULT, task=QUEUED), Outcome.FAILED),
        (finished(EndReason.ADMINISTRATOR, task=QUEUED), Outcome.ENDED_BY_ADMINISTRATOR),
        (finished(EndReason.MESSAGE_BUDGET), Outcome.DISCONNECTED),
        (finished(None), Outcome.DISCONNECTED),
    ],
)
def test_the_outcome_is_one_word(session: Session, outcome: Outcome) -> None:
    assert outcome_of(session) is outcome


def test_wait_ends_when_somebody_answers_and_handling_begins() -> None:
    answered = finished(EndReason.AGENT, agent=MARIO, connected_at=NINE + timedelta(seconds=20))
    entry = entry_of(answered, with_context=False)
    assert (entry.wait, entry.handling) == (20, 280)


def test_whom_nobody_answered_has_waited_to_the_end() -> None:
    entry = entry_of(finished(EndReason.CUSTOMER), with_context=False)
    assert (entry.wait, entry.handling) == (300, None)


def test_who_it_was_is_kept_only_with_the_context() -> None:
    session = finished(EndReason.AGENT, parameters={"orderNumber": "7"})
    kept, not_kept = entry_of(session, with_context=True), entry_of(session, with_context=False)
    assert (kept.customer, kept.parameters) == (session.customer, {"orderNumber": "7"})
    assert (not_kept.customer, not_kept.parameters) == (None, {})


def test_an_address_is_one_however_it_is_typed() -> None:
    assert normalized_address("  Carla@Example.ORG ") == "carla@example.org"
