"""What the customer hears of the queue while waiting: the position, and the expected wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from shared.domain.effects import AnnounceState, Effect, SendToCustomer
from shared.domain.events import QueueEntered
from shared.domain.notices import notice
from shared.domain.parameters import render
from shared.domain.sessions import Session, Task
from shared.domain.system_messages import choose_language
from shared.workflow.activity import Context
from shared.workflow.texts import known_of


def take_position(
    context: Context, task: Task, event: QueueEntered, every: int, texts: Mapping[str, str]
) -> tuple[Session, tuple[Effect, ...]]:
    """Note the position; tell the widget of a change, and the customer at most every so many seconds (0 = never)."""
    moved = replace(
        task,
        position=event.position,
        first_position=task.first_position or event.position,
        expected_wait=event.expected_wait,
    )
    # That somebody is next needs no word at first: hardly anybody is told before an agent is asked.
    is_news = task.position != event.position and (task.position, event.position) != (None, 1)
    effects: list[Effect] = [AnnounceState()] if is_news else []
    is_time = task.tell_again is None or context.now >= task.tell_again
    if every and is_time and task.told != event.position:
        moved = replace(moved, told=event.position, tell_again=context.now + timedelta(seconds=every))
        effects += _tell(context, replace(context.session, task=moved), texts)
    return replace(context.session, task=moved), tuple(effects)


def _tell(context: Context, session: Session, texts: Mapping[str, str]) -> list[Effect]:
    definition = context.definition
    known = known_of(session, definition)
    if texts:
        text = texts[choose_language(texts, definition.language, definition.default_language)]
    else:
        text = notice("position_and_wait" if "Queue.ExpectedWait" in known else "position", definition.language)
    rendered = render(text, session.customer, None, known).strip()
    return [SendToCustomer(rendered, definition.contact_name, "system", "position")] if rendered else []
