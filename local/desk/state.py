"""Who is at the desk and what was said: users, conversations, messages."""

from __future__ import annotations

import base64
import hashlib
import itertools
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from local.desk.options import DeskUser

Availability = Literal["Available", "Busy", "Away", "DoNotDisturb", "Offline"]
AVAILABILITIES: tuple[Availability, ...] = ("Available", "Busy", "Away", "DoNotDisturb", "Offline")
Delivery = Literal["delivered", "sending", "failed"]
BOT = "bot"
# A load test may write without end; what scrolled away this far is not looked at again.
MESSAGES_KEPT = 5000


@dataclass
class Message:
    """One entry of a conversation; `sender` is a user id or "bot", an `event` a line such as "You added Interact".

    `revision` counts replacements of the content, so that even an equal card is drawn anew, with empty inputs.
    """

    id: str
    sender: str
    timestamp: str
    text: str = ""
    text_format: str = "markdown"
    attachments: list[dict[str, Any]] = field(default_factory=list)
    summary: str = ""
    event: str = ""
    reply_to: str = ""
    edited: bool = False
    deleted: bool = False
    revision: int = 0
    delivery: Delivery = "delivered"
    activity: dict[str, Any] | None = None
    views: dict[str, dict[str, Any]] = field(default_factory=dict)

    def cards_for(self, user_id: str) -> list[dict[str, Any]]:
        """The Adaptive Cards as this user sees them: an answered card was replaced for that user alone."""
        if user_id in self.views:
            return [self.views[user_id]]
        return [
            attachment["content"]
            for attachment in self.attachments
            if attachment.get("contentType") == "application/vnd.microsoft.card.adaptive"
            and isinstance(attachment.get("content"), dict)
        ]


@dataclass
class Conversation:
    """A chat: `personal` between one user and the bot, or `groupChat`. `typed`: how often the bot was seen typing."""

    id: str
    kind: Literal["personal", "groupChat"]
    members: list[str]
    topic: str = ""
    bot_installed: bool = False
    bot_reads_all: bool = False
    messages: list[Message] = field(default_factory=list)
    read_up_to: dict[str, str] = field(default_factory=dict)
    typed: int = 0

    def message(self, message_id: str) -> Message | None:
        """The message with this id, newest first because that is what is asked for."""
        return next((message for message in reversed(self.messages) if message.id == message_id), None)

    def add(self, message: Message) -> None:
        self.messages.append(message)
        if len(self.messages) > MESSAGES_KEPT:
            del self.messages[: len(self.messages) - MESSAGES_KEPT]

    def unread(self, user_id: str) -> int:
        """How many messages of others came after what this user has read."""
        last = int(self.read_up_to.get(user_id) or 0)
        newer = itertools.takewhile(lambda message: int(message.id) > last, reversed(self.messages))
        return sum(message.sender != user_id and not message.event for message in newer)

    def to_document(self) -> dict[str, Any]:
        return {**vars(self), "messages": [vars(message) for message in self.messages]}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Conversation:
        """Read back what `to_document` wrote; what was under way when the desk ended counts as not delivered."""
        messages = [Message(**message) for message in document["messages"]]
        for message in messages:
            if message.delivery == "sending":
                message.delivery = "failed"
        return cls(**{**document, "messages": messages})


class DeskState:
    """All users and conversations; `on_change` hears the id of each conversation, or "" for presences."""

    def __init__(self, users: Iterable[DeskUser], bot_id: str, on_change: Callable[[str], None]) -> None:
        self.users = {user.id: user for user in users}
        self.availability: dict[str, Availability] = dict.fromkeys(self.users, "Available")
        self.conversations: dict[str, Conversation] = {}
        self.changed = on_change
        self._bot_id = bot_id
        self._last_id = 0

    def next_id(self) -> str:
        """A new message id: the time in milliseconds, as in Teams, but never twice."""
        self._last_id = max(time.time_ns() // 1_000_000, self._last_id + 1)
        return str(self._last_id)

    def user(self, identifier: str) -> DeskUser | None:
        """A user by object id, by user principal name, or by the id that the bot sees."""
        for user in self.users.values():
            if identifier in (user.id, user.user_principal_name, self.channel_id(user.id)):
                return user
        return None

    def channel_id(self, user_id: str) -> str:
        """The opaque `29:…` id under which this bot, and no other, knows the user."""
        digest = hashlib.sha256(f"{self._bot_id}/{user_id}".encode()).digest()
        return "29:1" + base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def personal(self, user_id: str) -> Conversation | None:
        """The user's chat with the bot, also where the app was removed since."""
        return next((c for c in self.conversations.values() if c.kind == "personal" and c.members == [user_id]), None)

    def create(self, kind: Literal["personal", "groupChat"], members: list[str], topic: str = "") -> Conversation:
        token = secrets.token_urlsafe(24)
        conversation_id = f"a:1{token}" if kind == "personal" else f"19:{secrets.token_hex(16)}@thread.v2"
        conversation = Conversation(conversation_id, kind, members, topic)
        self.conversations[conversation.id] = conversation
        return conversation

    def of_user(self, user_id: str) -> list[Conversation]:
        return [c for c in self.conversations.values() if user_id in c.members]


def timestamp() -> str:
    """The present as the connector writes it: UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
