"""Threads of our own under the faults of the world: a page posts to whichever host is up, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shared.adapters.memory import MemoryThreadStore
from shared.adapters.native_messaging import NativeMessaging
from shared.domain.errors import SessionEnded
from shared.ports import ThreadMessage

if TYPE_CHECKING:
    from tests.simulation.people import Visitor

TRANSPORTS = ("acs", "native")


class NativeThreads(NativeMessaging):
    """Can be looked into like messaging in memory."""

    def __init__(self, store: MemoryThreadStore) -> None:
        super().__init__(store, store)
        self.store = store

    @property
    def threads(self) -> Mapping[str, Sequence[ThreadMessage]]:
        return {thread_id: [stored.message for stored in all_] for thread_id, all_ in self.store.threads.items()}

    @property
    def participants(self) -> Mapping[str, set[str]]:
        return self.store.participants


async def post(visitor: Visitor, text: str) -> None:
    """Until it is taken or the conversation is over; sometimes an impatient network sends it twice at once."""
    world = visitor.world
    times = 2 if world.random.random() < world.faults.unknown else 1
    await asyncio.gather(*(_post(visitor, text) for _ in range(times)))


async def _post(visitor: Visitor, text: str) -> None:
    try:
        await visitor.until_it_works(lambda app: app.native_messages.post(*visitor.proof, text, text))
    except SessionEnded:
        return  # said to the visitor
    if text not in visitor.taken:
        visitor.taken.append(text)


def check_thread(visitor: Visitor) -> None:
    """What was taken stands in the thread once and in order; what stands there is what the visitor wrote."""
    thread = visitor.world.messaging.threads[visitor.thread_id]
    visitor.written = [message.text for message in thread if message.sender_id == visitor.visitor_id]
    if [text for text in visitor.written if text in visitor.taken] != visitor.taken:
        said = f"visitor {visitor.number} was told that {visitor.taken} arrived, and the thread has {visitor.written}"
        visitor.world.violations.append(said)
