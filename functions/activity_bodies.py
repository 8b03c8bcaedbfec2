"""Bot Framework activities as pydantic models, as far as they count. Imported inside functions only."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

Id = Annotated[str, Field(max_length=1024)]
READ_RECEIPT = "application/vnd.microsoft.readReceipt"
HUGE_REFERENCE = re.compile(r"&#[0-9]{8,};?")
"""No character, and of thousands of digits nothing that Python reads as a number."""
MILLISECONDS = re.compile(r"[0-9]{13}", re.ASCII)


def _moment(value: Any) -> datetime | None:
    """What Teams says of the time; anything else than a time with its zone is none, and no reason to refuse all."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


class Part(BaseModel):
    """A part of an activity; what is not listed is ignored, as Teams adds to it at any time."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class Account(Part):
    """A person or a bot in a channel; `aad_object_id` is the user's id in the tenant's directory."""

    id: Id = ""
    aad_object_id: Id | None = None


class ConversationAccount(Part):
    """The chat; `conversation_type` is personal, groupChat or channel."""

    id: Id
    conversation_type: str = ""
    tenant_id: Id | None = None


class TenantInfo(Part):
    id: Id = ""


class ChannelData(Part):
    tenant: TenantInfo = TenantInfo()


class Entity(Part):
    """A mention tells by `text` how it stands in the message."""

    type: str = ""
    text: str | None = None
    mentioned: Account = Account()


class Attachment(Part):
    """Teams repeats every text as one of text/html; anything else is an image, a file or a card."""

    content_type: str = ""


class Pressed(Part):
    """What a card's button carries, with the card's inputs merged in; `view` is the card that it stands on."""

    verb: str = ""
    session: Id = ""
    offer: Id = ""
    text: str = ""
    view: str = ""


class ActivityBody(Part):
    """One activity."""

    type: str
    id: Id = ""
    name: str = ""
    action: str = ""
    service_url: Id
    channel_id: str = ""
    sender: Annotated[Account, Field(alias="from")] = Account()
    recipient: Account = Account()
    conversation: ConversationAccount
    channel_data: ChannelData = ChannelData()
    text: str | None = None
    text_format: str = ""
    entities: tuple[Entity, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    value: Any = None
    timestamp: Annotated[datetime | None, BeforeValidator(_moment)] = None

    @property
    def tenant_id(self) -> str:
        return self.channel_data.tenant.id or self.conversation.tenant_id or ""

    @property
    def user_id(self) -> str:
        return self.sender.aad_object_id or ""

    @property
    def is_of_teams(self) -> bool:
        """Other channels name users as they like: only Teams vouches for the user's id and tenant."""
        return self.channel_id == "msteams"

    @property
    def is_personal(self) -> bool:
        return self.conversation.conversation_type == "personal"

    @property
    def pressed(self) -> dict[str, Any] | None:
        """The data of the button behind an invoke (`Action.Execute`) or a message (`Action.Submit`, its fallback)."""
        if not isinstance(self.value, dict):
            return None
        action = self.value.get("action")
        if not isinstance(action, dict):
            return self.value
        data = action.get("data")
        return {**(data if isinstance(data, dict) else {}), "verb": action.get("verb")}

    @property
    def read_up_to(self) -> datetime | None:
        """Until when a read receipt says that the chat was read; Teams' message ids are times in milliseconds."""
        is_receipt = self.type == "event" and self.name == READ_RECEIPT and isinstance(self.value, dict)
        read = str(self.value.get("lastReadMessageId", "")) if is_receipt else ""
        return datetime.fromtimestamp(int(read) / 1000, UTC) if MILLISECONDS.fullmatch(read) else None

    @property
    def is_more_than_text(self) -> bool:
        return any(attachment.content_type != "text/html" for attachment in self.attachments)

    @property
    def said(self) -> str:
        """The text without mentions of the bot, others by name; markup goes only where the format says there is any."""
        text = self.text or ""
        for entity in self.entities:
            if entity.type == "mention" and entity.text:
                name = "" if entity.mentioned.id == self.recipient.id else _plain(entity.text)
                text = text.replace(entity.text, name)
        if self.text_format in ("xml", "html"):
            text = _plain(text)
        return text.strip()


def _plain(markup: str) -> str:
    import html

    lines = re.sub(r"(?i)<br\s*/?>|</p>|</div>|</li>", "\n", markup)
    # A tag ends at the next `<` too: else each of many would be sought an end of, to the end of the text.
    words = re.sub(r"<[^<>]*>", "", lines)
    return html.unescape(HUGE_REFERENCE.sub("\ufffd", words))
