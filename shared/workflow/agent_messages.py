"""What an agent writes, changes and takes back."""

from __future__ import annotations

from shared.domain.effects import ReviseMessage, SendToCustomer
from shared.domain.events import AgentMessageReceived, AgentMessageRevised, MessageRevised
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
    return Step(session, (ReviseMessage(event.key, event.text),) if _is_own(session, event.agent_id) else ())


def message_revised(session: Session, definition: Definition, event: MessageRevised) -> Step:
    """The thread is changed; a page that has read the old text is told by a message, in the order of all others."""
    if session.phase is Phase.ENDED:
        return Step(session)
    sender = _sender(session, definition)
    if event.text is None:
        text = notice("message_deleted", definition.language)
        return Step(session, (SendToCustomer(text, sender, "agent", "deleted", target=event.key),))
    return Step(session, (SendToCustomer(event.text, sender, "agent", "edited", target=event.key),))


def _is_own(session: Session, agent_id: str) -> bool:
    return session.agent is not None and session.agent.id == agent_id


def _sender(session: Session, definition: Definition) -> str:
    shown = definition.wording.shown(session.customer, session.agent)
    return shown.display_name if shown else definition.contact_name
