"""Effects on what is kept of a session: its history, and the row by which it is found."""

from __future__ import annotations

from shared.domain.effects import ForgetCustomer
from shared.domain.events import Event, HistoryRecorded, StillFound
from shared.domain.history import entry_of
from shared.domain.sessions import Session
from shared.ports import Ports, SessionRecord


class Recording:
    """Every write may be repeated."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def record(self, record: SessionRecord) -> tuple[Event, ...]:
        """Write the finished session into the history; an erased one takes the place of what was there."""
        session = record.session
        entry = entry_of(session, with_context=record.definition.store_conversation_context)
        digests = self._ports.digests.of_address(session.tenant_id, session.customer.email)
        await self._ports.history.record(entry, next(iter(digests), ""))
        return (HistoryRecorded(session.names_customer),)

    async def forget(self, session: Session, effect: ForgetCustomer) -> tuple[Event, ...]:
        """The session is found by its customer's address no more, unless something is left to erase."""
        digests = effect.digests or self._ports.digests.of_address(session.tenant_id, effect.address)
        if session.unerased is not None:
            return (StillFound(digests),)
        for digest in digests:
            await self._ports.history.forget(session.tenant_id, digest, session.id)
        return ()
