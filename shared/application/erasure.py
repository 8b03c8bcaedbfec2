"""Forgetting a customer by e-mail address: wherever the address led, in the whole tenant.

Conversations that run are ended first, and both sides are told. What was done can be repeated and gone on with after
a crash, and what the messaging service has refused can be tried again: the row by which the address leads to a session
is deleted when nothing else is left, and not before.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
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
from shared.domain.sessions import ChatChannel, Phase, Session
from shared.ports import AuditAction, Ports, SessionRecord, Slot

MOST_AT_ONCE = 40
"""Sessions of one call; whoever has more calls again. Those that are refused do not count …"""
MOST_TRIED = 200
"""… up to so many, so that they keep no others waiting."""
SIDE_BY_SIDE = 4
RUNNING_PAGE = 500
LONGEST_ADDRESS = 254
INDEX = "index"
OURS = ("sessions", "history", INDEX)
ERASING = frozenset({"erase_conversation", "forget_customer", "record_history"})
"""Effects with which a session is erased."""


class ErasedState(StrEnum):
    """`pending`: decided, and being done by the relay; `failed`: refused, and tried again with the next call."""

    ERASED = "erased"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True)
class ErasedSession:
    """What became of one session; `transport` is where its thread and identity were, None where it had none.

    `erased` are the places in which something of it was erased by now, since the call, `left` those in which something
    is left: `sessions`, `history`, `index`, and threads and identities by their transport, such as `acsThreads`.
    """

    session_id: str
    state: ErasedState
    was_running: bool = False
    transport: str | None = None
    reason: str = ""
    erased: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


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
        count = Counter(place for one in self.sessions for place in one.erased)
        return {**dict.fromkeys(OURS, 0), **dict(sorted(count.items()))}


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
        details = {"customer": digests[0], "sessions": str(min(len(found), MOST_AT_ONCE))}
        key = DocumentKey(Kind.TENANT, tenant_id)
        # Written down before, so that nothing is done that is not in the log.
        await self._ports.administration.record(
            tenant_id, audited(self._ports, administrator, AuditAction.ERASED, key, details)
        )
        done: list[ErasedSession] = []
        while len(done) < min(len(found), MOST_TRIED) and _counted(done) < MOST_AT_ONCE:
            several = found[len(done) : len(done) + SIDE_BY_SIDE]
            done += await asyncio.gather(
                *(self._erase(administrator, digests, one, is_new=one in starting) for one in several)
            )
        is_over = len(done) == len(found) and all(one.state is ErasedState.ERASED for one in done)
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
        count = MOST_TRIED + 1
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
                return ErasedSession(session_id, ErasedState.ERASED, erased=(INDEX,))
            was_running = record.session.phase is not Phase.ENDED
            if was_running:
                ended = Happened(AdministratorEnded(administrator.id), tenant_id=tenant_id)
                await self._relay.look(session_id, ended)
            if record.session.names_customer or (record.session.unerased and not _is_being_erased(record)):
                await self._relay.look(session_id, Happened(EraseRequested(), tenant_id=tenant_id))
            else:
                # Asked for before: whoever does it may have died meanwhile.
                await self._relay.look(session_id, Wake("erase"))
            after = await self._ports.sessions.read(session_id) or record
            state, reason = _became(after)
            if state is ErasedState.ERASED:
                await self._forget(tenant_id, digests, session_id)
        except PortError as error:
            return ErasedSession(session_id, ErasedState.PENDING, reason=error.code)
        transport = next((chat.kind for chat in _chats(record.session)), None)
        left = () if state is ErasedState.ERASED else (*_places(after.session), INDEX)
        erased = tuple(one for one in (*_places(record.session), INDEX) if one not in left)
        return ErasedSession(session_id, state, was_running, transport, reason, erased, left)

    async def _forget(self, tenant_id: str, digests: Sequence[str], session_id: str) -> None:
        for digest in digests:
            await self._ports.history.forget(tenant_id, digest, session_id)


def _counted(done: Iterable[ErasedSession]) -> int:
    return sum(one.state is not ErasedState.FAILED for one in done)


def _is_being_erased(record: SessionRecord) -> bool:
    return any(pending.effect.kind in ERASING for pending in record.effects)


def _became(record: SessionRecord) -> tuple[ErasedState, str]:
    """Whether nothing is left to do, or what was refused."""
    if record.session.names_customer or _is_being_erased(record):
        return ErasedState.PENDING, "being done"
    left = record.session.unerased
    return (ErasedState.ERASED, "") if left is None else (ErasedState.FAILED, left.reason)


def _places(session: Session) -> tuple[str, ...]:
    """Where something of a session's customer is."""
    is_named, left = session.names_customer, session.unerased
    found = ["sessions"] if is_named else []
    if is_named or (left is not None and left.history):
        found.append("history")
    for chat in _chats(session):
        found += [f"{chat.kind}Threads"] if chat.thread_id else []
        found += [f"{chat.kind}Identities"] if chat.visitor_id else []
    return tuple(dict.fromkeys(found))


def _chats(session: Session) -> tuple[ChatChannel, ...]:
    """Its conversation, and what is left of one."""
    left = session.unerased.channels if session.unerased is not None else ()
    return tuple(chat for chat in (*session.channels, *left) if chat.visitor_id or chat.thread_id)
