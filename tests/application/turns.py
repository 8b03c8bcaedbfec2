"""What tests of a turn begin with: a draft of a conversation, its record, and messages of its thread."""

from __future__ import annotations

from datetime import timedelta

from shared.application import turn
from shared.application.occasions import Nudge
from shared.domain.effects import RelayToAgent
from shared.domain.sessions import Session, VisitorPresence
from shared.ports import RelayState, SessionRecord, ThreadMessage
from tests.workflow.stories import NINE, Story, connected


def message(
    number: int, text: str = "", sender: str = "visitor", client_id: str = "", *, is_text: bool = True
) -> ThreadMessage:
    return ThreadMessage(
        id=f"message-{number}",
        sequence=number,
        sender_id=sender,
        text=text or f"text {number}",
        created_on=NINE + timedelta(seconds=number),
        metadata={"clientMessageId": client_id} if client_id else {},
        is_text=is_text,
    )


def nudge(message_id: str, seconds: float) -> Nudge:
    return Nudge(message_id, NINE + timedelta(seconds=seconds), "lunifico")


def draft(story: Story | None = None, relay: RelayState | None = None) -> turn.Draft:
    told = story or connected()
    return turn.Draft(told.session, told.definition, relay or RelayState())


def record(session: Session, presence: VisitorPresence | None = None) -> SessionRecord:
    return SessionRecord(session, connected().definition, RelayState(), "hash", "1", presence=presence)


def relayed(taken: turn.Draft) -> list[str]:
    return [pending.effect.text for pending in taken.add if isinstance(pending.effect, RelayToAgent)]
