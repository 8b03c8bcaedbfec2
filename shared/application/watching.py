"""Push of presence: who is watched, and how those who watch hear of changes.

Two ways lead to the same end. Whoever changes an agent's row has the agent's contacts looked at at once, best effort.
And while somebody watches, a chain of timer messages looks at everything that is watched: it sees what changes in Teams
or by the passing of time, and mends what the first way has missed. A turn of the chain is taken by a conditional write,
so that repeated messages and several hosts do not multiply it; one that broke is begun again by those who watch.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from shared.application.availability import Availability
from shared.application.recently import Recently
from shared.domain.errors import PortError, VersionConflict
from shared.domain.sessions import ContactKind, ContactReference
from shared.ports import Chain, Ports, RealtimeAccess, Watched, Watching

INTERVAL = timedelta(seconds=1)
"""Between two looks, unless the deployment sets another (INTERACT_PRESENCE_SECONDS): a change in Teams is to be seen
within 2 s. Looked is only while a page that somebody sees watches by push, and WATCHED_FOR longer."""
CHECK_WITH_PUSH = timedelta(seconds=60)
"""So often a widget with a connection asks all the same: that is how it says that it still watches."""
CHECK_WITHOUT_PUSH = timedelta(seconds=10)
"""So often a widget without a connection asks: a change is to be seen within 15 s."""
WATCHED_FOR = timedelta(seconds=150)
"""Two checks may be missed."""
WRITTEN_EVERY = timedelta(seconds=30)
"""A process writes down no more often that a contact is watched."""
FORGOTTEN_AFTER = timedelta(hours=1)
OVERDUE = timedelta(seconds=10)
"""A chain whose turn is so late has broken."""
READ_EVERY = timedelta(seconds=1)
"""How old a process's knowledge of what is watched may be when an agent's row changes."""
A_MOMENT = timedelta(milliseconds=1)
"""The smallest difference of time that a widget is told."""
EARLIEST = datetime.min.replace(tzinfo=UTC)
TRIES = 4
AT_ONCE = 10
REMEMBERED = 10_000

logger = logging.getLogger(__name__)


class PresenceWatch:
    """Any number of hosts may call it at the same time."""

    def __init__(self, ports: Ports, availability: Availability, interval: timedelta = INTERVAL) -> None:
        self._ports = ports
        self._availability = availability
        self._interval = interval
        self._written: dict[tuple[str, ContactReference], datetime] = {}
        self._known: Recently[str, Watching] = Recently(ports.clock, READ_EVERY)
        self._dirty: dict[str, set[ContactReference]] = {}
        self._telling: dict[str, asyncio.Task[None]] = {}

    async def access(self, tenant_id: str, contact: ContactReference) -> RealtimeAccess | None:
        """What a widget needs to hear of changes; None where it has to ask, now and then.

        The contact counts as watched from now on. Raises a PortError where that cannot be written down.
        """
        access = await self._ports.realtime.presence_access(presence_key(tenant_id, contact))
        if access is None:
            return None
        now = self._ports.clock.now()
        if self._written.get((tenant_id, contact), now) > now:
            return access
        await self._ports.watches.watch(tenant_id, contact, now + WATCHED_FOR)
        watching = await self._ports.watches.read(tenant_id)
        if all(watched.contact != contact for watched in watching.contacts):
            return None  # there are more than can be followed
        await self._keep_going(tenant_id, watching.chain)
        if len(self._written) >= REMEMBERED:
            self._written.clear()
        self._written[tenant_id, contact] = now + WRITTEN_EVERY
        self._known.forget(tenant_id)
        return access

    # --- the chain ---------------------------------------------------------------------------------------------------

    async def look(self, tenant_id: str, turn: int) -> None:
        """A turn of the chain has come. Raises a PortError where it could not be taken; what comes later is logged."""
        watching = await self._ports.watches.read(tenant_id)
        chain, now = watching.chain, self._ports.clock.now()
        if chain is None or chain.due is None or chain.turn != turn:
            return  # another host had it, or the chain was begun anew
        if chain.due > now:
            # The message becomes visible at a full second; waiting here makes the turns regular.
            await self._ports.clock.sleep((chain.due - now).total_seconds())
            now = self._ports.clock.now()
        watched = [one for one in watching.contacts if one.until > now]
        try:
            if watched:
                await self._next_turn(tenant_id, chain, max(chain.due + self._interval, now))
            else:
                await self._rest(tenant_id, chain)
        except VersionConflict:
            return
        await self._tell_changes(tenant_id, watched)
        for one in watching.contacts:
            if one.until < now - FORGOTTEN_AFTER:
                await self._ports.watches.forget(tenant_id, one.contact)

    async def _keep_going(self, tenant_id: str, chain: Chain | None) -> None:
        """Begin the chain where there is none, it rests, or it has broken."""
        now = self._ports.clock.now()
        if chain is not None and chain.due is not None and now < chain.due + OVERDUE:
            return
        try:
            await self._next_turn(tenant_id, chain, now + self._interval)
        except VersionConflict:
            logger.debug("tenant %s: another host keeps the presence chain going", tenant_id)

    async def _next_turn(self, tenant_id: str, chain: Chain | None, due: datetime) -> None:
        turn = chain.turn + 1 if chain else 1
        await self._ports.watches.move(tenant_id, chain, turn, due)
        await self._ports.timers.look_at_presence(tenant_id, turn, due)

    async def _rest(self, tenant_id: str, chain: Chain) -> None:
        """Nobody watches any more. Who begins to at this moment has either seen the chain rest, or is seen here."""
        await self._ports.watches.move(tenant_id, chain, chain.turn + 1, None)
        watching = await self._ports.watches.read(tenant_id)
        if any(one.until > self._ports.clock.now() for one in watching.contacts):
            await self._keep_going(tenant_id, watching.chain)

    # --- what has changed --------------------------------------------------------------------------------------------

    async def agent_changed(self, tenant_id: str, user_id: str) -> None:
        """Have those who watch told, if there are any. Never raises a PortError and waits for no telling."""
        try:
            watching = await self._known.get(tenant_id, lambda: self._ports.watches.read(tenant_id))
            now = self._ports.clock.now()
            watched = {one.contact for one in watching.contacts if one.until > now}
            if watched:
                services = await self._ports.config.services_of(tenant_id, user_id)
                contacts = {ContactReference(ContactKind.SERVICE, service.id) for service in services}
                self._tell_soon(tenant_id, watched & {*contacts, ContactReference(ContactKind.USER, user_id)})
        except PortError as error:
            logger.warning("tenant %s: those who watch hear of a change later: %s", tenant_id, error.code)

    async def settled(self) -> None:
        """Returns when everything that this process knows was told."""
        while self._telling:
            await asyncio.gather(*self._telling.values())

    def _tell_soon(self, tenant_id: str, contacts: Collection[ContactReference]) -> None:
        """Changes that come while others are told are told together after them."""
        if not contacts:
            return
        self._dirty.setdefault(tenant_id, set()).update(contacts)
        if tenant_id not in self._telling:
            self._telling[tenant_id] = asyncio.ensure_future(self._tell_all(tenant_id))

    async def _tell_all(self, tenant_id: str) -> None:
        try:
            while contacts := self._dirty.pop(tenant_id, None):
                try:
                    watching = await self._ports.watches.read(tenant_id)
                    await self._tell_changes(tenant_id, [one for one in watching.contacts if one.contact in contacts])
                except PortError as error:
                    logger.warning("tenant %s: those who watch hear of a change later: %s", tenant_id, error.code)
        finally:
            # Here and not when the task is done: what comes in between would wait for ever.
            del self._telling[tenant_id]

    async def _tell_changes(self, tenant_id: str, watched: Collection[Watched]) -> None:
        limit = asyncio.Semaphore(AT_ONCE)

        async def tell(one: Watched) -> None:
            async with limit:
                try:
                    await self._tell_change(tenant_id, one)
                except PortError as error:
                    logger.warning("%s of tenant %s is told later: %s", one.contact.key, tenant_id, error.code)

        await asyncio.gather(*(tell(one) for one in watched))

    async def _tell_change(self, tenant_id: str, watched: Watched) -> None:
        """Publish the contact's state where it is not the one that was told last.

        Two hosts may be at it at once. Who has looked earlier is the one who says first that it tells, or else looks
        again: so what has the later time was seen later, and a widget shows it even if it arrives before the other. A
        host that dies while it tells has said only that it would: the next look tells it.
        """
        for _ in range(TRIES):
            state = await self._availability.now(tenant_id, watched.contact)
            if state is watched.told:
                return
            at = max(self._ports.clock.now(), (watched.told_at or EARLIEST) + A_MOMENT)
            self._availability.forget(tenant_id, watched.contact)
            try:
                telling = await self._ports.watches.tell(tenant_id, watched, None, at)
            except VersionConflict:
                again = await self._watched(tenant_id, watched.contact)
                if again is None:
                    return
                watched = again
                continue
            await self._ports.realtime.publish_presence(presence_key(tenant_id, watched.contact), state, at)
            try:
                await self._ports.watches.tell(tenant_id, telling, state, at)
            except VersionConflict:
                logger.debug("%s of tenant %s is told anew by another host", watched.contact.key, tenant_id)
            return

    async def _watched(self, tenant_id: str, contact: ContactReference) -> Watched | None:
        watching = await self._ports.watches.read(tenant_id)
        return next((one for one in watching.contacts if one.contact == contact), None)


def presence_key(tenant_id: str, contact: ContactReference) -> str:
    """Names what is watched without saying what it is; 128 bits in hexadecimal digits."""
    return hashlib.sha256(f"{tenant_id}|{contact.key}".encode()).hexdigest()[:32]
