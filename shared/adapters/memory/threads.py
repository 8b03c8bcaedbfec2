"""Threads of our own in dicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.errors import Rejected
from shared.ports import Clock, NewMessage, StoredMessage, ThreadMessage


class MemoryThreadStore:
    """`threads` maps thread id → messages, `participants` thread id → ids, `token_hashes` visitor id → hash."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.threads: dict[str, list[StoredMessage]] = {}
        self.participants: dict[str, set[str]] = {}
        self.token_hashes: dict[str, str] = {}
        self._keys: dict[tuple[str, str], ThreadMessage] = {}

    async def create(self, thread_id: str, *participants: str) -> None:
        if thread_id not in self.threads:
            self.threads[thread_id], self.participants[thread_id] = [], set(participants)

    async def append(self, thread_id: str, message: NewMessage) -> ThreadMessage:
        messages = self._messages(thread_id)
        if message.sender_id not in self.participants[thread_id]:
            raise Rejected("whoever sends is no participant of the thread", "not_a_participant")
        earlier = self._keys.get((thread_id, message.key))
        if earlier is not None:
            return earlier
        number, now = len(messages) + 1, self._clock.now()
        numbered = ThreadMessage(str(number), number, message.sender_id, message.text, now, dict(message.metadata))
        messages.append(StoredMessage(numbered, message.sender_name))
        self._keys[thread_id, message.key] = numbered
        return numbered

    async def after(self, thread_id: str, sequence: int) -> Sequence[StoredMessage]:
        return tuple(self._messages(thread_id)[sequence:])

    async def revise(self, thread_id: str, sequence: int, text: str | None) -> None:
        messages = self._messages(thread_id)
        if 0 < sequence <= len(messages):
            old = messages[sequence - 1]
            messages[sequence - 1] = replace(old, message=old.message.revised(text))

    async def delete(self, thread_id: str) -> None:
        self.threads.pop(thread_id, None)
        self.participants.pop(thread_id, None)
        self.token_hashes.pop(thread_id, None)

    async def remove(self, thread_id: str, participant: str) -> None:
        self.participants.get(thread_id, set()).discard(participant)

    async def token_hash(self, visitor_id: str) -> str | None:
        return self.token_hashes.get(visitor_id)

    async def put_token_hash(self, visitor_id: str, token_hash: str) -> None:
        self.token_hashes[visitor_id] = token_hash

    def _messages(self, thread_id: str) -> list[StoredMessage]:
        if thread_id not in self.threads:
            raise Rejected("there is no such thread", "thread_unknown")
        return self.threads[thread_id]
