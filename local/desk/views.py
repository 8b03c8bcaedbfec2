"""What the page shows, as JSON."""

from __future__ import annotations

from typing import Any

from local.desk.state import BOT, Conversation, DeskState, Message

MESSAGES_SHOWN = 200


class Views:
    """Renders users, chats and messages for one user's window."""

    def __init__(self, state: DeskState, app_name: str) -> None:
        self._state = state
        self._app_name = app_name

    def users(self) -> list[dict[str, Any]]:
        return [
            {"id": user.id, "displayName": user.display_name, "availability": self._state.availability[user.id]}
            for user in self._state.users.values()
            if not user.guest
        ]

    def chat(self, conversation: Conversation, user_id: str) -> dict[str, Any]:
        personal = conversation.kind == "personal"
        return {
            "id": conversation.id,
            "kind": conversation.kind,
            "title": self._app_name if personal else conversation.topic or self._names(conversation),
            "installed": conversation.bot_installed,
            "unread": conversation.unread(user_id),
        }

    def message(self, conversation: Conversation, message: Message, user_id: str) -> dict[str, Any]:
        return {
            "id": message.id,
            "chatId": conversation.id,
            "senderName": self._app_name if message.sender == BOT else self._name(message.sender),
            "fromBot": message.sender == BOT,
            "mine": message.sender == user_id,
            "time": message.timestamp,
            "text": "" if message.deleted else message.text,
            "textFormat": message.text_format,
            "summary": message.summary,
            "event": message.event,
            "edited": message.edited,
            "deleted": message.deleted,
            "revision": message.revision,
            "delivery": message.delivery,
            "cards": message.cards_for(user_id),
        }

    def snapshot(self, user_id: str) -> dict[str, Any]:
        """All that a window needs when it opens; older messages than the newest 200 are left out."""
        return {
            "type": "snapshot",
            "appName": self._app_name,
            "me": user_id,
            "users": self.users(),
            "chats": [
                {
                    **self.chat(conversation, user_id),
                    "messages": [
                        self.message(conversation, m, user_id) for m in conversation.messages[-MESSAGES_SHOWN:]
                    ],
                }
                for conversation in self._state.of_user(user_id)
            ],
        }

    def _name(self, user_id: str) -> str:
        user = self._state.users.get(user_id)
        return user.display_name if user else "Somebody"

    def _names(self, conversation: Conversation) -> str:
        return ", ".join(self._name(member) for member in conversation.members)


def raw(message: Message, user_id: str) -> dict[str, Any]:
    """A message as it is stored, for tests."""
    return {
        "id": message.id,
        "from": message.sender,
        "timestamp": message.timestamp,
        "text": message.text,
        "textFormat": message.text_format,
        "summary": message.summary,
        "event": message.event,
        "edited": message.edited,
        "deleted": message.deleted,
        "delivery": message.delivery,
        "replyToId": message.reply_to,
        "attachments": message.attachments,
        "cards": message.cards_for(user_id),
    }
