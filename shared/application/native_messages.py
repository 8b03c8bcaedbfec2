"""Messages of visitors whose tenant has no ACS: the page reads and writes its thread through us."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.application.admission import Caller
from shared.application.occasions import Nudge
from shared.application.relay import Relay
from shared.application.sessions import Sessions
from shared.domain.errors import InvalidRequest, PortError, Rejected, SessionEnded
from shared.domain.sessions import ChatChannel, Phase, Session
from shared.domain.tenants import MessagingKind
from shared.ports import NewMessage, Ports, StoredMessage, ThreadMessage

LOOK = timedelta(seconds=25)
"""A message that was stored and not looked at, because the host died, is found after this."""
WRITE = timedelta(seconds=6)
"""What a write may take; a timer that comes sooner may look before the message is there."""
REMEMBERED = 10_000

logger = logging.getLogger(__name__)


class NativeMessages:
    """What ACS does for others: takes a message, and tells the relay of it."""

    def __init__(self, ports: Ports, relay: Relay, sessions: Sessions) -> None:
        self._ports = ports
        self._relay = relay
        self._sessions = sessions
        self._armed: dict[str, datetime] = {}

    async def post(
        self, session_id: str, token: str, caller: Caller, text: str, client_message_id: str
    ) -> ThreadMessage:
        """Write a message, once for each client id; raises Unauthenticated, SessionEnded or InvalidRequest."""
        record = await self._sessions.resume(session_id, token, caller)
        session, chat = record.session, _native(record.session)
        if session.phase is Phase.ENDED:
            raise SessionEnded("the conversation has ended")
        await self._arm(session_id, margin=WRITE)
        metadata = {"clientMessageId": client_message_id}
        name = session.customer.display_name
        new = NewMessage(f"client {client_message_id}", chat.visitor_id, name, text, metadata)
        try:
            message = await self._ports.threads.append(chat.thread_id, new)
        except Rejected as error:
            # It ended after it was read: nobody but the end takes the visitor from the thread, or the thread away.
            raise SessionEnded(f"the conversation has just ended: {error.reason}") from error
        try:
            nudge = Nudge(message.id, message.created_on, session.tenant_id, message.sequence)
            await self._relay.look(session_id, nudge)
        except PortError as error:
            # The message is in the thread; the timer from before may have looked there too early.
            logger.warning("a message of session %s is looked at later: %s", session_id, error.code)
            await self._arm(session_id, margin=timedelta(seconds=1))
        return message

    async def after(self, session_id: str, token: str, caller: Caller, sequence: int) -> Sequence[StoredMessage]:
        """Messages after the sequence, oldest first; also of an ended session, as long as its thread exists."""
        record = await self._sessions.resume(session_id, token, caller)
        return await self._ports.threads.after(_native(record.session).thread_id, sequence)

    async def _arm(self, session_id: str, margin: timedelta) -> None:
        """A timer; none while this process knows of one that comes, but not before the margin is over."""
        now = self._ports.clock.now()
        due = self._armed.get(session_id)
        if due is not None and now + margin < due:
            return
        await self._ports.timers.wake(session_id, now + LOOK, "watchdog")
        if len(self._armed) >= REMEMBERED:
            self._armed.clear()
        self._armed[session_id] = now + LOOK


def _native(session: Session) -> ChatChannel:
    """The session's own thread; raises InvalidRequest where it is in ACS, or is not there yet."""
    chat = session.chat
    if chat is None or chat.kind != MessagingKind.NATIVE.value or not chat.thread_id:
        raise InvalidRequest("the messages of this conversation are not here; see messaging.kind")
    return chat
