"""What Event Grid says of a chat message, as pydantic models. Imported inside functions only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Id = Annotated[str, Field(min_length=1, max_length=512)]


class Sender(BaseModel):
    """A communication identifier; `raw_id` is what messages are listed with."""

    model_config = ConfigDict(alias_generator=to_camel)

    raw_id: Id


class ChatMessageReceived(BaseModel):
    """Data of Microsoft.Communication.ChatMessageReceivedInThread, as far as it counts: the text is not among it."""

    model_config = ConfigDict(alias_generator=to_camel)

    message_id: Id
    thread_id: Id
    sender_communication_identifier: Sender
    compose_time: AwareDatetime

    @property
    def sender_id(self) -> str:
        return self.sender_communication_identifier.raw_id

    @property
    def created_on(self) -> datetime:
        return self.compose_time
