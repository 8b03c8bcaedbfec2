"""Tells every open window what changed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from local.desk.state import Conversation, DeskState, Message
from local.desk.views import Views

Window = asyncio.Queue[dict[str, Any]]


class Live:
    """The open windows of all users; state is marked as changed wherever it is published."""

    def __init__(self, state: DeskState, views: Views) -> None:
        self._state = state
        self._views = views
        self._windows: list[tuple[str, Window]] = []

    @contextlib.asynccontextmanager
    async def window(self, user_id: str) -> AsyncIterator[Window]:
        """A queue of events for one window, beginning with the snapshot."""
        queue: Window = asyncio.Queue()
        queue.put_nowait(self._views.snapshot(user_id))
        entry = (user_id, queue)
        self._windows.append(entry)
        try:
            yield queue
        finally:
            self._windows.remove(entry)

    def message_changed(self, conversation: Conversation, message: Message) -> None:
        """A message was added or changed."""
        self._state.changed(conversation.id)
        for user_id, window in self._members(conversation):
            window.put_nowait(
                {
                    "type": "message",
                    "chat": self._views.chat(conversation, user_id),
                    "message": self._views.message(conversation, message, user_id),
                }
            )

    def message_removed(self, conversation: Conversation, message_id: str) -> None:
        self._state.changed(conversation.id)
        for user_id, window in self._members(conversation):
            chat = self._views.chat(conversation, user_id)
            window.put_nowait({"type": "removed", "chat": chat, "messageId": message_id})

    def conversation_changed(self, conversation: Conversation) -> None:
        """The title, the installation or the unread count of a chat changed."""
        self._state.changed(conversation.id)
        for user_id, window in self._members(conversation):
            window.put_nowait({"type": "chat", "chat": self._views.chat(conversation, user_id)})

    def bot_is_typing(self, conversation: Conversation) -> None:
        conversation.typed += 1
        for _, window in self._members(conversation):
            window.put_nowait({"type": "typing", "chatId": conversation.id})

    def presence_changed(self) -> None:
        self._state.changed("")
        for _, window in self._windows:
            window.put_nowait({"type": "users", "users": self._views.users()})

    def _members(self, conversation: Conversation) -> list[tuple[str, Window]]:
        return [(user_id, window) for user_id, window in self._windows if user_id in conversation.members]
