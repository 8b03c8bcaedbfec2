"""What an agent writes, changes and takes back."""

from __future__ import annotations

from dataclasses import replace

from shared.domain.effects import Effect, FindMessage, ReviseMessage, SendToCustomer
from shared.domain.events import AgentMessageReceived, AgentMessageRevised, MessageFound
from shared.domain.notices import notice
from shared.domain.sessions import Phase, Revision, Session
from shared.domain.workflows import Definition
from shared.workflow.activity import Step

REMEMBERED_REVISIONS = 32


def agent_message(session: Session, definition: Definition, event: AgentMessageReceived) -> Step:
    if session.phase is not Phase.CONNECTED or not _is_own(session, event.agent_id):
        return Step(session)
    return Step(session, (SendToCustomer(event.text, _sender(session, definition), "agent", key=event.key),))


def agent_message_revised(session: Session, event: AgentMessageRevised) -> Step:
    """Also after the end: what an agent takes back must not stay in the thread. An older change does not count."""
    if not _is_own(session, event.agent_id):
        return Step(session)
    if event.at is not None:
        known = next((revision for revision in session.revisions if revision.key == event.key), None)
        if known is not None and event.at < known.at:
            return Step(session)
        others = tuple(revision for revision in session.revisions if revision.key != event.key)
        session = replace(session, revisions=(*others, Revision(event.key, event.at))[-REMEMBERED_REVISIONS:])
    return Step(session, (FindMessage(event.key, event.text),))


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
