"""The activities that Teams posts to a bot."""

from __future__ import annotations

import html
from typing import Any, Literal

from local.desk.options import DeskOptions
from local.desk.state import Conversation, DeskState, timestamp

LOCALE = "en-US"
Trigger = Literal["manual", "automatic"]


class Activities:
    """Builds activities of users of this desk; ids are given, so that a retry repeats the same one."""

    def __init__(self, options: DeskOptions, state: DeskState) -> None:
        self._options = options
        self._state = state

    def text(self, conversation: Conversation, user_id: str, activity_id: str, text: str) -> dict[str, Any]:
        """A composed message; Teams adds the same text as an HTML attachment, and names who is mentioned."""
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n"))
        envelope = self._envelope(conversation, user_id, activity_id)
        written = f"@{self._options.app_name}"
        if written in text:
            tag = f"<at>{self._options.app_name}</at>"
            text = text.replace(written, tag, 1)
            mention = {"type": "mention", "text": tag, "mentioned": envelope["recipient"]}
            envelope["entities"] = [*envelope["entities"], mention]
        return {
            **envelope,
            "type": "message",
            "text": text,
            "textFormat": "plain",
            "attachments": [{"contentType": "text/html", "content": paragraphs}],
        }

    def edited(
        self, conversation: Conversation, user_id: str, message_id: str, text: str, *, restored: bool = False
    ) -> dict[str, Any]:
        """A message was changed, or its deletion taken back; the activity has the id of the message."""
        written = self.text(conversation, user_id, message_id, text)
        event_type = "undeleteMessage" if restored else "editMessage"
        return {
            **written,
            "type": "messageUpdate",
            "channelData": {**written["channelData"], "eventType": event_type},
        }

    def deleted(self, conversation: Conversation, user_id: str, message_id: str) -> dict[str, Any]:
        """A message was deleted; the activity has its id and says nothing of its text."""
        envelope = self._envelope(conversation, user_id, message_id)
        return {
            **envelope,
            "type": "messageDelete",
            "channelData": {**envelope["channelData"], "eventType": "softDeleteMessage"},
        }

    def typing(self, conversation: Conversation, user_id: str, activity_id: str) -> dict[str, Any]:
        """The user is writing."""
        return {**self._envelope(conversation, user_id, activity_id), "type": "typing"}

    def read_receipt(
        self, conversation: Conversation, user_id: str, activity_id: str, message_id: str
    ) -> dict[str, Any]:
        """The user has read the chat up to this message; Teams tells it of personal chats only."""
        return {
            **self._envelope(conversation, user_id, activity_id),
            "type": "event",
            "name": "application/vnd.microsoft.readReceipt",
            "value": {"lastReadMessageId": message_id},
        }

    def submit(
        self, conversation: Conversation, user_id: str, activity_id: str, card_id: str, value: dict[str, Any]
    ) -> dict[str, Any]:
        """What `Action.Submit` of a card sends: a message without text."""
        return {
            **self._envelope(conversation, user_id, activity_id),
            "type": "message",
            "replyToId": card_id,
            "value": value,
        }

    def installation(
        self, conversation: Conversation, user_id: str, activity_id: str, *, added: bool
    ) -> dict[str, Any]:
        """The app was added to, or removed from, the user's personal scope."""
        return {
            **self._envelope(conversation, user_id, activity_id),
            "type": "installationUpdate",
            "action": "add" if added else "remove",
        }

    def membership(self, conversation: Conversation, user_id: str, activity_id: str) -> dict[str, Any]:
        """The bot came into the user's personal chat; Teams says so beside the installation."""
        envelope = self._envelope(conversation, user_id, activity_id)
        return {**envelope, "type": "conversationUpdate", "membersAdded": [envelope["recipient"]]}

    def card_action(
        self,
        conversation: Conversation,
        user_id: str,
        activity_id: str,
        card_id: str,
        action: dict[str, Any],
        trigger: Trigger = "manual",
    ) -> dict[str, Any]:
        """What `Action.Execute` of a card sends; the bot answers it with a card, a message or an error."""
        return {
            **self._envelope(conversation, user_id, activity_id),
            "type": "invoke",
            "name": "adaptiveCard/action",
            "replyToId": card_id,
            "value": {"action": action, "trigger": trigger},
        }

    def _envelope(self, conversation: Conversation, user_id: str, activity_id: str) -> dict[str, Any]:
        user = self._state.users[user_id]
        tenant = {"id": self._options.tenant_id}
        group = {"isGroup": True} if conversation.kind == "groupChat" else {}
        return {
            "id": activity_id,
            "timestamp": timestamp(),
            "channelId": "msteams",
            "serviceUrl": self._options.service_url,
            "from": {"id": self._state.channel_id(user_id), "name": user.display_name, "aadObjectId": user_id},
            "recipient": {"id": f"28:{self._options.bot_id}", "name": self._options.app_name},
            "conversation": {
                "id": conversation.id,
                "conversationType": conversation.kind,
                "tenantId": tenant["id"],
                **group,
            },
            "channelData": {"tenant": tenant},
            "locale": LOCALE,
            "entities": [{"type": "clientInfo", "locale": LOCALE, "country": "US", "platform": "Web"}],
        }
