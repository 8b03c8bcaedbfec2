"""Threads of our own in Table Storage: one partition for each.

identity                 of a visitor: the hash of the token
key:{key}                the message with this key is there
message:{sequence}       a message
thread                   participants, and the number of the last message; its ETag puts messages in order
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.adapters.documents import from_json, to_json
from shared.adapters.rows import joined_text, key, part, prefix, text_properties
from shared.adapters.table_operations import Delete, Insert, Put
from shared.adapters.tables import THREADS, Row, Tables
from shared.domain.errors import AlreadyExists, NotSent, Rejected, VersionConflict
from shared.ports import Clock, NewMessage, StoredMessage, ThreadMessage

TRIES = 12
MOST_AT_ONCE = 100
THREAD, IDENTITY = "thread", "identity"


@dataclass(frozen=True)
class _Thread:
    """The document of a thread's row."""

    participants: tuple[str, ...]
    last: int = 0


class TableThreadStore:
    """Only the two sides of a conversation write to its partition."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    async def create(self, thread_id: str, *participants: str) -> None:
        insert = Insert(THREAD, _properties(_Thread(participants)))
        try:
            await self._tables.write(THREADS, part(thread_id), insert)
        except AlreadyExists:
            return  # an earlier attempt has made it

    async def append(self, thread_id: str, message: NewMessage) -> ThreadMessage:
        for attempt in range(TRIES):
            thread, version = await self._thread(thread_id)
            if message.sender_id not in thread.participants:
                raise Rejected("whoever sends is no participant of the thread", "not_a_participant")
            stored = self._numbered(message, thread.last + 1)
            operations = (
                Insert(_key_of(message), {"sequence": thread.last + 1}),
                Insert(_message_key(thread.last + 1), text_properties("data", to_json(stored))),
                Put(THREAD, _properties(replace(thread, last=thread.last + 1)), version),
            )
            try:
                await self._tables.write(THREADS, part(thread_id), *operations)
            except AlreadyExists as error:
                if error.key == _key_of(message):
                    return await self._earlier(thread_id, message)
            except VersionConflict:
                # The other side has written at the same moment.
                await asyncio.sleep(random.uniform(0, 0.02 * (attempt + 1)))  # noqa: S311 (jitter)
            else:
                return stored.message
        raise NotSent(f"thread {thread_id} stays contended", retry_after=1)

    async def after(self, thread_id: str, sequence: int) -> Sequence[StoredMessage]:
        start, before = _message_key(sequence + 1), prefix("message")[1]
        rows = await self._tables.between(THREADS, part(thread_id), start, before)
        if not rows:
            await self._thread(thread_id)
        return [_stored(row) for row in rows]

    async def revise(self, thread_id: str, sequence: int, text: str | None) -> None:
        row = await self._tables.get(THREADS, part(thread_id), _message_key(sequence))
        if row is not None:
            stored = _stored(row)
            revised = replace(stored, message=stored.message.revised(text))
            await self._tables.put(
                THREADS, part(thread_id), _message_key(sequence), text_properties("data", to_json(revised))
            )

    async def delete(self, thread_id: str) -> None:
        partition = part(thread_id)
        # The thread's own row comes last, so that an interrupted deletion goes on where it was.
        while rows := await self._tables.between(THREADS, partition, "", THREAD, count=MOST_AT_ONCE):
            await self._tables.write(THREADS, partition, *(Delete(row.key) for row in rows))
        await self._tables.remove(THREADS, partition, THREAD)

    async def remove(self, thread_id: str, participant: str) -> None:
        for _ in range(TRIES):
            row = await self._tables.get(THREADS, part(thread_id), THREAD)
            if row is None:
                return
            thread = from_json(_Thread, joined_text("data", row.values))
            if participant not in thread.participants:
                return
            left = tuple(one for one in thread.participants if one != participant)
            try:
                changed = Put(THREAD, _properties(replace(thread, participants=left)), row.version)
                await self._tables.write(THREADS, part(thread_id), changed)
            except VersionConflict:
                continue
            return
        raise NotSent(f"thread {thread_id} stays contended", retry_after=1)

    async def token_hash(self, visitor_id: str) -> str | None:
        row = await self._tables.get(THREADS, part(visitor_id), IDENTITY)
        return str(row.values["hash"]) if row else None

    async def put_token_hash(self, visitor_id: str, token_hash: str) -> None:
        await self._tables.put(THREADS, part(visitor_id), IDENTITY, {"hash": token_hash})

    async def _thread(self, thread_id: str) -> tuple[_Thread, str]:
        row = await self._tables.get(THREADS, part(thread_id), THREAD)
        if row is None:
            raise Rejected("there is no such thread", "thread_unknown")
        return from_json(_Thread, joined_text("data", row.values)), row.version

    async def _earlier(self, thread_id: str, message: NewMessage) -> ThreadMessage:
        row = await self._tables.get(THREADS, part(thread_id), _key_of(message))
        found = await self.after(thread_id, int(row.values["sequence"]) - 1) if row else ()
        if not found:
            raise NotSent("a message that was written is not to be seen yet", retry_after=1)
        return found[0].message

    def _numbered(self, message: NewMessage, sequence: int) -> StoredMessage:
        numbered = ThreadMessage(
            id=str(sequence),
            sequence=sequence,
            sender_id=message.sender_id,
            text=message.text,
            created_on=self._clock.now(),
            metadata=message.metadata,
        )
        return StoredMessage(numbered, message.sender_name)


def _properties(thread: _Thread) -> dict[str, str]:
    return text_properties("data", to_json(thread))


def _key_of(message: NewMessage) -> str:
    return key("key", message.key)


def _message_key(sequence: int) -> str:
    return key("message", f"{sequence:012}")


def _stored(row: Row) -> StoredMessage:
    return from_json(StoredMessage, joined_text("data", row.values))
