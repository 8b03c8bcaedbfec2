"""Forgetting a customer by e-mail address: wherever the address led, in the whole tenant.

Conversations that run are ended first, and both sides are told. What was done can be repeated and gone on with after
a crash: a row that leads to a session is deleted with it, and not before.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.application.access import require
from shared.application.occasions import Happened, Wake
from shared.application.relay import Relay
from shared.application.session_stories import audited
from shared.application.slots import STARTING
from shared.domain.administrators import Administrator, Role
from shared.domain.documents import DocumentKey, Kind
from shared.domain.errors import InvalidRequest, PortError
from shared.domain.events import AdministratorEnded, EraseRequested
from shared.domain.history import normalized_address
from shared.domain.sessions import Phase
from shared.ports import AuditAction, Ports, SessionRecord, Slot

MOST_AT_ONCE = 40
"""Sessions of one call; whoever has more calls again."""
SIDE_BY_SIDE = 4
RUNNING_PAGE = 500
LONGEST_ADDRESS = 254
ERASING = frozenset({"erase_conversation", "forget_customer", "record_history"})
"""Effects with which a session is erased."""


class ErasedState(StrEnum):
    """`pending`: decided, and being done by the relay; `failed`: refused for good, as the timeline says."""

    ERASED = "erased"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True)
class ErasedSession:
    """What became of one session; `transport` is where its thread and identity were, None where it had none."""

    session_id: str
    state: ErasedState
    was_running: bool = False
    transport: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class ErasureReport:
    """What one call has done. `is_complete`: the address leads nowhere any more; else call again.

    `digest` is what stands for the address in the audit log.
    """

    digest: str
    is_complete: bool
    sessions: tuple[ErasedSession, ...]

    @property
    def places(self) -> dict[str, int]:
        """How much was erased where."""
        erased = [one for one in self.sessions if one.state is ErasedState.ERASED]
        transports = Counter(one.transport for one in erased if one.transport is not None)
        found = {"sessions": len(erased), "history": len(erased), "index": len(erased)}
        for transport, count in sorted(transports.items()):
            found[f"{transport}Threads"] = found[f"{transport}Identities"] = count
        return found


class Erasure:
    """For tenant administrators only: it reaches over all organization units."""

    def __init__(self, ports: Ports, relay: Relay) -> None:
        self._ports, self._relay = ports, relay

    async def erase(self, administrator: Administrator, address: str) -> ErasureReport:
        """Raises RoleMissing, InvalidRequest, or a PortError where nothing could be looked up."""
        require(administrator, Role.TENANT_ADMINISTRATOR)
        if len(address) > LONGEST_ADDRESS or "@" not in normalized_address(address):
            raise InvalidRequest("must be an e-mail address", "email")
        tenant_id = administrator.tenant_id
        digests = self._ports.digests.of_address(tenant_id, address)
        running = await self._running(tenant_id, digests)
        now = self._ports.clock.now()
        starting = {one.session_id for one in running.values() if now - one.taken_at < STARTING}
        found = list(dict.fromkeys((*running, *await self._recorded(tenant_id, digests))))
        chosen = found[:MOST_AT_ONCE]
        details = {"customer": digests[0], "sessions": str(len(chosen))}
        key = DocumentKey(Kind.TENANT, tenant_id)
        # Written down before, so that nothing is done that is not in the log.
        await self._ports.administration.record(
            tenant_id, audited(self._ports, administrator, AuditAction.ERASED, key, details)
        )
        done: list[ErasedSession] = []
        for start in range(0, len(chosen), SIDE_BY_SIDE):
            several = chosen[start : start + SIDE_BY_SIDE]
            done += await asyncio.gather(
                *(self._erase(administrator, digests, one, is_new=one in starting) for one in several)
            )
        is_over = len(found) <= MOST_AT_ONCE and all(one.state is not ErasedState.PENDING for one in done)
        return ErasureReport(digests[0], is_over, tuple(done))

    async def _running(self, tenant_id: str, digests: Sequence[str]) -> dict[str, Slot]:
        """Slots of sessions that run with these digests, by the sessions' ids."""
        found: dict[str, Slot] = {}
        after: str | None = None
        while True:
            page = await self._ports.queue.running(tenant_id, None, after, RUNNING_PAGE)
            found |= {one.slot.session_id: one.slot for one in page.items if one.slot.customer in digests}
            after = page.next
            if after is None:
                return found

    async def _recorded(self, tenant_id: str, digests: Sequence[str]) -> list[str]:
        count = MOST_AT_ONCE + 1
        ranges = [await self._ports.history.sessions_of(tenant_id, digest, count) for digest in digests]
        return [session_id for found in ranges for session_id in found]

    async def _erase(
        self, administrator: Administrator, digests: Sequence[str], session_id: str, *, is_new: bool
    ) -> ErasedSession:
        tenant_id = administrator.tenant_id
        try:
            record = await self._ports.sessions.read(session_id)
            if record is None and is_new:
                # Its slot is taken before it is stored.
                return ErasedSession(session_id, ErasedState.PENDING, reason="starting")
            if record is None or record.session.tenant_id != tenant_id:
                await self._forget(tenant_id, digests, session_id)
                return ErasedSession(session_id, ErasedState.ERASED)
            was_running = record.session.phase is not Phase.ENDED
            chat = record.session.chat
            if was_running:
                ended = Happened(AdministratorEnded(administrator.id), tenant_id=tenant_id)
                await self._relay.look(session_id, ended)
            if _names_somebody(record):
                await self._relay.look(session_id, Happened(EraseRequested(), tenant_id=tenant_id))
            else:
                # Asked for before: whoever does it may have died meanwhile.
                await self._relay.look(session_id, Wake("erase"))
            state, reason = await self._became(session_id)
            if state is not ErasedState.PENDING:
                await self._forget(tenant_id, digests, session_id)
        except PortError as error:
            return ErasedSession(session_id, ErasedState.PENDING, reason=error.code)
        transport = chat.kind if chat is not None and chat.visitor_id else None
        return ErasedSession(session_id, state, was_running, transport, reason)

    async def _became(self, session_id: str) -> tuple[ErasedState, str]:
        """Whether nothing is left to do, and nothing of it was refused."""
        record = await self._ports.sessions.read(session_id)
        if record is not None and (
            _names_somebody(record) or any(pending.effect.kind in ERASING for pending in record.effects)
        ):
            return ErasedState.PENDING, "being done"
        for entry in reversed(await self._ports.sessions.timeline(session_id)):
            if entry.what == "DeliveryFailed" and entry.details.get("effect") in ERASING:
                return ErasedState.FAILED, str(entry.details.get("reason", ""))
        return ErasedState.ERASED, ""

    async def _forget(self, tenant_id: str, digests: Sequence[str], session_id: str) -> None:
        for digest in digests:
            await self._ports.history.forget(tenant_id, digest, session_id)


def _names_somebody(record: SessionRecord) -> bool:
    session = record.session
    return bool(session.customer.email or session.customer.display_name or session.channels)
