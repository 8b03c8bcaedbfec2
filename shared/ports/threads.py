"""Threads of our own, for tenants whose messages do not go through ACS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.ports.messaging import ThreadMessage


@dataclass(frozen=True)
class NewMessage:
    """A message to be appended; another one with the same `key` is the same message."""

    key: str
    sender_id: str
    sender_name: str
    text: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredMessage:
    """A message of a thread with the name of who wrote it, as the widget shows it."""

    message: ThreadMessage
    sender_name: str


class ThreadStore(Protocol):
    """Messages in the order in which they were appended; a thread without gaps, numbered from 1."""

    async def create(self, thread_id: str, *participants: str) -> None:
        """Idempotent; whoever was removed stays so."""
        ...

    async def append(self, thread_id: str, message: NewMessage) -> ThreadMessage:
        """Append, or find the message with this key. Raises Rejected for who is no participant, and unknown threads."""
        ...

    async def after(self, thread_id: str, sequence: int) -> Sequence[StoredMessage]:
        """Messages after the sequence, oldest first; raises Rejected for unknown threads."""
        ...

    async def revise(self, thread_id: str, sequence: int, text: str | None) -> None:
        """Change a message's text, or empty it (None: `is_text` becomes false); nothing where it is not there."""
        ...

    async def delete(self, thread_id: str) -> None:
        """Delete a thread with all its messages, or a visitor's identity; idempotent."""
        ...

    async def remove(self, thread_id: str, participant: str) -> None:
        """Idempotent."""
        ...
