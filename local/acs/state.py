"""Everything the stand-in knows: identities, threads, and events that are still to be delivered."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from local.acs.errors import forbidden, not_found
from local.acs.moments import now_milliseconds


@dataclass
class Identity:
    """A user; tokens of an older generation are revoked."""

    id: str
    generation: int = 0


@dataclass
class Participant:
    """Times are milliseconds; without `share_history_time` a participant sees the whole thread."""

    id: str
    display_name: str | None = None
    share_history_time: int | None = None


@dataclass
class Message:
    """One entry of a thread; system entries have no sender. `version` and all times are milliseconds."""

    id: str
    type: str
    sequence_id: int
    version: int
    created_on: int
    content: dict[str, Any]
    sender_id: str | None = None
    sender_display_name: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    edited_on: int | None = None
    deleted_on: int | None = None


@dataclass
class ReadReceipt:
    user_id: str
    message_id: str
    read_on: int


@dataclass
class Thread:
    """A deleted thread stays as an empty shell, because deleting it again succeeds."""

    id: str
    topic: str
    created_by: str
    created_on: int
    repeatability_id: str | None = None
    deleted_on: int | None = None
    participants: dict[str, Participant] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    read_receipts: dict[str, ReadReceipt] = field(default_factory=dict)
    last_moment: int = 0

    def next_moment(self) -> int:
        """Milliseconds that are later than any this thread has used: they serve as message ids and versions."""
        self.last_moment = max(now_milliseconds(), self.last_moment + 1)
        return self.last_moment

    def append(self, kind: str, content: dict[str, Any], sender_id: str | None = None) -> Message:
        moment = self.next_moment()
        message = Message(
            id=str(moment),
            type=kind,
            sequence_id=len(self.messages) + 1,
            version=moment,
            created_on=moment,
            content=content,
            sender_id=sender_id,
        )
        self.messages.append(message)
        return message


@dataclass
class Delivery:
    """One copy of one event on its way to one subscription."""

    id: str
    subscription: str
    event: dict[str, Any]
    attempts: int = 0


@dataclass
class DeadLetter:
    """A delivery that was given up, and why."""

    id: str
    subscription: str
    event: dict[str, Any]
    attempts: int
    reason: str


Document = Identity | Thread | Delivery | DeadLetter


class State:
    """The documents by id; whoever changes one says so with `changed`, whoever drops one with `drop`."""

    def __init__(self) -> None:
        self.signing_key = secrets.token_hex(32)
        self.identities: dict[str, Identity] = {}
        self.threads: dict[str, Thread] = {}
        self.deliveries: dict[str, Delivery] = {}
        self.dead_letters: dict[str, DeadLetter] = {}
        self.repeated: dict[tuple[str, str], str] = {}
        self.unsaved: dict[tuple[type[Document], str], Document | None] = {}

    def put(self, document: Document) -> None:
        """Insert a document; a thread's repeatability id is remembered with it."""
        self._collection(type(document))[document.id] = document
        if isinstance(document, Thread) and document.repeatability_id is not None:
            self.repeated[document.created_by, document.repeatability_id] = document.id

    def add(self, document: Document) -> None:
        self.put(document)
        self.changed(document)

    def changed(self, document: Document) -> None:
        self.unsaved[type(document), document.id] = document

    def drop(self, document: Document) -> None:
        self._collection(type(document)).pop(document.id, None)
        self.unsaved[type(document), document.id] = None

    def documents(self) -> Iterator[Document]:
        yield from self.identities.values()
        yield from self.threads.values()
        yield from self.deliveries.values()
        yield from self.dead_letters.values()

    def identity(self, user_id: str) -> Identity:
        """The identity; raises 404 where it never was or is deleted."""
        identity = self.identities.get(user_id)
        if identity is None:
            raise not_found("The identity does not exist.")
        return identity

    def thread(self, thread_id: str, user_id: str) -> Thread:
        """The thread as `user_id` may see it; raises 404 where it is gone, 403 for anybody but its participants."""
        thread = self.threads.get(thread_id)
        if thread is None or thread.deleted_on is not None:
            raise not_found("The thread does not exist.")
        if user_id not in thread.participants:
            raise forbidden("The user is not a participant of the thread.")
        return thread

    def _collection(self, kind: type[Document]) -> dict[str, Any]:
        collections: dict[type[Document], dict[str, Any]] = {
            Identity: self.identities,
            Thread: self.threads,
            Delivery: self.deliveries,
            DeadLetter: self.dead_letters,
        }
        return collections[kind]
