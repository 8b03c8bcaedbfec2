"""What an agent writes, changes and takes back."""

from __future__ import annotations

from shared.domain.effects import Effect, FindMessage, ReviseMessage, SendToCustomer
from shared.domain.events import AgentMessageReceived, AgentMessageRevised, MessageFound
from shared.domain.notices import notice
from shared.domain.sessions import Phase, Session
from shared.domain.workflows import Definition
from shared.workflow.activity import Step


def agent_message(session: Session, definition: Definition, event: AgentMessageReceived) -> Step:
    if session.phase is not Phase.CONNECTED or not _is_own(session, event.agent_id):
        return Step(session)
    return Step(session, (SendToCustomer(event.text, _sender(session, definition), "agent", key=event.key),))


def agent_message_revised(session: Session, event: AgentMessageRevised) -> Step:
    """Also after the end: what an agent takes back must not stay in the thread."""
    return Step(session, (FindMessage(event.key, event.text),) if _is_own(session, event.agent_id) else ())


def message_found(session: Session, definition: Definition, event: MessageFound) -> Step:
    """The thread is changed; a page that has read the old text is told by a message, in the order of all others.

    What told of earlier changes holds texts that are not valid any more, so that it is deleted.
    """
    revise = ReviseMessage(event.message_id, event.text)
    outdated: tuple[Effect, ...] = tuple(ReviseMessage(change, None) for change in event.changes)
    if session.phase is Phase.ENDED:
        return Step(session, (revise, *outdated))
    text = notice("message_deleted", definition.language) if event.text is None else event.text
    name = "deleted" if event.text is None else "edited"
    told = SendToCustomer(text, _sender(session, definition), "agent", name, key=event.key, target=event.message_id)
    return Step(session, (revise, told, *outdated))


def _is_own(session: Session, agent_id: str) -> bool:
    return session.agent is not None and session.agent.id == agent_id


def _sender(session: Session, definition: Definition) -> str:
    shown = definition.wording.shown(session.customer, session.agent)
    return shown.display_name if shown else definition.contact_name
