"""Messages that visitors leave while nobody is there: each member of the service gets a card."""

from __future__ import annotations

from shared.application.admission import Admitted, Caller, admit_caller, agreed, define
from shared.application.authorization import authorized
from shared.application.challenge_gate import ChallengeGate
from shared.application.members import Members
from shared.application.occasions import Happened
from shared.application.opening import FIRST_LOOK
from shared.application.relay import Relay
from shared.application.starts import Start, fingerprint
from shared.domain.consent import Consent
from shared.domain.errors import AlreadyExists, Conflict, InvalidRequest, NobodyToTell, VersionConflict
from shared.domain.events import MessageLeft
from shared.domain.sessions import Phase, Session
from shared.ports import Ports, RelayState, SessionRecord


class LeftMessages:
    """A message is a session that ends with it: stored before it is sent, sent as often as it takes, in the history."""

    def __init__(self, ports: Ports, relay: Relay) -> None:
        self._ports = ports
        self._relay = relay
        self._gate = ChallengeGate(ports)

    async def leave(self, start: Start, caller: Caller) -> None:
        """Repeating it with the same key changes nothing.

        Raises Refused, InvalidRequest where the contact takes no messages, NobodyToTell, Conflict, or a PortError.
        """
        admitted = await admit_caller(self._ports, start.widget_key, start.contact, start.modality, caller)
        if not admitted.contact.interact.widget.offline_form:
            raise InvalidRequest("this contact takes no messages")
        key = f"message:{start.idempotency_key}"
        session_id = self._ports.tokens.session_id(admitted.tenant.id, start.contact.key, caller.name, key)
        start = await authorized(self._ports, admitted.tenant, start, session_id)
        known = await self._ports.sessions.read(session_id)
        # Looked for first: nothing is stored, and no challenge is used up, for a message that nobody can get.
        members = await self._members(admitted, start) if known is None or not _is_left(known) else ()
        if known is None:
            consent = agreed(admitted, start.language, start.consent, self._ports.clock.now())
            await self._gate.admit(admitted.tenant, start.challenge_token, session_id)
            known = await self._insert(admitted, start, caller, session_id, consent)
        if known.body_hash != fingerprint(start):
            raise Conflict("this idempotency key was used before; leave the message again with a new one")
        if not _is_left(known):
            await self._relay.look(session_id, Happened(MessageLeft(start.message, members, known.session.consent)))

    async def _members(self, admitted: Admitted, start: Start) -> tuple[str, ...]:
        reachable = await Members(self._ports).reachable(admitted.tenant.id, start.contact)
        if not reachable:
            raise NobodyToTell("no member of this contact is registered with the bot, so nobody can get a message")
        return reachable

    async def _insert(
        self, admitted: Admitted, start: Start, caller: Caller, session_id: str, consent: Consent | None
    ) -> SessionRecord:
        now = self._ports.clock.now()
        session = Session(
            id=session_id,
            tenant_id=admitted.tenant.id,
            contact=start.contact,
            origin=caller.name,
            customer=start.customer,
            modality=start.modality,
            channels=(),
            created_at=now,
            last_now=now,
            consent=consent,
        )
        definition, relay = define(admitted, start.language_for(admitted.tenant)), RelayState()
        # Should this host die now, the name of who wrote must not stay for ever.
        await self._ports.timers.wake(session_id, now + FIRST_LOOK, "opened")
        try:
            version = await self._ports.sessions.create(session, definition, relay, fingerprint(start))
        except AlreadyExists:
            record = await self._ports.sessions.read(session_id)
            if record is None:
                raise VersionConflict(f"session {session_id} vanished") from None
            return record
        return SessionRecord(session, definition, relay, fingerprint(start), version)


def _is_left(record: SessionRecord) -> bool:
    """Whether an earlier attempt has left the message; its cards are sent as often as it takes."""
    return record.session.phase is Phase.ENDED
