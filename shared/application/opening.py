"""The start of a session: admitted, proven, within the cap; then identity, row, thread and first message, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from shared.application import turn
from shared.application.admission import Admitted, Caller, admit_caller, agreed, define
from shared.application.authorization import authorized
from shared.application.challenge_gate import ChallengeGate
from shared.application.slots import Slots
from shared.application.starts import Start, fingerprint
from shared.application.transfers import cap_of
from shared.application.waiting import queue_name
from shared.domain.consent import Consent
from shared.domain.errors import AlreadyExists, Busy, Conflict, InvalidRequest, SessionEnded, VersionConflict
from shared.domain.modalities import INSTANT_MESSAGING
from shared.domain.previews import PreviewPass
from shared.domain.sessions import ChatChannel, Phase, Session, VisitorPresence
from shared.ports import Credentials, Cursor, Ports, RelayState, SessionRecord, TimelineEntry

REPLAY = timedelta(minutes=10)
"""So long a start with the same idempotency key gets the same session."""
FIRST_LOOK = timedelta(seconds=5)
CAP_WAIT = 30
"""Seconds after which a visitor may ask again whether the service has room."""
TRIES = 8


class Opening:
    """Whatever of it happened before, on whichever host, is not done again."""

    def __init__(self, ports: Ports, slots: Slots) -> None:
        self._ports = ports
        self._slots = slots
        self._gate = ChallengeGate(ports)

    async def open(self, start: Start, caller: Caller) -> tuple[SessionRecord, Credentials]:
        """Open a session, or find the one that the same request opened before.

        Raises Refused, Conflict where the key was used for something else, SessionEnded, or a PortError.
        """
        if start.modality != INSTANT_MESSAGING.id:
            raise InvalidRequest(f"a session begins with {INSTANT_MESSAGING.id}", "modality")
        admitted = await admit_caller(self._ports, start.widget_key, start.contact, start.modality, caller)
        session_id = self._ports.tokens.session_id(
            admitted.tenant.id, start.contact.key, caller.name, start.idempotency_key
        )
        if admitted.preview is None:
            start = await authorized(self._ports, admitted.tenant, start, session_id)
        request = fingerprint(start)
        known = await self._ports.sessions.read(session_id)
        if known is None:
            # Asked before the challenge, whose token counts once.
            consent = agreed(admitted, start.language, start.consent, self._ports.clock.now())
            await self._gate.admit(admitted.tenant, start.challenge_token, session_id)
            await self._take_slot(admitted, start, session_id)
            credentials = await self._ports.identity.create_visitor(admitted.tenant)
            known = await self._insert(admitted, start, caller, session_id, request, credentials, consent)
        else:
            credentials = await self._replay(admitted, known, request)
            # Whoever repeats a start is there, however long ago the first attempt was.
            await self._ports.sessions.sign_of_life(session_id, VisitorPresence(self._ports.clock.now()))
        chat = known.session.chat
        if chat is None or chat.visitor_id != credentials.user_id:
            # Another host was faster with the same key: its visitor is the one that the thread will know.
            credentials = await self._replay(admitted, known, request)
        record = await self._open_chat(admitted, known, credentials, start)
        return record, credentials

    async def _take_slot(self, admitted: Admitted, start: Start, session_id: str) -> None:
        """Raises Busy where the service has as many tasks as it may have at the same time."""
        service, tenant = admitted.contact.service, admitted.tenant
        queue = queue_name(tenant.id, admitted.contact.reference)
        digest = next(iter(self._ports.digests.of_address(tenant.id, start.customer.email)), "")
        if service is None:
            await self._slots.keep_place(queue, session_id, digest)
        elif not await self._slots.take(queue, session_id, cap_of(tenant, service), digest):
            raise Busy(f"service {service.id} has as many tasks as its concurrency cap allows", CAP_WAIT)

    async def _replay(self, admitted: Admitted, known: SessionRecord, request: str) -> Credentials:
        is_late = self._ports.clock.now() - known.session.created_at > REPLAY
        if known.body_hash != request or is_late:
            raise Conflict("this idempotency key was used before; start again with a new one")
        if known.session.phase is Phase.ENDED or known.session.chat is None:
            raise SessionEnded("the session that this key opened has ended; start again with a new key")
        return await self._ports.identity.issue_token(admitted.tenant, known.session.chat.visitor_id)

    async def _insert(
        self,
        admitted: Admitted,
        start: Start,
        caller: Caller,
        session_id: str,
        request: str,
        credentials: Credentials,
        consent: Consent | None,
    ) -> SessionRecord:
        now = self._ports.clock.now()
        session = Session(
            id=session_id,
            tenant_id=admitted.tenant.id,
            contact=start.contact,
            origin=caller.name,
            customer=start.customer,
            modality=start.modality,
            channels=(ChatChannel(credentials.kind, "", credentials.user_id, ""),),
            created_at=now,
            last_now=now,
            parameters=start.parameters,
            consent=consent,
        )
        definition, relay = (
            define(admitted, start.language_for(admitted.tenant)),
            RelayState(armed_until=now + FIRST_LOOK),
        )
        await self._ports.timers.wake(session_id, now + FIRST_LOOK, "opened")
        try:
            version = await self._ports.sessions.create(session, definition, relay, request)
        except AlreadyExists:
            return await self._read(session_id)
        return SessionRecord(session, definition, relay, request, version)

    async def _open_chat(
        self, admitted: Admitted, record: SessionRecord, credentials: Credentials, start: Start
    ) -> SessionRecord:
        """Thread, index and first message; whatever of it happened before is not done again."""
        tenant, session, chat = admitted.tenant, record.session, record.session.chat
        if chat is None:
            raise SessionEnded("the session has no chat")
        is_ours = False
        if not chat.thread_id:
            thread_id, relay_id = await self._ports.messaging.open_thread(
                tenant, session.id, chat.visitor_id, session.customer.display_name
            )
            chat = replace(chat, thread_id=thread_id, relay_id=relay_id)
            await self._ports.sessions.add_to_index(thread_id, session.id)
            record, is_ours = await self._remember_chat(record, chat, _of_preview(admitted.preview, session.created_at))
        if is_ours or not await self._has_first_message(admitted, record, start.idempotency_key):
            await self._ports.messaging.send_as_visitor(
                tenant, credentials, chat.thread_id, session.customer.display_name, start.message, start.idempotency_key
            )
        return record

    async def _remember_chat(
        self, record: SessionRecord, chat: ChatChannel, timeline: tuple[TimelineEntry, ...]
    ) -> tuple[SessionRecord, bool]:
        """The session with its thread, and whether it was this host that has written it down."""
        # The first look may have come before the thread was there.
        await self._ports.timers.wake(record.session.id, self._ports.clock.now() + FIRST_LOOK, "opened")
        for _ in range(TRIES):
            changed = replace(turn.draft(record), session=replace(record.session, channels=(chat,)), timeline=timeline)
            try:
                version = await self._ports.sessions.save(record.session.id, record.version, changed.change())
            except VersionConflict:
                record = await self._read(record.session.id)
                if record.session.chat is not None and record.session.chat.thread_id:
                    return record, False
            else:
                return replace(record, session=changed.session, version=version), True
        raise VersionConflict(f"session {record.session.id} stays contended")

    async def _has_first_message(self, admitted: Admitted, record: SessionRecord, client_message_id: str) -> bool:
        """Whether it was sent before. Another host may be sending it right now, so it is looked for twice."""
        chat = record.session.chat
        if chat is None or client_message_id in record.relay.recent_client_ids:
            return True
        for pause in (0, 1):
            await self._ports.clock.sleep(pause)
            there = await self._ports.messaging.list_after(admitted.tenant, chat.thread_id, chat.relay_id, Cursor())
            if any(message.metadata.get("clientMessageId") == client_message_id for message in there):
                return True
        return False

    async def _read(self, session_id: str) -> SessionRecord:
        record = await self._ports.sessions.read(session_id)
        if record is None:
            raise VersionConflict(f"session {session_id} vanished")
        return record


def _of_preview(preview: PreviewPass | None, at: datetime) -> tuple[TimelineEntry, ...]:
    """The line of the timeline that says whose link has let this session in."""
    if preview is None:
        return ()
    made_by = {"administrator_id": preview.administrator_id, "administrator_name": preview.administrator_name}
    return (TimelineEntry(at, "PreviewOpened", made_by),)
