"""What a visitor does with a session: start it, come back to it, give signs of life, end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.application import turn
from shared.application.admission import Caller
from shared.application.occasions import Happened, Nudge
from shared.application.opening import Opening
from shared.application.relay import Relay
from shared.application.slots import Slots
from shared.application.starts import Start
from shared.domain.effects import SendToCustomer
from shared.domain.errors import (
    InvalidRequest,
    SessionEnded,
    Unauthenticated,
)
from shared.domain.events import CustomerEnded, ParametersSet, VisitorSeen
from shared.domain.parameters import check_custom
from shared.domain.sessions import Phase, Session, VisitorPresence, gone_at
from shared.ports import (
    Credentials,
    Ports,
    RealtimeAccess,
    SessionClaims,
    SessionRecord,
)
from shared.workflow.ending import GRACE

TOKEN_LIFE = timedelta(days=7)
"""Longer than any conversation with its recovery timeout (24 h at most): the session ends, not its token."""


@dataclass(frozen=True)
class Started:
    """What the widget gets."""

    record: SessionRecord
    token: str
    credentials: Credentials
    realtime: RealtimeAccess | None


class Sessions:
    """The visitor's verbs."""

    def __init__(self, ports: Ports, relay: Relay, slots: Slots) -> None:
        self._ports = ports
        self._relay = relay
        self._opening = Opening(ports, slots)

    async def start(self, start: Start, caller: Caller) -> Started:
        """Open a session, or find the one that the same request opened before.

        Raises Refused, Busy, Conflict where the key was used for something else, SessionEnded, or a PortError.
        """
        record, credentials = await self._opening.open(start, caller)
        realtime = await self._realtime(record.session.id)
        return Started(record, self._issue(record.session), credentials, realtime)

    async def resume(self, session_id: str, token: str, caller: Caller) -> SessionRecord:
        """The session that this token vouches for; raises Unauthenticated."""
        claims = self.check(session_id, token, caller)
        record = await self._ports.sessions.read(claims.session_id)
        if record is None:
            raise Unauthenticated("session_unknown", "there is no such session any more")
        session = record.session
        # A conversation that was transferred is with another service than its token says, and still the same one.
        is_of_contact = session.transfers > 0 or session.contact.key == claims.contact_key
        if session.tenant_id != claims.tenant_id or not is_of_contact:
            raise Unauthenticated("session_token_foreign", "the token was issued for another tenant or contact")
        return record

    async def refresh(self, session_id: str, token: str, caller: Caller) -> Started:
        """Fresh credentials for a session that goes on; raises Unauthenticated or SessionEnded."""
        record = await self.resume(session_id, token, caller)
        tenant = await self._ports.config.tenant(record.session.tenant_id)
        chat = record.session.chat
        if record.session.phase is Phase.ENDED or tenant is None or chat is None:
            raise SessionEnded("the conversation has ended")
        credentials = await self._ports.identity.issue_token(tenant, chat.visitor_id)
        return Started(record, token, credentials, await self._realtime(session_id))

    async def heartbeat(
        self, session_id: str, token: str, caller: Caller, *, leaving: bool, last_message: str | None = None
    ) -> datetime:
        """A sign of life; until when the session can be recovered. Raises Unauthenticated, SessionEnded or a PortError.

        `last_message` is the id of the newest message that the page sees of its visitor: where nobody has told us of
        it, as when Event Grid is silent, it is looked for now.
        """
        record = await self.resume(session_id, token, caller)
        if self.phase_for_visitor(record) is Phase.ENDED:
            raise SessionEnded("the conversation has ended")
        presence = VisitorPresence(self._ports.clock.now(), leaving)
        until = gone_at(presence, record.definition.recovery_timeout)
        if leaving:
            await self._ports.timers.wake(session_id, until, "recovery")
        await self._ports.sessions.sign_of_life(session_id, presence)
        if not record.session.visitor_seen and not leaving:
            # Somebody is really there: only now agents are asked.
            await self._relay.look(session_id, Happened(VisitorSeen()))
        if last_message and record.session.reads_thread and last_message not in record.relay.recent:
            # What was relayed is known by its id, whatever time it has: so this costs nothing in the usual case.
            await self._relay.look(session_id, Nudge(last_message, presence.last_seen, record.session.tenant_id))
        return until

    async def set_parameters(self, session_id: str, token: str, caller: Caller, values: Mapping[str, str]) -> None:
        """Set custom parameters; raises InvalidRequest, Unauthenticated or SessionEnded."""
        record = await self.resume(session_id, token, caller)
        if record.session.phase is Phase.ENDED:
            raise SessionEnded("the conversation has ended")
        findings = check_custom({**record.session.parameters, **values}, "parameters")
        if findings:
            raise InvalidRequest(findings[0].explanation, findings[0].field)
        await self._relay.look(session_id, Happened(ParametersSet(values)))

    async def end(self, session_id: str, token: str, caller: Caller) -> None:
        """The visitor ends the conversation; repeating it changes nothing. Raises Unauthenticated."""
        record = await self.resume(session_id, token, caller)
        await self._relay.look(session_id, Happened(CustomerEnded(), tenant_id=record.session.tenant_id))

    def phase_for_visitor(self, record: SessionRecord) -> Phase:
        """How the session stands for its page: it ends when the last message to the customer is in the thread.

        A page stops reading at the end. What cannot be sent holds the end back for as long as the thread is open.
        """
        session = record.session
        if session.phase is not Phase.ENDED or session.ended_at is None:
            return session.phase
        has_more = any(isinstance(pending.effect, SendToCustomer) for pending in record.effects)
        if not has_more or self._ports.clock.now() >= session.ended_at + GRACE:
            return Phase.ENDED
        return Phase.WAITING if session.agent is None else Phase.CONNECTED

    def recover_until(self, record: SessionRecord) -> datetime:
        return gone_at(turn.presence_or_start(record), record.definition.recovery_timeout)

    def check(self, session_id: str, token: str, caller: Caller) -> SessionClaims:
        """What the token says, without asking whether the session is still there; raises Unauthenticated."""
        claims = self._ports.tokens.verify(token, self._ports.clock.now())
        if claims.session_id != session_id:
            raise Unauthenticated("session_token_foreign", "the token belongs to another session")
        if claims.origin != caller.name:
            raise Unauthenticated("session_token_origin", "the token was issued to a page of another origin")
        return claims

    def _issue(self, session: Session) -> str:
        claims = SessionClaims(session.id, session.tenant_id, session.contact.key, session.origin)
        return self._ports.tokens.issue(claims, self._ports.clock.now() + TOKEN_LIFE)

    async def _realtime(self, session_id: str) -> RealtimeAccess | None:
        return await self._ports.realtime.access(session_id)
