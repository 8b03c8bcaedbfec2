"""One session as an administrator reads it, and its end where it is stuck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.application.access import Sight
from shared.application.occasions import Happened
from shared.application.relay import Relay
from shared.application.session_lines import SessionLine, contact_key, line_of
from shared.domain.administrators import Administrator
from shared.domain.documents import DocumentKey, Kind
from shared.domain.errors import NotFound, PortError
from shared.domain.events import AdministratorEnded
from shared.domain.sessions import Phase, Session
from shared.domain.timeline_titles import title
from shared.ports import (
    Actor,
    AuditAction,
    AuditEntry,
    Cursor,
    Ports,
    SessionRecord,
    ThreadMessage,
    TimelineEntry,
)

MOST_LINES = 1_000
"""The newest lines of a timeline that are told; a task that waits for a day has more."""
MOST_MESSAGES = 500
MOST_NAMED = 50
OFF = "Store Conversation Context Data is off, so that nothing of what was written is shown"
ERASED = "the customer was forgotten, and the thread is deleted"
NO_THREAD = "the session has no thread"
AWAY = "the thread cannot be read now"


@dataclass(frozen=True)
class TitledLine:
    """A line of the timeline in words, and as it is stored."""

    title: str
    entry: TimelineEntry


@dataclass(frozen=True)
class SessionStory:
    """`messages` is None where none are shown, and `why_no_messages` says why; `omitted` counts older lines."""

    line: SessionLine
    record: SessionRecord
    timeline: tuple[TitledLine, ...]
    omitted: int = 0
    messages: tuple[ThreadMessage, ...] | None = None
    why_no_messages: str = ""


class SessionStories:
    """A session is seen by whoever sees the service or user that it is with."""

    def __init__(self, ports: Ports, relay: Relay) -> None:
        self._ports, self._relay = ports, relay

    async def read(self, administrator: Administrator, session_id: str, language: str = "en") -> SessionStory:
        """Told in this language; raises NotFound for what is not there, or not for this administrator's eyes."""
        sight = Sight(self._ports.administration, administrator)
        record = await self._seen(administrator, sight, session_id)
        entries = await self._ports.sessions.timeline(session_id)
        told = entries[-MOST_LINES:]
        names = await self._names(sight, record.session, told)
        messages, why = await self._messages(record)
        return SessionStory(
            line=await self._line(sight, record),
            record=record,
            timeline=tuple(TitledLine(title(one.what, one.details, names, language), one) for one in told),
            omitted=len(entries) - len(told),
            messages=messages,
            why_no_messages=why,
        )

    async def end(self, administrator: Administrator, session_id: str) -> SessionLine:
        """End a session that runs, and tell both sides; one that has ended stays as it is.

        Raises NotFound, RoleMissing, or a PortError; then it may be repeated.
        """
        sight = Sight(self._ports.administration, administrator)
        record = await self._seen(administrator, sight, session_id)
        key = contact_key(record.session.contact)
        await sight.check_change(key)
        if record.session.phase is not Phase.ENDED:
            # Written down before, so that nothing is done that is not in the log.
            details = {"session": session_id}
            await self._ports.administration.record(
                administrator.tenant_id, audited(self._ports, administrator, AuditAction.ENDED, key, details)
            )
            event = AdministratorEnded(administrator.id)
            await self._relay.look(session_id, Happened(event, tenant_id=administrator.tenant_id))
            record = await self._seen(administrator, sight, session_id)
        return await self._line(sight, record)

    async def _seen(self, administrator: Administrator, sight: Sight, session_id: str) -> SessionRecord:
        record = await self._ports.sessions.read(session_id)
        is_own = record is not None and record.session.tenant_id == administrator.tenant_id
        if record is not None and is_own and await sight.sees(contact_key(record.session.contact)):
            return record
        raise NotFound("there is no such session")

    async def _line(self, sight: Sight, record: SessionRecord) -> SessionLine:
        name = await sight.name(contact_key(record.session.contact))
        context = await self._shows_context(record)
        return line_of(record.session, name, self._ports.clock.now(), with_context=context)

    async def _shows_context(self, record: SessionRecord) -> bool:
        """Whether it is kept, and the tenant still wants that it is shown."""
        tenant = await self._ports.config.tenant(record.session.tenant_id)
        return record.definition.store_conversation_context and bool(tenant and tenant.store_conversation_context)

    async def _messages(self, record: SessionRecord) -> tuple[tuple[ThreadMessage, ...] | None, str]:
        session, chat = record.session, record.session.chat
        if not await self._shows_context(record):
            return None, OFF
        tenant = await self._ports.config.tenant(session.tenant_id)
        if chat is None or not chat.thread_id or tenant is None:
            is_erased = session.phase is Phase.ENDED and not session.customer.display_name
            return None, ERASED if is_erased else NO_THREAD
        try:
            found = await self._ports.messaging.list_after(tenant, chat.thread_id, chat.relay_id, Cursor())
        except PortError:
            return None, AWAY
        # A thread also tells of participants that come and go, which nobody has written.
        return tuple(message for message in found if message.is_text)[-MOST_MESSAGES:], ""

    async def _names(self, sight: Sight, session: Session, entries: Sequence[TimelineEntry]) -> Mapping[str, str]:
        """What the agents of a timeline are called, by their ids."""
        ids: dict[str, None] = {}
        for entry in entries:
            named = [entry.details.get("agent_id"), entry.details.get("agent"), *entry.details.get("agents", ())]
            named += [one[0] for one in entry.details.get("left_out", ())]
            ids |= {one: None for one in named if isinstance(one, str)}
        names = {one: await sight.name(DocumentKey(Kind.USER, one)) for one in list(ids)[:MOST_NAMED]}
        return {**names, session.agent.id: session.agent.display_name} if session.agent else names


def audited(
    ports: Ports, administrator: Administrator, what: AuditAction, key: DocumentKey, details: Mapping[str, str]
) -> AuditEntry:
    """The entry for what changes no document."""
    by = Actor(administrator.id, administrator.name)
    return AuditEntry(ports.clock.now(), by, what, key, None, None, details=details)
