"""What a person does with a message of their own later: change it, delete it, take the deletion back."""

from __future__ import annotations

import asyncio
from typing import Any

from local.desk.activities import Activities
from local.desk.live import Live
from local.desk.state import Conversation, Message
from local.desk.to_bot import ToBot
from local.desk.user_actions import NotPossibleError


class Revisions:
    """Changes the chat at once, and tells the bot after all that was written before."""

    def __init__(self, activities: Activities, live: Live, to_bot: ToBot) -> None:
        self._activities = activities
        self._live = live
        self._to_bot = to_bot

    def edit(self, user_id: str, conversation: Conversation, message_id: str, text: str) -> asyncio.Task[Any] | None:
        message = _own(conversation, user_id, message_id)
        if message.deleted or not text.strip():
            raise NotPossibleError("a deleted message cannot be changed, and a changed one needs text")
        message.text, message.edited = text, True
        return self._tell(conversation, message, self._activities.edited(conversation, user_id, message.id, text))

    def delete(self, user_id: str, conversation: Conversation, message_id: str) -> asyncio.Task[Any] | None:
        message = _own(conversation, user_id, message_id)
        message.deleted = True
        return self._tell(conversation, message, self._activities.deleted(conversation, user_id, message.id))

    def restore(self, user_id: str, conversation: Conversation, message_id: str) -> asyncio.Task[Any] | None:
        message = _own(conversation, user_id, message_id)
        message.deleted = False
        activity = self._activities.edited(conversation, user_id, message.id, message.text, restored=True)
        return self._tell(conversation, message, activity)

    def _tell(self, conversation: Conversation, message: Message, activity: dict[str, Any]) -> asyncio.Task[Any] | None:
        message.revision += 1
        self._live.message_changed(conversation, message)
        hears = conversation.bot_installed and (conversation.kind == "personal" or conversation.bot_reads_all)
        return self._to_bot.deliver(activity) if hears else None


def _own(conversation: Conversation, user_id: str, message_id: str) -> Message:
    message = conversation.message(message_id)
    if message is None or message.sender != user_id or message.event or message.delivery == "failed":
        raise NotPossibleError("only a message of one's own that was sent can be changed")
    return message
